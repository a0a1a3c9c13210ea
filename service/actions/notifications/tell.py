"""From what happened to who is told: events are read in their order, like any platform reads them, and each once.

The number of the last one that was read is committed with the rows that it led to, so a worker that dies in between
leaves neither; and the same event leads to the same key, so nobody is told of it twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session

from service.actions.notifications import occurrences
from service.actions.notifications.audience import Audiences
from service.actions.notifications.occurrences import Occurrence
from service.actions.notifications.wishes import Wishes
from service.domain.events import Event
from service.domain.ids import new_id
from service.domain.notifications.kinds import SETTLES, TOLD, NotificationKind
from service.store import outbox
from service.store.session import insert
from service.store.tables import Mailing, Notification, NotificationRun, Organization, OutgoingEvent

log = structlog.get_logger(__name__)

AT_ONCE: Final = 25
"""Events in one transaction: each leads to a row for each facilitator of a group."""
ROWS_AT_ONCE: Final = 500
"""In one statement, which may hold only so many values (65,535 in PostgreSQL)."""
NEWS: Final = timedelta(days=3)
"""What happened longer ago is no news: after a long standstill people are not buried."""
PAUSE: Final = timedelta(hours=3)
"""Between two letters about the same gathered thing, such as work that waits on a challenge: even who wants to hear at
once hears of thirty hand-ins in a morning three times, not thirty."""


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody (our id) is to be told of this. `gathered`: not while the same waits to be read or mailed."""

    person: str
    kind: NotificationKind
    subject: str
    turn: str
    gathered: bool = False


def behind(session: Session) -> list[str]:
    """Organizations (our ids) that have events nobody was told of yet."""
    reached = func.coalesce(
        select(NotificationRun.number).where(NotificationRun.organization_id == Organization.id).scalar_subquery(), 0
    )
    mine = OutgoingEvent.organization_id == Organization.id
    unread = or_(
        exists().where(mine, OutgoingEvent.number.is_(None)), exists().where(mine, OutgoingEvent.number > reached)
    )
    return list(session.scalars(select(Organization.id).where(unread).order_by(Organization.id)))


def tell_some(session: Session, organization: str, *, now: datetime) -> bool:
    """Tell of the next events; whether there are more."""
    outbox.number(session, organization)
    run = session.get(NotificationRun, organization, with_for_update={"key_share": True})
    if run is None:
        run = NotificationRun(organization_id=organization, number=0)
        session.add(run)
    events = outbox.page(session, organization, after=run.number, limit=AT_ONCE)
    if not events:
        return False
    audiences = Audiences(session, organization)
    for event in events:
        if event.at > now - NEWS:
            _tell(session, audiences, event, now=now)
    run.number = events[-1].number or run.number
    return True


def _tell(session: Session, audiences: Audiences, event: OutgoingEvent, *, now: datetime) -> None:
    """One event; what is wrong with one is in nobody else's way."""
    try:
        with session.begin_nested():
            matter = occurrences.of(session, event)
            if matter is None:
                return
            over(session, matter.subject, SETTLES.get(Event(event.name), ()), now=now)
            told(session, event.organization_id, _told(audiences, event, matter), now=now)
    except (LookupError, TypeError, ValueError) as wrong:
        log.error("nobody could be told of an event", event=event.id, name=event.name, error=type(wrong).__name__)


def _told(audiences: Audiences, event: OutgoingEvent, matter: Occurrence) -> list[Told]:
    tell = TOLD.get(Event(event.name))
    if tell is None:
        return []
    found = []
    for kind, person in audiences.told(tell, matter):
        gathered = tell.gathered or kind is NotificationKind.NOBODY_THERE
        found.append(Told(person, kind, matter.within if gathered else matter.subject, event.id, gathered))
    return found


def told(session: Session, organization: str, some: Collection[Told], *, now: datetime) -> int:
    """Write it down for each of them, with the moment at which they are mailed; how many were not told yet."""
    if not some:
        return 0
    wishes = Wishes(session, organization, {one.person for one in some})
    gathered = {_what(one): one for one in some if one.gathered}
    waiting = _waiting(session, gathered, wishes, now)
    wanted = [one for one in some if _what(one) not in waiting]
    if not wanted:
        return 0
    last = _last_mailed(session, gathered)
    rows = [_row(organization, one, wishes, last.get(_what(one)), now) for one in wanted]
    return sum(_written(session, rows[at : at + ROWS_AT_ONCE]) for at in range(0, len(rows), ROWS_AT_ONCE))


def _written(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    table = Notification.__table__
    statement = insert(session, table).values(rows).on_conflict_do_nothing()
    return len(session.execute(statement.returning(table.c.id)).all())


def _row(organization: str, one: Told, wishes: Wishes, last: datetime | None, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "organization_id": organization,
        "person_id": one.person,
        "kind": one.kind,
        "subject_id": one.subject,
        "turn": one.turn,
        "at": now,
        "mail_at": wishes.mailed_at(one.person, one.kind, now if last is None else max(now, last + PAUSE)),
    }


_What = tuple[str, NotificationKind, str]


def _what(one: Told) -> _What:
    return one.person, one.kind, one.subject


def _about(some: Mapping[_What, Told]) -> list[Any]:
    people, kinds, subjects = ({what[at] for what in some} for at in range(3))
    return [Notification.person_id.in_(people), Notification.kind.in_(kinds), Notification.subject_id.in_(subjects)]


def _waiting(session: Session, some: Mapping[_What, Told], wishes: Wishes, now: datetime) -> set[_What]:
    """Those of which nothing is to be written: they were told at this very turn, or the same waits to be read, and to
    be mailed where its reader is mailed. It says how much there is when it is read, so it stands for what came since,
    under the later turn. One that was mailed and is unread is over: the next follows."""
    if not some:
        return set()
    turns = {one.turn for one in some.values()}
    either = or_(Notification.read_at.is_(None), Notification.turn.in_(turns))
    rows = [(_of(row), row) for row in session.scalars(select(Notification).where(*_about(some), either))]
    found = {what for what, row in rows if what in some and row.turn == some[what].turn}
    for what, row in [(what, row) for what, row in rows if what in some and what not in found]:
        if row.mailing_id is None and what not in found:
            found.add(what)
            row.at, row.turn = now, some[what].turn
            row.mail_at = row.mail_at or wishes.mailed_at(row.person_id, row.kind, now)
        else:
            row.read_at = now
    session.flush()
    return found


def _of(row: Notification) -> _What:
    return row.person_id, row.kind, row.subject_id


def _last_mailed(session: Session, some: Mapping[_What, Told]) -> dict[_What, datetime]:
    if not some:
        return {}
    rows = session.execute(
        select(Notification.person_id, Notification.kind, Notification.subject_id, func.max(Mailing.planned_at))
        .join(Mailing, Mailing.id == Notification.mailing_id)
        .where(*_about(some))
        .group_by(Notification.person_id, Notification.kind, Notification.subject_id)
    )
    return {(person, kind, subject): at for person, kind, subject, at in rows}


def over(session: Session, subject: str, kinds: Iterable[NotificationKind], *, now: datetime) -> None:
    """Nobody needs to read this any more."""
    which = list(kinds)
    if which:
        session.execute(
            update(Notification)
            .where(Notification.subject_id == subject, Notification.kind.in_(which), Notification.read_at.is_(None))
            .values(read_at=now, mail_at=None)
            .execution_options(synchronize_session=False)
        )
