"""One's own notifications: what was told, how much of it is unread, and that it was read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.actions.access import credentials
from service.actions.learners.guard import person_of
from service.actions.notifications import standing
from service.actions.notifications.lines import NotificationLine, Reader
from service.domain.roles import Actor
from service.store.session import changed_rows
from service.store.tables import Notification, Person

MOST: Final = 200
"""The latest, which are looked at: what is older was read, or is long past."""


@dataclass(frozen=True, slots=True)
class NotificationSeen:
    """A notification with what it says now."""

    id: str
    at: datetime
    read: bool
    line: NotificationLine


def told(session: Session, actor: Actor, external_id: str, *, now: datetime) -> list[NotificationSeen]:
    """What a person was told lately, the latest first, without what is not theirs to know any more.

    Raises NotFound (not the actor's own).
    """
    person = person_of(session, actor, external_id)
    latest = select(Notification).where(Notification.person_id == person.id)
    rows = session.scalars(latest.order_by(Notification.at.desc(), Notification.id.desc()).limit(MOST)).all()
    reader = Reader(session, credentials.standing_in(session, person.organization_id, person.id), now)
    said = standing.lines(reader, rows)
    return [_seen(row, said[row.id]) for row in rows if row.id in said]


def _seen(row: Notification, line: NotificationLine) -> NotificationSeen:
    return NotificationSeen(row.id, row.at, row.read_at is not None or line.done, line)


def read(session: Session, actor: Actor, external_id: str, ids: Collection[str] | None = None, *, now: datetime) -> int:
    """Mark these of a person's as read, or (None) all; how many were not. They are not mailed any more. What is not
    there, or is somebody else's, is passed over. Raises NotFound (not the actor's own)."""
    person = person_of(session, actor, external_id)
    mine = update(Notification).where(Notification.person_id == person.id, Notification.read_at.is_(None))
    chosen = mine if ids is None else mine.where(Notification.id.in_(ids))
    return changed_rows(session, chosen.values(read_at=now, mail_at=None))


def me(session: Session, actor: Actor) -> str:
    """The external id of the person who is signed in."""
    return session.get_one(Person, actor.person).external_id
