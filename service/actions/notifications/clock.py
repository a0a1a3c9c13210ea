"""What no event tells of, looked at by the clock; and what has had its time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from service.actions.access import credentials
from service.actions.notifications import standing, tell
from service.actions.notifications.audience import Audiences
from service.actions.notifications.lines import Reader
from service.actions.notifications.tell import Told
from service.domain.access.keys import SOON
from service.domain.introductions import IntroductionState
from service.domain.notifications.kinds import NotificationKind
from service.domain.roles import CredentialReach
from service.store.session import changed_rows
from service.store.tables import (
    Credential,
    DraftRow,
    Introduction,
    Mailing,
    Notification,
    OpposedDecisions,
    PointRow,
    RoleGrant,
)

LATELY: Final = timedelta(hours=26)
"""What is looked at every hour is looked at for a day and a bit, so that a standstill of a day leaves nothing out."""
LAST_WEEK: Final = timedelta(days=7)
"""Before a key ends it is told a second time."""
KEPT: Final = timedelta(days=90)
FORGOTTEN_AT_ONCE: Final = 1_000
HUSHED_AT_ONCE: Final = 200
"""People: what there is to say to one takes a statement or two for each kind of thing."""


def say(session: Session, organization: str, *, now: datetime) -> int:
    """Tell of suggested introductions, decisions that differ, and keys that end; how many rows that made."""
    audiences = Audiences(session, organization)
    some = [
        *_introductions(session, organization, audiences, now),
        *_alerts(session, organization, audiences, now),
        *_keys(session, organization, audiences, now),
    ]
    return tell.told(session, organization, some, now=now)


def _introductions(session: Session, organization: str, audiences: Audiences, now: datetime) -> Iterable[Told]:
    """Whoever facilitates one of the two; the newest suggestion tells one telling from the next."""
    rows = session.execute(
        select(Introduction.id, RoleGrant.group_id, Introduction.first_id, Introduction.second_id)
        .join(
            RoleGrant, or_(RoleGrant.person_id == Introduction.first_id, RoleGrant.person_id == Introduction.second_id)
        )
        .where(
            Introduction.organization_id == organization,
            Introduction.state == IntroductionState.SUGGESTED,
            Introduction.created_at > now - LATELY,
        )
        .order_by(Introduction.id)
    ).all()
    newest: dict[str, str] = {}
    for id_, group, *both in rows:
        newest |= dict.fromkeys(audiences.facilitators([group]) - set(both), id_)
    kind = NotificationKind.INTRODUCTION_WAITS
    return [Told(person, kind, organization, id_, gathered=True) for person, id_ in sorted(newest.items())]


def _alerts(session: Session, organization: str, audiences: Audiences, now: datetime) -> Iterable[Told]:
    """Whoever facilitates a group of one of the two points, and may see the other, too."""
    first, second, one, other = aliased(PointRow), aliased(PointRow), aliased(DraftRow), aliased(DraftRow)
    rows = session.execute(
        select(OpposedDecisions.challenge_id, one.group_id, other.group_id, func.max(OpposedDecisions.second_id))
        .join(first, first.id == OpposedDecisions.first_id)
        .join(second, second.id == OpposedDecisions.second_id)
        .join(one, one.id == first.draft_id)
        .join(other, other.id == second.draft_id)
        .where(OpposedDecisions.organization_id == organization, OpposedDecisions.at > now - LATELY)
        .group_by(OpposedDecisions.challenge_id, one.group_id, other.group_id)
    ).all()
    newest: dict[tuple[str, str], str] = {}
    for challenge, *groups, id_ in rows:
        both = set.intersection(*(audiences.reviewers([group]) for group in groups))
        for person in audiences.facilitators(groups) & both:
            newest[person, challenge] = max(id_, newest.get((person, challenge), ""))
    kind = NotificationKind.DECISIONS_DIFFER
    return [Told(person, kind, of, id_, gathered=True) for (person, of), id_ in sorted(newest.items())]


def _keys(session: Session, organization: str, audiences: Audiences, now: datetime) -> Iterable[Told]:
    """A month before, and once more a week before."""
    rows = session.execute(
        select(Credential.id, Credential.expires_at).where(
            Credential.organization_id == organization,
            Credential.reach == CredentialReach.PLATFORM,
            Credential.revoked_at.is_(None),
            Credential.expires_at > now,
            Credential.expires_at <= now + SOON,
        )
    )
    kind = NotificationKind.KEY_ENDS
    ending = [(id_, "week" if at and at <= now + LAST_WEEK else "month") for id_, at in rows]
    return [Told(person, kind, key, turn) for key, turn in sorted(ending) for person in sorted(audiences.leaders())]


def hush(session: Session, organization: str, *, now: datetime) -> int:
    """Mark as read what says nothing any more, so that nobody's number of unread ones counts what they cannot see; of
    so many people each hour, in turn. How many rows."""
    unread = (Notification.organization_id == organization, Notification.read_at.is_(None))
    people = session.scalars(
        select(Notification.person_id).where(*unread).distinct().order_by(Notification.person_id)
    ).all()
    first = int(now.timestamp() // 3600) * HUSHED_AT_ONCE % max(len(people), 1)
    next_ones = [*people[first:], *people[:first]][:HUSHED_AT_ONCE]
    return sum(_hush(session, organization, person, now) for person in next_ones)


def _hush(session: Session, organization: str, person: str, now: datetime) -> int:
    mine = (Notification.person_id == person, Notification.read_at.is_(None))
    rows = session.scalars(select(Notification).where(Notification.person_id == person)).all()
    said = standing.lines(Reader(session, credentials.standing_in(session, organization, person), now), rows)
    silent = [row.id for row in rows if row.read_at is None and (row.id not in said or said[row.id].done)]
    for at in range(0, len(silent), FORGOTTEN_AT_ONCE):
        some = Notification.id.in_(silent[at : at + FORGOTTEN_AT_ONCE])
        session.execute(update(Notification).where(*mine, some).values(read_at=now, mail_at=None))
    return len(silent)


def forget(session: Session, organization: str, *, now: datetime) -> int:
    """Delete what was told a season ago, and letters with it; how many rows."""
    old = select(Notification.id).where(Notification.organization_id == organization, Notification.at < now - KEPT)
    gone = changed_rows(session, delete(Notification).where(Notification.id.in_(old.limit(FORGOTTEN_AT_ONCE))))
    ended = select(Mailing.id).where(Mailing.organization_id == organization, Mailing.planned_at < now - KEPT)
    letters = changed_rows(session, delete(Mailing).where(Mailing.id.in_(ended.limit(FORGOTTEN_AT_ONCE))))
    return max(gone, letters)
