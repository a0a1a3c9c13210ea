"""What a draft's own page says of it: that its work is judged first, or on whose judging it rests. Only reads."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.looked_at import CalibrationReason
from service.actions.challenges import calibrating
from service.actions.drafts import read
from service.actions.drafts.points import standing_points
from service.domain.roles import Actor
from service.store.tables import CalibrationPiece, Challenge, Decision, DraftRow

JUDGING = ("judge", "approve")
"""Decisions by which somebody said how work stands."""


@dataclass(frozen=True, slots=True)
class OfCalibration:
    """Of a draft: why its piece is judged first (None: it is none, or nothing waits any more), `of` how many it was
    chosen; how many judged pieces it rests on, and how many of these the actor judged."""

    reason: CalibrationReason | None
    of: int
    rests_on: int
    own: int


def of_draft(session: Session, actor: Actor, draft_id: str) -> OfCalibration:
    """Raises NotFound, also for a draft that the actor may not see."""
    draft = read.draft(session, actor, draft_id)
    piece = session.get(CalibrationPiece, draft_id)
    waits = piece is not None and calibrating.awaits(session, session.get_one(Challenge, draft.challenge_id))
    rests = _rests_on(draft)
    return OfCalibration(
        piece.reason if piece and waits else None,
        piece.of if piece else 0,
        rests,
        min(rests, _own(session, actor, draft)) if rests else 0,
    )


def _rests_on(draft: DraftRow) -> int:
    """Judged pieces by which the machine drafted what stands there now; what was composed from a person's own reading
    rests on that."""
    drafted = any(point.drafted and not point.composed for point in standing_points(draft))
    return int(draft.assessment.get("peers", 0)) if drafted else 0


def _own(session: Session, actor: Actor, draft: DraftRow) -> int:
    """Other pieces that the actor had judged by the time it was drafted."""
    judged = (
        select(func.count(Decision.draft_id.distinct()))
        .join(DraftRow, DraftRow.id == Decision.draft_id)
        .where(
            DraftRow.challenge_id == draft.challenge_id,
            DraftRow.id != draft.id,
            Decision.person_id == actor.person,
            Decision.act.in_(JUDGING),
            Decision.at <= (draft.ready_at or draft.changed_at),
        )
    )
    return session.scalar(judged) or 0 if actor.person else 0
