"""A school whose events are sent to a real receiver, by a clock that the test moves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from service import wiring
from service.actions.access import organizations
from service.domain.events import Event
from service.domain.roles import Actor, CredentialReach
from service.integrations.webhooks import deliveries, endpoints, sending
from service.integrations.webhooks.endpoints import EndpointWish
from service.integrations.webhooks.plug import Webhooks
from service.integrations.webhooks.sending import Sender
from service.jobs.handlers import work_one
from service.outward.transport import Patience, Transport
from service.store import outbox
from service.store.sealing import Seal
from service.store.session import Sessions
from service.store.tables import IntegrationTrouble, Job, JobState, WebhookDelivery, WebhookEndpoint
from tests.service.jobs.parts import parts_of
from tests.stubs.receiver import Receiver, receiving

SEAL = Seal("of these tests")
PATIENT, SHORT = Patience(10, 10, 20), Patience(1, 0.15, 0.3)
"""For receivers that answer, however busy the machine is; and for those that do not."""
OF_WEBHOOKS = {deliveries.SEND, deliveries.SORT}


@dataclass(frozen=True)
class Clocked(wiring.Parts):
    """The parts, at a time that the test says."""

    clock: list[datetime] = field(default_factory=lambda: [datetime.now(UTC)])

    def now(self) -> datetime:
        return self.clock[0]


@dataclass
class Platform:
    """An organization with its endpoints. All by our own ids."""

    parts: Clocked
    actor: Actor

    def endpoint(self, url: str, *events: Event, name: str = "Course platform") -> tuple[str, str]:
        """The id of a new one, and its secret."""
        with self.parts.sessions.writing() as session:
            wish = EndpointWish(name, url, events)
            row, secret = endpoints.create(session, self.actor, wish, SEAL, now=self.parts.now())
            return row.id, secret

    def patient(self, patience: Patience) -> None:
        """From now on receivers have so much time."""
        self.parts = replace(self.parts, integrations=(webhooks(patience),))

    def tell(self, event: Event = Event.FEEDBACK_RELEASED, **facts: Any) -> None:
        given = facts or {"submission": "amara-1", "draft": "d" * 32}
        with self.parts.sessions.writing() as session:
            outbox.tell(session, self.actor.organization, event, now=self.parts.now(), **given)

    def work(self) -> int:
        """Look for events, and do all that is due of webhooks; how many jobs."""
        sending.ask(self.parts)
        done = 0
        while work_one(self.parts, of=OF_WEBHOOKS):
            done += 1
        return done

    def wait(self, **span: float) -> None:
        self.parts.clock[0] += timedelta(**span)

    def until_due(self) -> None:
        """The clock goes to the moment for which the next job waits."""
        with self.parts.sessions.reading() as session:
            at = session.scalar(
                select(func.min(Job.not_before)).where(Job.kind == deliveries.SEND, Job.state == JobState.QUEUED)
            )
        assert at is not None, "nothing waits"
        self.parts.clock[0] = max(at, self.parts.now())

    def rows(self, endpoint: str | None = None) -> list[WebhookDelivery]:
        """The oldest first."""
        with self.parts.sessions.reading() as session:
            query = select(WebhookDelivery).order_by(WebhookDelivery.id)
            return list(session.scalars(query.where(WebhookDelivery.endpoint_id == endpoint) if endpoint else query))

    def row(self, endpoint: str) -> WebhookEndpoint:
        with self.parts.sessions.reading() as session:
            return session.get_one(WebhookEndpoint, endpoint)

    def troubles(self) -> list[IntegrationTrouble]:
        with self.parts.sessions.reading() as session:
            return list(session.scalars(select(IntegrationTrouble)))


def webhooks(patience: Patience, seal: Seal = SEAL) -> Webhooks:
    transport = Transport((ip_network("127.0.0.0/8"),), patience)
    return Webhooks(Sender(transport, lambda: seal, "https://peerloom.example.org"))


def clocked(folder: Path, sessions: Sessions, patience: Patience) -> Clocked:
    """Real parts, with webhooks that may go to loopback, and this patience."""
    made = replace(parts_of(folder, sessions), integrations=(webhooks(patience),))
    return Clocked(**{one: getattr(made, one) for one in made.__dataclass_fields__})


def founded(parts: Clocked, name: str) -> Platform:
    with parts.sessions.writing() as session:
        row = organizations.create(session, external_id=name, name=name.title(), now=parts.now())
        return Platform(parts, Actor(row.id, "operator", CredentialReach.PLATFORM))


@pytest.fixture(autouse=True)
def _the_same_chance() -> None:
    random.seed(7)


@pytest.fixture
def platform(tmp_path: Path, sqlite_sessions: Sessions) -> Platform:
    return founded(clocked(tmp_path / "data", sqlite_sessions, PATIENT), "quillmere")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as there:
        yield there
