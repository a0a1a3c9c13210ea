"""A school whose people are mailed by a real server, and a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import wiring
from service.actions.notifications import own, wishes
from service.actions.notifications.own import NotificationSeen
from service.actions.notifications.wishes import NO_MORE_MAIL, NotificationWish
from service.actions.people import addresses, register
from service.domain.notifications.kinds import NotificationTopic
from service.domain.notifications.timing import Rhythm
from service.domain.roles import Actor, Role
from service.jobs import notifications
from service.mail.post import Post
from service.mail.smtp import MailServer
from service.settings import load
from service.store.library import SqlLibrary
from service.store.sealing import Seal
from service.store.session import Sessions
from service.store.tables import Job, JobState, Mailing, Notification, Organization, Person
from tests.service.actions.school import NOW, act_as, approve, found, hand_in, make_ready
from tests.stubs.smtp_server import MailServerHere
from tests.work_off import work_off

BASE = "https://feedback.example.org"


@dataclass(frozen=True)
class Clocked(wiring.Parts):
    """The parts, at a moment that stands still until it is moved."""

    at: list[datetime] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at[0]


@dataclass
class Office:
    """Lakeside, with Ines who coordinates all of it, and a mail server. It begins on a Monday, at nine in UTC."""

    parts: Clocked
    platform: Actor
    server: MailServerHere
    seal: Seal

    @property
    def sessions(self) -> Sessions:
        return self.parts.sessions

    @property
    def now(self) -> datetime:
        return self.parts.at[0]

    def wait(self, **time: float) -> None:
        self.parts.at[0] += timedelta(**time)

    def until(self, at: datetime) -> None:
        self.parts.at[0] = at

    def go(self) -> None:
        """A worker looks, and does all that is due."""
        self.ask()
        work_off(self.parts)
        self.ask()
        work_off(self.parts)

    def ask(self) -> list[str]:
        return notifications.ask(self.parts)

    def do(self, what: Callable[[Session], Any]) -> Any:
        with self.sessions.writing() as session:
            return what(session)

    def address(self, person: str, address: str = "") -> None:
        def put(session: Session) -> None:
            addresses.put(session, self.row(session, person), address or f"{person}@example.org", now=self.now)

        self.do(put)

    def wish(self, person: str, rhythm: Rhythm, *topics: NotificationTopic, **more: Any) -> None:
        chosen = dict.fromkeys(topics or NotificationTopic, rhythm)
        wish = NotificationWish(chosen, **{"quiet_from": 0, "quiet_until": 0, **more})
        self.do(lambda session: wishes.change(session, self.platform, person, wish, now=self.now))

    def row(self, session: Session, person: str) -> Person:
        found = session.scalars(
            select(Person).where(Person.organization_id == self.platform.organization, Person.external_id == person)
        )
        return found.one()

    def actor(self, session: Session, person: str) -> Actor:
        return act_as(session, self.platform, person, now=self.now)

    def release(self, person: str = "amara", text: str = "", facilitator: str = "mateo") -> str:
        """Somebody hands in, and feedback is released; the draft's id."""

        def make(session: Session) -> str:
            given = {"text": text} if text else {}
            draft = make_ready(
                session, hand_in(session, self.platform, person, now=self.now, **given).draft, now=self.now
            )
            approve(session, self.actor(session, facilitator), draft, now=self.now)
            return draft.id

        draft = self.do(make)
        self.wait(minutes=1)
        work_off(self.parts)
        return str(draft)

    def ready(self, person: str = "amara") -> str:
        """Somebody hands in, and a draft waits; its id."""

        def make(session: Session) -> str:
            return make_ready(session, hand_in(session, self.platform, person, now=self.now).draft, now=self.now).id

        return str(self.do(make))

    def told(self, person: str) -> list[NotificationSeen]:
        with self.sessions.reading() as session:
            return own.told(session, self.platform, person, now=self.now)

    def kinds(self, person: str) -> list[str]:
        return [one.line.kind.value for one in self.told(person)]

    def rows(self) -> list[Notification]:
        with self.sessions.reading() as session:
            return list(session.scalars(select(Notification).order_by(Notification.id)))

    def mailings(self) -> list[Mailing]:
        with self.sessions.reading() as session:
            return list(session.scalars(select(Mailing).order_by(Mailing.id)))

    def jobs(self, kind: str, *states: JobState) -> list[Job]:
        with self.sessions.reading() as session:
            wanted = select(Job).where(Job.kind == kind, Job.state.in_(states or tuple(JobState)))
            return list(session.scalars(wanted.order_by(Job.id)))

    def mailed(self) -> list[tuple[str, str]]:
        """To whom, and the subject, in order."""
        return [(str(one["To"].addresses[0].addr_spec), str(one["Subject"])) for one in self.server.letters]

    def setting(self, **what: object) -> None:
        def put(session: Session) -> None:
            row = session.get_one(Organization, self.platform.organization)
            row.settings = {**row.settings, **what}

        self.do(put)


def plain(letter: Any) -> str:
    """The letter's plain text."""
    return str(letter.get_body(("plain",)).get_content())


def html(letter: Any) -> str:
    return str(letter.get_body(("html",)).get_content())


@contextmanager
def opened(folder: Path, sessions: Sessions, database: str) -> Iterator[Office]:
    settings = load(data=folder, database_url=database, index="exact", embedder="hashing", model="")
    seal = Seal("a secret of thirty-two characters, at least")
    with MailServerHere() as server:
        where = MailServer("127.0.0.1", server.port, tls="none", seconds=5)
        post = Post(where, "Peerloom <feedback@example.org>", BASE, partial(seal.signed, NO_MORE_MAIL))
        made = replace(wiring.build(settings), sessions=sessions, library=SqlLibrary(sessions), post=post)
        parts = Clocked(**{one: getattr(made, one) for one in made.__dataclass_fields__}, at=[NOW])
        with sessions.writing() as session:
            platform = found(session)
            register.put_person(session, platform, "ines", name="Ines", roles=[(Role.COORDINATOR, "all")], now=NOW)
        yield Office(parts, platform, server, seal)
