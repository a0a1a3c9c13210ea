"""What goes out by mail: who is due, what a letter says at the moment it is sent, and what became of it.

A letter is planned, and its rows with it, in one transaction; that it is tried is committed before the server is spoken
to, and that it was taken, after. A worker that dies in between leaves a letter that may have arrived: it is sent again,
under the same Message-ID. So each is sent at least once, and twice only then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from service.actions.access import credentials, organizations
from service.actions.notifications import standing, tell
from service.actions.notifications.audience import Audiences
from service.actions.notifications.lines import NotificationLine, Reader
from service.actions.notifications.tell import Told
from service.actions.notifications.wishes import Wishes
from service.domain.notifications.kinds import TOPIC, NotificationKind
from service.domain.notifications.timing import Rhythm, out_of_quiet
from service.store import audit, jobs
from service.store.session import changed_rows
from service.store.tables import Mailbox, Mailing, MailingState, Notification, Organization, Person, RoleGrant

AT_ONCE: Final = 50
"""People whose letters are planned in one transaction."""
STALE: Final = timedelta(days=3)
"""What could not be mailed for so long is not: it stands on the page, and the next letter says how things are."""
KEPT_TRYING: Final = STALE + timedelta(days=7)
"""Since something was told, which may have waited a week for its reader's Monday, until no letter is tried for it."""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a letter is made of. `more`: it may hold people's words and names."""

    mailing: str
    person: str
    address: str
    name: str
    language: str
    organization: str
    zone: str
    more: bool
    lines: tuple[NotificationLine, ...]


def due(session: Session, *, now: datetime) -> list[str]:
    """Organizations (our ids) with something to mail now."""
    waits = exists().where(Notification.organization_id == Organization.id, Notification.mail_at <= now)
    return list(session.scalars(select(Organization.id).where(waits).order_by(Organization.id)))


def plan(session: Session, organization: str, *, now: datetime) -> bool:
    """Plan a letter for each of the next people who are due, of all that is due for them; whether there are more."""
    here = (Notification.organization_id == organization, Notification.mail_at <= now)
    people = session.scalars(
        select(Notification.person_id).where(*here).distinct().order_by(Notification.person_id).limit(AT_ONCE)
    ).all()
    for person in people:
        _plan(session, organization, person, now)
    return len(people) == AT_ONCE


def _plan(session: Session, organization: str, person: str, now: datetime) -> None:
    row = Mailing(organization_id=organization, person_id=person, planned_at=now)
    session.add(row)
    session.flush()
    mine = (Notification.person_id == person, Notification.mail_at <= now)
    fresh = update(Notification).where(*mine, Notification.mail_at > now - STALE)
    taken = changed_rows(session, fresh.values(mailing_id=row.id, mail_at=None))
    stale = update(Notification).where(Notification.person_id == person, Notification.mail_at <= now - STALE)
    session.execute(stale.values(mail_at=None))  # not what became due since the statement before
    if not taken:  # all of it is stale, or another worker was here
        session.delete(row)
        return
    jobs.enqueue(session, organization=organization, kind="mail", subject=row.id, now=now)


def begin(session: Session, mailing_id: str, *, now: datetime) -> LetterFacts | None:
    """What the letter says now, noted as tried; None where there is nothing to say, or nobody to say it to."""
    row = session.get(Mailing, mailing_id, with_for_update={"key_share": True})
    if row is None or row.state is not MailingState.PLANNED:
        return None
    person, box = session.get_one(Person, row.person_id), session.get(Mailbox, row.person_id)
    wishes = Wishes(session, row.organization_id, [row.person_id])
    if box is None or not box.address or box.bounced_at is not None or row.planned_at < now - STALE:
        _end(row, MailingState.EMPTY, now)
        return None
    later = out_of_quiet(wishes.hours(person.id), now)
    if later > now:  # it was put off into the night
        session.execute(
            update(Notification).where(Notification.mailing_id == row.id).values(mailing_id=None, mail_at=later)
        )
        _end(row, MailingState.EMPTY, now)
        return None
    said = _said(session, row, wishes, now)
    if not said:
        _end(row, MailingState.EMPTY, now)
        return None
    row.tried_at, row.tries = now, row.tries + 1
    owner = session.get_one(Organization, row.organization_id)
    return LetterFacts(
        row.id,
        person.id,
        box.address,
        person.name,
        person.language or owner.language,
        owner.name,
        wishes.hours(person.id).zone,
        organizations.wish(session, owner.id).mail_says_more,
        said,
    )


def _said(session: Session, row: Mailing, wishes: Wishes, now: datetime) -> tuple[NotificationLine, ...]:
    """What of it is still to be said, in the order of topics."""
    rows = [
        one
        for one in session.scalars(
            select(Notification).where(Notification.mailing_id == row.id, Notification.read_at.is_(None))
        )
        if wishes.rhythm(row.person_id, TOPIC[one.kind]) is not Rhythm.NEVER
    ]
    actor = credentials.standing_in(session, row.organization_id, row.person_id)
    lines = standing.lines(Reader(session, actor, now), rows).values()
    order = list(NotificationKind)
    return tuple(sorted((line for line in lines if not line.done), key=lambda one: (order.index(one.kind), one.title)))


def _end(row: Mailing, state: MailingState, now: datetime) -> None:
    row.state, row.ended_at = state, now


def sent(session: Session, mailing_id: str, *, now: datetime) -> None:
    """The server took it."""
    row = session.get(Mailing, mailing_id, with_for_update={"key_share": True})
    if row is not None:  # else its person was erased meanwhile
        _end(row, MailingState.SENT, now)


def dropped(session: Session, mailing_id: str, *, now: datetime) -> None:
    """It is not sent: no mail is set up any more."""
    row = session.get(Mailing, mailing_id, with_for_update={"key_share": True})
    if row is not None and row.state is MailingState.PLANNED:
        _end(row, MailingState.EMPTY, now)


def put_back(session: Session, mailing_id: str, *, now: datetime) -> None:
    """The server did not take it for as long as a job waits: what it was to say goes with the person's next letter."""
    row = session.get(Mailing, mailing_id, with_for_update={"key_share": True})
    if row is None or row.state is not MailingState.PLANNED:
        return
    _end(row, MailingState.EMPTY, now)
    waits = (Notification.mailing_id == row.id, Notification.read_at.is_(None), Notification.at > now - KEPT_TRYING)
    session.execute(update(Notification).where(*waits).values(mailing_id=None, mail_at=now))


