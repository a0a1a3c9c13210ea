"""The part of the challenge editor that shows how criteria read inside a sentence. What stands in its fields when the
form is saved is confirmed; what is proposed comes into them by a button that stores nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.texts import in_sentences
from pipelines.texts.language import language_code, language_name
from pipelines.values import Criterion, CriterionForm
from service.actions.challenges.setting import CriterionWish

ClauseAndTopic = tuple[str, str]
"""Clause and topic."""
NOTHING: ClauseAndTopic = ("", "")


class CriterionTyped(NamedTuple):
    """A criterion as it was typed; `forms` by language."""

    key: str
    text: str = ""
    question: str = ""
    points: str = ""
    forms: Mapping[str, ClauseAndTopic] = {}

    @property
    def written(self) -> bool:
        return any(part.strip() for part in (self.text, self.question, self.points))

    def form(self, language: str) -> CriterionForm:
        clause, topic = (" ".join(part.split()) for part in self.forms.get(language, NOTHING))
        return CriterionForm(language, clause, topic)


@dataclass(frozen=True, slots=True)
class FormShown:
    """Two fields, the beginnings that they complete, and what a learner reads by what stands in them."""

    language: str
    name: str
    clause: str
    topic: str
    clause_after: str
    topic_after: str
    read: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CriterionRead:
    """One criterion in each language; `anew`: it was worded anew since its forms were confirmed."""

    text: str
    forms: tuple[FormShown, ...]
    filled: bool
    anew: bool


def typed(wish: CriterionWish) -> CriterionTyped:
    """A stored criterion as its fields hold it."""
    points = "" if wish.points is None else f"{wish.points:.10g}"
    forms = {language_code(one.language): (one.clause, one.topic) for one in wish.forms or ()}
    return CriterionTyped(wish.key, wish.text, wish.question, points, forms)


def shown(rows: Sequence[CriterionTyped], languages: Sequence[str], anew: frozenset[str]) -> tuple[CriterionRead, ...]:
    """All criteria, in order."""
    return tuple(
        CriterionRead(
            row.text,
            tuple(_form(row, language) for language in languages),
            any(any(one) for one in row.forms.values()),
            row.key in anew,
        )
        for row in rows
    )


def _form(row: CriterionTyped, language: str) -> FormShown:
    form, asked = row.form(language), in_sentences.asked(language)
    criterion = Criterion(row.key, row.text, forms=(form,))
    read = in_sentences.read_out(criterion, language) if row.text.strip() else ()
    return FormShown(language, language_name(language), form.clause, form.topic, asked["clause"], asked["topic"], read)


def filled(rows: Sequence[CriterionTyped], language: str) -> list[CriterionTyped]:
    """With what rules propose in the challenge's own language, where nothing was typed."""
    return [row._replace(forms={**row.forms, language_code(language): _filled(row, language)}) for row in rows]


def _filled(row: CriterionTyped, language: str) -> ClauseAndTopic:
    proposed, form = in_sentences.proposed(row.text, language), row.form(language_code(language))
    return form.clause or proposed.clause, form.topic or proposed.topic


def laid_out(rows: Sequence[CriterionTyped], languages: Sequence[str]) -> tuple[list[str], list[str]]:
    """Clauses and topics of all rows, language by language, as the form sends them."""
    forms = [row.forms.get(language, NOTHING) for row in rows for language in languages]
    return [clause for clause, _ in forms], [topic for _, topic in forms]


def taken_up(
    clauses: Sequence[str], topics: Sequence[str], languages: Sequence[str]
) -> Iterator[dict[str, ClauseAndTopic]]:
    """The forms of each row in turn, from what the form sent; nothing for rows that it sent none of."""
    pairs = iter(zip(clauses, topics, strict=False))
    while True:
        yield {language: next(pairs, NOTHING) for language in languages}
