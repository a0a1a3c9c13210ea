"""How far somebody is with a queue: what they decided on lately, what is left, and how long that takes them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from service.actions.queue import filtering, waiting
from service.actions.queue.filtering import QueueFilter
from service.domain.overview.statistics import FEWEST, median
from service.domain.roles import Actor
from service.store.tables import Approval, Decision, DraftRow, Opening

SITTING: Final = timedelta(hours=12)
"""What was decided longer ago belongs to another sitting."""
LATELY: Final = timedelta(days=60)
LATEST: Final = 30
"""Approvals by which one's own pace is told."""
AWAY: Final = timedelta(minutes=30)
"""Whoever takes longer was somewhere else meanwhile."""


@dataclass(frozen=True, slots=True)
class QueueProgress:
    """`done` were decided on in this sitting, `waiting` are left. `minutes` for those; None where that is not known."""

    done: int
    waiting: int
    minutes: int | None

    @property
    def whole(self) -> int:
        return self.done + self.waiting


def progress(
    session: Session, actor: Actor, wanted: QueueFilter, *, skip: Collection[str] = (), now: datetime
) -> QueueProgress:
    """Of this queue without those in `skip`. Raises as `waiting.waiting` does."""
    left = waiting.waiting(session, actor, wanted, skip=skip, now=now)
    here = filtering.resolve(session, actor, wanted, now=now)
    narrowed = [] if here.challenge is None else [DraftRow.challenge_id == here.challenge]
    narrowed += [] if here.within is None else [DraftRow.group_id.in_(here.within)]
    done = session.scalar(
        select(func.count(Decision.draft_id.distinct()))
        .join(DraftRow, DraftRow.id == Decision.draft_id)
        .where(
            Decision.person_id == actor.person,
            Decision.act.in_(("approve", "decline")),
            Decision.at > now - SITTING,
            DraftRow.state.not_in(filtering.FOR_A_PERSON),
            *narrowed,
        )
    )
    each = _usual(session, actor, now)
    return QueueProgress(done or 0, left, None if each is None else max(1, ceil(left * each / timedelta(minutes=1))))


def _usual(session: Session, actor: Actor, now: datetime) -> timedelta | None:
    """How long this person has a draft open before approving it, as the median; None of few."""
    rows = session.execute(
        select(Approval.approved_at, func.max(Opening.opened_at).label("opened_at"))
        .join(
            Opening,
            and_(
                Opening.draft_id == Approval.draft_id,
                Opening.person_id == Approval.facilitator_id,
                Opening.opened_at < Approval.approved_at,
            ),
        )
        .where(Approval.facilitator_id == actor.person, Approval.approved_at > now - LATELY)
        .group_by(Approval.id, Approval.approved_at)
        .order_by(Approval.approved_at.desc())
        .limit(LATEST)
    ).all()
    took = [(at - opened).total_seconds() for at, opened in rows if at - opened < AWAY]
    return timedelta(seconds=median(took)) if len(took) >= FEWEST else None
