"""Criteria, and how they read inside a sentence, as values. Holds; does nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CriterionForm:
    """How a criterion reads inside a sentence of one language, as a person confirmed it; "" where nobody did.

    `clause` reads after "It is not clear yet whether …" ("the plan names who visits whom"), `topic` after "about …" (in
    German after "zu …": "den Besuchen").
    """

    language: str
    clause: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a good solution does. `question` is what a facilitator asks when it is not evident; `evidence` is
    what one answered when asked what would show it, and is not for learners' eyes."""

    id: str
    text: str
    question: str = ""
    points: float | None = None
    evidence: str = ""
    forms: tuple[CriterionForm, ...] = ()

    def form_in(self, language: str) -> CriterionForm:
        """The confirmed form in this language (`de` also for a text in `de-AT`); an empty one where there is none."""
        code = _base(language)
        return next((form for form in self.forms if _base(form.language) == code), CriterionForm(language))


def _base(language: str) -> str:
    return language.partition("-")[0].casefold()
