"""What whoever reviews can ask of a challenge's calibration: to choose anew, to look again, to wait no longer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.actions.calibration import choosing, going_on
from service.actions.challenges import calibrating
from service.actions.work import lens
from service.domain.errors import NotNow
from service.domain.roles import Actor
from service.store.tables import Challenge


def choose_anew(session: Session, actor: Actor, challenge: str, *, now: datetime) -> Challenge:
    """Have pieces that nobody has opened chosen anew, of all work there is by now. Raises NotFound, NotAllowed, NotNow
    where nothing waits for it."""
    row = _waiting(session, actor, challenge)
    choosing.held(session, row).chosen_of = 0
    calibrating.look_later(session, row, now=now)
    return row


def draft_now(session: Session, actor: Actor, challenge: str, *, now: datetime) -> Challenge:
    """Wait no longer: what waits is drafted, however few pieces are judged. Raises as `choose_anew`."""
    row = _waiting(session, actor, challenge)
    going_on.end(session, row, actor=actor.name, now=now)
    calibrating.look_later(session, row, now=now)
    return row


def look_again(session: Session, actor: Actor, challenge: str, *, now: datetime) -> Challenge:
    """Have the criteria looked at again. Raises NotFound, NotAllowed."""
    row = lens.lens(session, actor, challenge).challenge
    calibrating.look_at_criteria(session, row, now=now)
    return row


def _waiting(session: Session, actor: Actor, challenge: str) -> Challenge:
    row = lens.lens(session, actor, challenge).challenge
    if not calibrating.awaits(session, row):
        raise NotNow("Nothing on this challenge waits for its calibration.")
    return row
