"""Once enough pieces are judged, or nobody wants to wait any more, what waits is drafted, some at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.calibration import choosing, judged
from service.actions.challenges import calibrating
from service.actions.work import consequences
from service.domain.drafts import DraftAct, DraftActor, DraftState, step
from service.store import audit, jobs
from service.store.tables import Challenge, DraftRow

AT_ONCE = 100
"""Drafts that go on in one transaction."""


def go_on(session: Session, challenge_id: str, *, now: datetime) -> bool:
    """See whether the challenge is calibrated, and if nothing waits for that any more, have drafts made of what did.
    True: there is more to do."""
    challenge = session.get(Challenge, challenge_id)
    if challenge is None:
        return False
    choosing.forget_gone(session, challenge)
    if calibrating.awaits(session, challenge):
        if not _enough(session, challenge):
            return False
        end(session, challenge, actor="calibration", now=now)
    choosing.put_back(session, challenge_id, choosing.pieces_of(session, challenge_id), now=now)
    return _draft_some(session, challenge_id, now=now) == AT_ONCE


def _enough(session: Session, challenge: Challenge) -> bool:
    """As many pieces are judged as were asked for; or all that can be, and something waits only for more."""
    done = judged.of_challenge(session, challenge)
    if len(done.pieces) >= challenge.calibrate:
        return True
    if judged.still_to_judge(session, challenge, done) or choosing.is_left(session, challenge, done):
        return False
    return bool(_waiting(session, challenge.id, 1))


def end(session: Session, challenge: Challenge, *, actor: str, now: datetime) -> None:
    """Drafts on the challenge wait no longer."""
    choosing.held(session, challenge).done_at = now
    facts = {"judged": len(judged.of_challenge(session, challenge).pieces)}
    audit.record(
        session,
        organization=challenge.organization_id,
        actor=actor,
        act="challenge.calibrated",
        subject=challenge.id,
        now=now,
        **facts,
    )


def _draft_some(session: Session, challenge_id: str, *, now: datetime) -> int:
    """Each is queued with its change of state, so that none is forgotten and none is queued twice."""
    drafts = _waiting(session, challenge_id, AT_ONCE)
    for draft in drafts:
        consequences.touch(draft, step(draft.state, DraftAct.GO_ON, DraftActor.MACHINE), now=now)
        jobs.enqueue_once(session, "draft", draft, now=now)
    return len(drafts)


def _waiting(session: Session, challenge_id: str, most: int) -> Sequence[DraftRow]:
    """Drafts that wait, held until the transaction ends."""
    waiting = (
        select(DraftRow)
        .where(DraftRow.challenge_id == challenge_id, DraftRow.state == DraftState.AWAITS_CALIBRATION)
        .order_by(DraftRow.id)
        .limit(most)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return session.scalars(waiting).all()


def sweep(session: Session, organization: str, *, now: datetime) -> int:
    """Look at each challenge on which something waits for calibration, whatever was to see to it before."""
    waiting = select(DraftRow.challenge_id).where(
        DraftRow.organization_id == organization, DraftRow.state == DraftState.AWAITS_CALIBRATION
    )
    there = session.scalars(select(Challenge).where(Challenge.id.in_(waiting))).all()
    for challenge in there:
        calibrating.look_later(session, challenge, now=now)
    return len(there)
