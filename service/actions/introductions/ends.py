"""How introductions end without an answer: a consent taken back, at once; time, by the clock. Tells nobody why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from service.actions.introductions.common import UNANSWERED, tell
from service.domain.events import Event
from service.domain.introductions import (
    ANSWER_WITHIN,
    OPEN,
    SUGGESTION_KEEPS,
    IntroductionAct,
    IntroductionActor,
    IntroductionState,
    step,
)
from service.store import find
from service.store.tables import Introduction, Person

AT_ONCE = 500


def of_no_consent(session: Session, person: Person, *, now: datetime) -> int:
    """The person may not be introduced any more: everything that names them ends. How many ended.

    The consent is written first, so that whoever approves or answers at this moment either comes before, and is found
    here, or waits and reads the new consent.
    """
    session.flush()
    rows = session.scalars(
        select(Introduction)
        .where(
            or_(
                and_(
                    or_(Introduction.first_id == person.id, Introduction.second_id == person.id),
                    Introduction.state != IntroductionState.WITHDRAWN,
                ),
                and_(
                    Introduction.through_id == person.id,
                    Introduction.state.in_((*OPEN, IntroductionState.DECLINED)),
                ),
            )
        )
        .order_by(Introduction.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        withdraw(
            session, row, IntroductionActor.SECOND if row.second_id == person.id else IntroductionActor.FIRST, now=now
        )
    return len(rows)


def of_no_machines(session: Session, person: Person, *, now: datetime) -> int:
    """No machine may read the person's work any more: what one made of it, and nobody was asked about yet, ends."""
    session.flush()
    rows = session.scalars(
        select(Introduction)
        .where(
            or_(Introduction.first_id == person.id, Introduction.second_id == person.id),
            Introduction.state.in_((IntroductionState.SUGGESTED, IntroductionState.APPROVED)),
        )
        .order_by(Introduction.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        withdraw(
            session, row, IntroductionActor.SECOND if row.second_id == person.id else IntroductionActor.FIRST, now=now
        )
    return len(rows)


def withdraw(session: Session, row: Introduction, by: IntroductionActor, *, now: datetime) -> None:
    """End it for both."""
    open_still = row.asked_at is not None and row.ended_at is None
    row.state = step(row.state, IntroductionAct.WITHDRAW, by)
    row.version += 1
    row.ended_at = row.ended_at or now
    if open_still:
        tell(session, row, Event.INTRODUCTION_ENDED, now=now)


def sweep(session: Session, organization: str | None = None, *, now: datetime) -> int:
    """Close what nobody decided on and what was not answered by both; how many. A no ends like no answer, and then."""
    faded = and_(Introduction.state == IntroductionState.SUGGESTED, Introduction.created_at <= now - SUGGESTION_KEEPS)
    late = and_(
        Introduction.state.in_((*UNANSWERED, IntroductionState.DECLINED)),
        Introduction.ended_at.is_(None),
        Introduction.asked_at <= now - ANSWER_WITHIN,
    )
    rows = session.scalars(
        select(Introduction)
        .where(find.within(Introduction.organization_id, organization), or_(faded, late))
        .order_by(Introduction.id)
        .limit(AT_ONCE)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()
    for row in rows:
        _close(session, row, now)
    return len(rows)


def _close(session: Session, row: Introduction, now: datetime) -> None:
    if row.state is not IntroductionState.DECLINED:
        row.state = step(row.state, IntroductionAct.EXPIRE, IntroductionActor.CLOCK)
    row.ended_at = now
    if row.asked_at is not None:
        tell(session, row, Event.INTRODUCTION_ENDED, now=now)
