"""What whoever reviews can ask of a challenge's calibration: to choose anew, to look again, to wait no longer.

Whoever sees one of the groups that the challenge is set to may ask; the wait ends for all of them, so that is for those
who see each.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.calibration import choosing, going_on
from service.actions.challenges import calibrating, setting
from service.actions.work.lens import Lens
from service.actions.work.lens import lens as through
from service.domain.errors import NotAllowed, NotNow
from service.domain.roles import Actor
from service.store import tree
from service.store.tables import Challenge, Group


def choose_anew(session: Session, actor: Actor, challenge: str, *, now: datetime) -> Challenge:
    """Have pieces that nobody has opened chosen anew, of all work there is by now. Raises NotFound, NotAllowed, NotNow
    where nothing waits for it."""
    row = _waiting(session, _asked(session, actor, challenge))
    choosing.held(session, row).chosen_of = 0
    calibrating.look_later(session, row, now=now)
    return row


def draft_now(session: Session, actor: Actor, challenge: str, *, now: datetime) -> Challenge:
    """Wait no longer: what waits is drafted, however few pieces are judged. Raises as `choose_anew`."""
    lens = _asked(session, actor, challenge)
    if not may_end(session, lens):
        raise NotAllowed("Others wait for this calibration, too: ask whoever coordinates the challenge's groups.")
    row = _waiting(session, lens)
    going_on.end(session, row, actor=actor.name, now=now)
    calibrating.look_later(session, row, now=now)
    return row


def look_again(session: Session, actor: Actor, challenge: str, *, now: datetime) -> Challenge:
    """Have the criteria looked at again. Raises NotFound, NotAllowed."""
    row = _asked(session, actor, challenge).challenge
    calibrating.look_at_criteria(session, row, now=now)
    return row


def may_ask(lens: Lens) -> bool:
    """Whether one sees a group that the challenge is set to."""
    return lens.set_to is None or bool(lens.set_to)


def may_end(session: Session, lens: Lens) -> bool:
    """Whether one sees every group that the challenge is set to; whoever may set it does."""
    if lens.groups is None:
        return True
    given = setting.groups_of(session, lens.challenge)
    everywhere = select(Group.id).where(Group.organization_id == lens.challenge.organization_id)
    return lens.groups >= (tree.below(session, given) if given else set(session.scalars(everywhere)))


def _asked(session: Session, actor: Actor, challenge: str) -> Lens:
    lens = through(session, actor, challenge)
    if not may_ask(lens):
        raise NotAllowed("This challenge is set to groups that are not yours.")
    return lens


def _waiting(session: Session, lens: Lens) -> Challenge:
    if not calibrating.awaits(session, lens.challenge):
        raise NotNow("Nothing on this challenge waits for its calibration.")
    return lens.challenge
