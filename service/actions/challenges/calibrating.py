"""Whether a challenge's drafts wait for its calibration, and that somebody looks at how far that is. What a calibration
is, `service.actions.calibration` knows; here is only what everything else needs of it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.store import jobs
from service.store.tables import Calibration, Challenge

BEFORE_DRAFTS = 5
"""Priority over drafting (0), below that of the index: what is chosen to be judged first is drafted first."""


def awaits(session: Session, challenge: Challenge) -> bool:
    """Whether what comes in is put off. By criteria work is judged: without any there is nothing to calibrate."""
    if not challenge.calibrate or not challenge.criteria:
        return False
    there = session.get(Calibration, challenge.id)
    return there is None or there.done_at is None


def look_later(session: Session, challenge: Challenge, *, now: datetime) -> None:
    """Have a job look at how far the calibration is, and do what follows from that. It begins when what was done here
    can be read, so that of two who act at once neither is overlooked."""
    jobs.enqueue(
        session,
        organization=challenge.organization_id,
        kind="calibrate",
        subject=challenge.id,
        now=now,
        dedupe=f"calibrate:{challenge.id}",
        priority=BEFORE_DRAFTS,
    )


def look_at_criteria(session: Session, challenge: Challenge, *, now: datetime) -> None:
    """Have a job look at the criteria; nobody waits for it."""
    jobs.enqueue(
        session,
        organization=challenge.organization_id,
        kind="criteria",
        subject=challenge.id,
        now=now,
        dedupe=f"criteria:{challenge.id}",
        priority=-1,
    )


def moved(session: Session, challenge_id: str, *, now: datetime) -> None:
    """Something was judged on the challenge, or is gone: if it still waits for its calibration, somebody looks."""
    challenge = session.get_one(Challenge, challenge_id)
    if awaits(session, challenge):
        look_later(session, challenge, now=now)