def refused(session: Session, mailing_id: str, address: str, code: str, *, now: datetime) -> None:
    """The server refused this address for good: nothing more goes there until it changes, and who coordinates the
    person's groups is told, once."""
    row = session.get(Mailing, mailing_id, with_for_update={"key_share": True})
    if row is None:
        return
    _end(row, MailingState.REFUSED, now)
    box = session.get(Mailbox, row.person_id, with_for_update={"key_share": True})
    if box is None or box.address != address or box.bounced_at is not None:
        return
    box.bounced_at, box.bounced_code = now, code[:16]
    session.flush()
    session.execute(update(Notification).where(Notification.person_id == row.person_id).values(mail_at=None))
    whom = f"person:{row.person_id}"
    facts = {"code": code[:16]}
    act = "address.bounced"
    audit.record(session, organization=row.organization_id, actor="mail", act=act, subject=whom, now=now, **facts)
    _tell_coordinators(session, row, now)


def _tell_coordinators(session: Session, row: Mailing, now: datetime) -> None:
    groups = session.scalars(select(RoleGrant.group_id).where(RoleGrant.person_id == row.person_id)).all()
    audiences = Audiences(session, row.organization_id)
    whom = (audiences.coordinators(groups) or audiences.leaders()) - {row.person_id}
    kind = NotificationKind.ADDRESS_BOUNCED
    tell.told(session, row.organization_id, [Told(one, kind, row.person_id, row.id) for one in sorted(whom)], now=now)
