"""A facilitator lets what was found for requests be shown, or keeps it back; what was let is noted for the oracle."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.actions.requests import desk, found
from service.actions.requests.found import DeskFoundWork
from service.domain.requests.need import RequestState
from service.domain.roles import Actor
from tests.service.people_rules.agreed import WORK

if TYPE_CHECKING:
    from tests.service.people_rules.life import Life


def let_found(life: Life, then: str) -> None:
    """All that was found and may be shown. `then`: "wait" leaves the undo window open, "keep_back" shows none of it."""
    mateo = life.actors["mateo"]
    with life.sessions.reading() as session:
        asked = desk.listed(session, mateo, state=RequestState.OPEN)
    for asks in asked:
        for one in asks.found_works:
            _decide_on(life, mateo, asks.person, one, then)
    if then != "wait":
        life.now += timedelta(minutes=1)
        life.work()


def _decide_on(life: Life, by: Actor, asks: str, one: DeskFoundWork, then: str) -> None:
    (mark,) = set(WORK.findall(one.quote.text))

    def decide(session: Session) -> object:
        at = Deciding(session, by, one.id, one.version, life.now)
        return found.keep_back(at) if then == "keep_back" else found.approve(at, seen=one.text_hash)

    if life.act(decide):
        (life.agreed.let.discard if then == "keep_back" else life.agreed.let.add)((asks, mark))
