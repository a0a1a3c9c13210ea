"""Whether two who were introduced have met: neither said, so the outside is told to ask, by the clock.

Each turn is kept as a telling, written in the transaction of the event itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from service.actions.introductions.common import open_people, tell
from service.domain.events import Event
from service.domain.introductions import ASK_HOW_IT_WENT_AFTER, IntroductionState
from service.store import find, tellings
from service.store.tables import Introduction, IntroductionAnswer, Telling

AT_ONCE: Final = 500
MEET: Final = Event.INTRODUCTION_DID_YOU_MEET.value
FIRST, AGAIN = "1", "2"
"""Asked after some days, and once more when as many have passed again; then never."""


def ask_whether_met(session: Session, organization: str | None = None, *, now: datetime) -> int:
    """Tell the outside of introductions of which neither has said whether they met; how many were looked at."""
    rows = session.scalars(
        select(Introduction)
        .where(find.within(Introduction.organization_id, organization), _silent(), _its_turn(now))
        .order_by(Introduction.introduced_at, Introduction.id)
        .limit(AT_ONCE)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()
    for row in rows:
        turn = _turn(session, row, now)
        mine = turn and tellings.first(session, row.organization_id, MEET, row.id, turn=turn, now=now)
        if mine and all(open_people(session, (row.first_id, row.second_id), machines=False).values()):
            tell(session, row, Event.INTRODUCTION_DID_YOU_MEET, now=now)
    return len(rows)


def _turn(session: Session, row: Introduction, now: datetime) -> str:
    """Which one it is, of an introduction that is held; none where another worker asked since it was looked for."""
    asked = session.get(Telling, (row.organization_id, MEET, row.id, FIRST))
    if asked is None:
        return FIRST
    return AGAIN if asked.at <= now - ASK_HOW_IT_WENT_AFTER else ""


def _silent() -> ColumnElement[bool]:
    said = exists().where(IntroductionAnswer.introduction_id == Introduction.id, IntroductionAnswer.met.is_not(None))
    return and_(Introduction.state == IntroductionState.INTRODUCED, ~said)


def _its_turn(now: datetime) -> ColumnElement[bool]:
    """Never asked, or asked once and as long ago as it took to ask first."""
    asked = and_(
        Telling.organization_id == Introduction.organization_id,
        Telling.name == MEET,
        Telling.subject_id == Introduction.id,
    )
    lately = exists().where(asked, Telling.at > now - ASK_HOW_IT_WENT_AFTER)
    twice = exists().where(asked, Telling.turn == AGAIN)
    return and_(Introduction.introduced_at <= now - ASK_HOW_IT_WENT_AFTER, ~lately, ~twice)
