"""Where people pointed at in work when they said how it stands on a criterion: in approved points and in readings.

Places are in texts as they were written. What is quoted here tells a machine what speaks of a criterion; whether any of
it may be shown is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import PointKind
from service.store import visible
from service.store.tables import Consent, CriterionReadingRow, DraftRow, PointRow, PointState, Revision, Submission

MOST_QUOTED: Final = 240
"""Quotations by which a machine knows what speaks of a criterion, the latest."""
_KEPT: Final = (
    visible.decided(),
    PointRow.state != PointState.DISMISSED,
    PointRow.quote != "",
    PointRow.criterion != "",
)


@dataclass(frozen=True, slots=True)
class PointedAt:
    """In one revision, by criterion; and on which criteria more was asked for."""

    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    lacking: set[str] = field(default_factory=set)


NOWHERE: Final = PointedAt()


def at(session: Session, revisions: Collection[str]) -> dict[str, PointedAt]:
    """Of those revisions in which people pointed at anything. The first point on a criterion counts; a reading wins."""
    found: dict[str, PointedAt] = {}
    points = session.execute(
        select(DraftRow.revision_id, PointRow.criterion, PointRow.start, PointRow.end, PointRow.kind)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .where(DraftRow.revision_id.in_(revisions), *_KEPT)
        .order_by(PointRow.position.desc())
    )
    for revision, criterion, start, end, kind in points:
        one = found.setdefault(revision, PointedAt())
        one.places[criterion] = (start, end)
        if kind is PointKind.NEXT_STEP:
            one.lacking.add(criterion)
    readings = session.execute(
        select(DraftRow.revision_id, CriterionReadingRow.criterion, CriterionReadingRow.start, CriterionReadingRow.end)
        .join(DraftRow, DraftRow.id == CriterionReadingRow.draft_id)
        .where(DraftRow.revision_id.in_(revisions), CriterionReadingRow.start.is_not(None))
    )
    for revision, criterion, first, last in readings:
        if first is not None and last is not None:
            found.setdefault(revision, PointedAt()).places[criterion] = (first, last)
    return found


def quoted(session: Session, challenge: str) -> dict[str, tuple[str, ...]]:
    """What approved points on a challenge (our id) quote, by criterion, the latest first; of work that machines may
    read."""
    rows = session.execute(
        select(PointRow.criterion, PointRow.quote)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(DraftRow.challenge_id == challenge, visible.machines_may(), *_KEPT)
        .order_by(PointRow.id.desc())
        .limit(MOST_QUOTED)
    ).all()
    return {key: tuple(quote for one, quote in rows if one == key) for key in dict.fromkeys(one for one, _ in rows)}
