"""How criteria read inside a sentence: kept as a person confirmed it, as long as the criterion's text is the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.texts.in_sentences import spoken
from pipelines.texts.language import language_code
from pipelines.values import CriterionForm
from service.domain.errors import Invalid
from service.domain.texts import storable
from service.store.tables import CriterionRow, Organization, Person

LONGEST_FORM: Final = 200
"""Characters; two of them have to fit into a point."""

FormWords = Annotated[str, Field(max_length=LONGEST_FORM), AfterValidator(storable)]

Forms = tuple[CriterionForm, ...]


def confirmed(row: CriterionRow) -> Forms:
    """The forms of a criterion, in the order in which they were given."""
    return tuple(CriterionForm(**one) for one in row.forms or ())


def settled(given: Forms | None, text: str, row: CriterionRow) -> list[dict[str, Any]]:
    """What is to be kept of a criterion that is to read `text`. Forms that are not given stay while its text does.

    Raises Invalid for two forms in one language.
    """
    if given is None:
        return [asdict(form) for form in confirmed(row)] if row.text == text else []
    told = [one for one in map(_tidied, given) if one.clause or one.topic]
    if len({language_code(one.language) for one in told}) < len(told):
        raise Invalid("A criterion has two forms in the same language; give each language once.")
    return [asdict(one) for one in told]


def _tidied(form: CriterionForm) -> CriterionForm:
    """On one line, without the full stop that the sentence around it has."""
    clause, topic = (" ".join(part.split()).rstrip(" .,;") for part in (form.clause, form.topic))
    return replace(form, clause=clause, topic=topic)


def languages(session: Session, organization: str, first: str) -> tuple[str, ...]:
    """Languages in which sentences of ours speak of criteria: the challenge's own, then those of the organization's
    people."""
    own = select(Organization.language).where(Organization.id == organization)
    theirs = select(Person.language).where(Person.organization_id == organization).distinct()
    found = [first or session.scalars(own).one(), *sorted(session.scalars(theirs))]
    return tuple(dict.fromkeys(code for one in found if spoken(code := language_code(one))))


def as_lines(forms: Sequence[CriterionForm]) -> str:
    """Below a criterion, for whoever compares two wordings of a challenge."""
    return "".join(
        f"\n  {one.language}: {' / '.join(part for part in (one.clause, one.topic) if part)}" for one in forms
    )
