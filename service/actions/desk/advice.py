"""Gentle advice on words that a person wrote, by the rules that drafted points are held to. Stands in nobody's way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from pipelines.texts.language import language_code, quotations, stop_words
from pipelines.texts.names import capitalized
from pipelines.texts.quoting import locate
from pipelines.values import Finding
from pipelines.verification import lint
from service.actions.decisions.points import PointWish
from service.actions.drafts import read
from service.actions.drafts.points import current_points
from service.actions.memory import decided
from service.domain.drafts import DraftState
from service.domain.roles import Actor
from service.store.tables import Challenge, DraftRow, Person, PointState, Revision

MOST_NAMES = 500
"""Names that are looked for in a point, of those with a part that stands in it."""
SHORT_NAME = 6
"""Letters below which a part of a name must be a word by itself to be looked for: "Li" and "Ann" are in many names."""


@dataclass(frozen=True, slots=True)
class PointAdvice:
    """What could be better. `start` and `end` are where in the point's text, if it is about some of its words."""

    code: str
    message: str
    start: int | None = None
    end: int | None = None


def on_wish(session: Session, actor: Actor, draft_id: str, wish: PointWish) -> list[PointAdvice]:
    """Advice on a point that is being written. Raises NotFound for a draft that the actor may not see."""
    draft = read.draft(session, actor, draft_id)
    return [*_of_place(session, draft, wish), *_advice(session, draft, [wish])[0]]


def _of_place(session: Session, draft: DraftRow, wish: PointWish) -> Iterable[PointAdvice]:
    """What would be refused when the point is added; here it is only said."""
    if wish.quote not in session.get_one(Revision, draft.revision_id).text or draft.state is DraftState.WITHDRAWN:
        told = "The quotation is not in the submission. Copy it from there, letter for letter."
        yield PointAdvice("quote-not-there", told)
    known = {criterion.key for criterion in session.get_one(Challenge, draft.challenge_id).criteria}
    if wish.criterion and wish.criterion not in known:
        yield PointAdvice("criterion-unknown", f"This challenge has no criterion “{wish.criterion}”.")


def on_draft(session: Session, draft: DraftRow) -> dict[str, list[PointAdvice]]:
    """Advice on a draft's edited and added points by their ids, before it is approved."""
    if draft.state is not DraftState.READY:
        return {}
    written = [one for one in current_points(draft) if one.state in (PointState.EDITED, PointState.ADDED)]
    wishes = [PointWish(one.kind, one.text, one.quote, one.criterion) for one in written]
    found = _advice(session, draft, wishes) if wishes else []
    return {point.id: advice for point, advice in zip(written, found, strict=True)}


def _advice(session: Session, draft: DraftRow, wishes: Sequence[PointWish]) -> list[list[PointAdvice]]:
    language = session.get_one(Revision, draft.revision_id).language
    language = language or decided.language_of(session, session.get_one(Challenge, draft.challenge_id))
    language = language_code(language)
    names = mentioned(session, draft.organization_id, " ".join(wish.text for wish in wishes), language)

    def advice(wish: PointWish) -> list[PointAdvice]:
        found = lint(wish.text, kind=wish.kind, quote=wish.quote, names=names, language=language)
        return [_at(finding, wish.text) for finding in found]

    return [advice(wish) for wish in wishes]


def mentioned(session: Session, organization: str, text: str, language: str) -> tuple[str, ...]:
    """Names of the organization's people that may stand in the text; of all the others none is read."""
    stop = stop_words(language)
    parts = sorted({part for part in capitalized(text) if part.casefold() not in stop})
    if not parts:
        return ()
    stands = or_(*(_has_part(form) for part in parts for form in _forms(part)))
    query = select(Person.name).where(Person.organization_id == organization, Person.erased_at.is_(None), stands)
    return tuple(session.scalars(query.order_by(Person.name).limit(MOST_NAMES)))


def _forms(part: str) -> set[str]:
    """SQLite knows the two cases of a letter in ASCII only."""
    return {part} if part.isascii() or not part.isupper() else {part, part.capitalize()}


def _has_part(part: str) -> ColumnElement[bool]:
    if len(part) >= SHORT_NAME:
        return Person.name.icontains(part, autoescape=True)
    apart: Any = Person.name
    for mark in "-'’_.":
        apart = func.replace(apart, mark, " ")
    found: ColumnElement[bool] = (" " + apart + " ").icontains(f" {part} ", autoescape=True)
    return found


def _at(finding: Finding, text: str) -> PointAdvice:
    """The words that a finding is about are quoted in its message; a long quotation is cut short there."""
    quoted = [finding.message[start:end].removesuffix("…") for start, end in quotations(finding.message)]
    span = locate(quoted[0], text) if quoted else None
    return PointAdvice(finding.code, finding.message, *(span or (None, None)))
