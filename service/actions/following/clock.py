"""What happens by the clock and once: "did you meet?", work that waits too long, and a weekly look for introductions.

Each turn is kept as a telling, written in the transaction of the event or job itself. A commitment whose day has come
is told by `learners.commitments.tell_due`, and nothing is told of it a second time here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from service.actions.introductions.common import open_people, tell
from service.domain.drafts import FOR_A_PERSON, DraftState
from service.domain.events import Event
from service.domain.introductions import ASK_HOW_IT_WENT_AFTER, IntroductionState
from service.domain.organization_settings import OrganizationWish, wish_of
from service.store import audit, find, jobs, outbox, tellings
from service.store.tables import (
    Challenge,
    DraftRow,
    Group,
    Introduction,
    IntroductionAnswer,
    Organization,
    Revision,
    Submission,
    Telling,
)

AT_ONCE: Final = 500
MEET: Final = Event.INTRODUCTION_DID_YOU_MEET.value
FIRST, AGAIN = "1", "2"
"""Asked after some days, and once more when as many have passed again; then never."""
UNANSWERED: Final = Event.SUBMISSION_UNANSWERED.value
WAITS: Final = (DraftState.WAITING, DraftState.DRAFTING, *FOR_A_PERSON)
WEEKLY: Final = "introductions.weekly"
MOST_WAITING: Final = 20
"""Suggestions that wait for a facilitator beyond which no more are looked for: they would grow stale unread."""


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
        turn = AGAIN if session.get(Telling, (row.organization_id, MEET, row.id, FIRST)) else FIRST
        mine = tellings.first(session, row.organization_id, MEET, row.id, turn=turn, now=now)
        if mine and all(open_people(session, (row.first_id, row.second_id), machines=False).values()):
            tell(session, row, Event.INTRODUCTION_DID_YOU_MEET, now=now)
    return len(rows)


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


def organizations(session: Session) -> list[str]:
    """Every organization, by our id."""
    return list(session.scalars(select(Organization.id).order_by(Organization.id)))


def wish(session: Session, organization: str) -> OrganizationWish:
    """What an organization set."""
    row = session.get_one(Organization, organization)
    return wish_of(row.name, row.language, row.settings)


def tell_unanswered(session: Session, organization: str, days: int, *, now: datetime) -> int:
    """Tell, once, of each latest revision that has waited for an answer longer than was promised; how many."""
    told = exists().where(
        Telling.organization_id == organization, Telling.name == UNANSWERED, Telling.subject_id == DraftRow.id
    )
    rows = session.execute(
        select(DraftRow.id, Submission.external_id, Challenge.external_id, Group.external_id, Revision.submitted_at)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, and_(Submission.id == Revision.submission_id, Submission.latest == Revision.number))
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .join(Group, Group.id == Submission.group_id)
        .where(
            DraftRow.organization_id == organization,
            DraftRow.state.in_(WAITS),
            Submission.withdrawn_at.is_(None),
            Revision.submitted_at <= now - timedelta(days=days),
            ~told,
        )
        .order_by(Revision.submitted_at, DraftRow.id)
        .limit(AT_ONCE)
    ).all()
    for draft, submission, challenge, group, since in rows:
        if tellings.first(session, organization, UNANSWERED, draft, now=now):
            about = {"submission": submission, "draft": draft, "challenge": challenge, "group": group}
            outbox.tell(session, organization, Event.SUBMISSION_UNANSWERED, now=now, since=since.isoformat(), **about)
    return len(rows)


def look_weekly(session: Session, organization: str, *, now: datetime) -> bool:
    """Have introductions looked for, at most once in a calendar week (ISO 8601, UTC), and never while many suggestions
    wait. Whether it was done now."""
    waiting = session.scalar(
        select(func.count()).where(
            Introduction.organization_id == organization, Introduction.state == IntroductionState.SUGGESTED
        )
    )
    if (waiting or 0) > MOST_WAITING:
        return False
    year, week, _ = now.isocalendar()
    if not tellings.first(session, organization, WEEKLY, organization, turn=f"{year}-W{week:02}", now=now):
        return False
    jobs.enqueue(
        session,
        organization=organization,
        kind="introduce",
        subject=organization,
        now=now,
        dedupe=f"introduce:{organization}",
        priority=-5,
    )
    act = "introduction.look"
    audit.record(session, organization=organization, actor="clock", act=act, subject=organization, now=now)
    return True
