"""Events are sent: at least once, under one id, in order for each subject, and again as long as it may take."""

from __future__ import annotations

import json
import socket
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook

from service.domain.events import Event
from service.integrations.webhooks import deliveries, endpoints, rules
from service.jobs import handlers
from service.jobs.leases import LeaseLost
from service.store.session import Sessions
from service.store.tables import DeliveryState, Job, JobState, OutgoingEvent, WebhookState
from tests.service.integrations.webhooks.conftest import PATIENT, SEAL, SHORT, Platform, clocked, founded
from tests.stubs import receiver as stub
from tests.stubs.receiver import Receiver, answering, receiving

PENDING, DELIVERED, DEAD = DeliveryState.PENDING, DeliveryState.DELIVERED, DeliveryState.DEAD


def numbers(receiver: Receiver) -> list[int]:
    return [json.loads(one.body)["number"] for one in receiver.received]


def ids(receiver: Receiver) -> list[str]:
    return [one.headers["webhook-id"] for one in receiver.received]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def on_each(request: pytest.FixtureRequest, tmp_path: Path) -> Platform:
    kind = "sqlite_sessions" if request.param == "sqlite" else "postgres_sessions"
    sessions: Sessions = request.getfixturevalue(kind)
    return founded(clocked(tmp_path / "data", sessions, PATIENT), "quillmere")


def test_what_happens_is_sent_signed_to_whoever_wants_it(on_each: Platform, receiver: Receiver) -> None:
    on_each.tell()  # before there was an endpoint
    _, secret = on_each.endpoint(receiver.url, Event.FEEDBACK_RELEASED, Event.CONSENT_CHANGED)
    on_each.tell()
    on_each.tell(Event.DRAFT_READY, submission="amara-1", draft="d" * 32)
    on_each.tell(Event.CONSENT_CHANGED, person="amara")
    on_each.work()
    assert numbers(receiver) == [2, 4]
    for got in receiver.received:
        said = got.headers | {"webhook-timestamp": got.headers["webhook-timestamp"]}
        Webhook(secret).verify(got.body, said)
    assert json.loads(receiver.received[1].body)["links"] == {"person": "https://peerloom.example.org/v1/people/amara"}
    assert [(row.state, row.attempts, row.status) for row in on_each.rows()] == [(DELIVERED, 1, 204)] * 2
    assert on_each.work() == 0


def test_500_then_200_is_delivered_with_the_same_id(on_each: Platform, receiver: Receiver) -> None:
    receiver.behave = [answering(500, b"No room."), answering(200)]
    endpoint, _ = on_each.endpoint(receiver.url)
    on_each.tell()
    on_each.work()
    (row,) = on_each.rows()
    assert (row.state, row.status, row.excerpt) == (PENDING, 500, "No room.")
    assert on_each.row(endpoint).failing_since is not None
    on_each.until_due()
    on_each.work()
    assert len(set(ids(receiver))) == 1
    assert len(receiver.received) == 2
    assert [(row.state, row.attempts) for row in on_each.rows()] == [(DELIVERED, 2)]
    assert on_each.row(endpoint).failing_since is None


def test_a_later_event_of_a_subject_waits_and_other_subjects_go_on(on_each: Platform, receiver: Receiver) -> None:
    receiver.behave = [answering(500), answering(204)]
    on_each.endpoint(receiver.url)
    on_each.tell()
    on_each.tell(Event.FEEDBACK_RETRACTED, submission="amara-1", draft="d" * 32)
    on_each.tell(Event.FEEDBACK_RELEASED, submission="noor-1", draft="e" * 32)
    on_each.work()
    assert numbers(receiver) == [1]
    with on_each.parts.sessions.writing() as session:  # the first is far from its next try; the endpoint is well
        session.execute(
            update(deliveries.WebhookDelivery)
            .where(deliveries.WebhookDelivery.number == 1)
            .values(due_at=on_each.parts.now() + timedelta(hours=1))
        )
    on_each.until_due()
    on_each.work()
    assert numbers(receiver) == [1, 3], "the second is about what the first is still being tried for"
    on_each.until_due()
    on_each.work()
    assert numbers(receiver) == [1, 3, 1, 2]


def test_after_75_hours_it_is_dead_the_endpoint_is_marked_and_somebody_is_told(
    platform: Platform, receiver: Receiver
) -> None:
    receiver.behave = [answering(503)]
    endpoint, _ = platform.endpoint(receiver.url, Event.FEEDBACK_RELEASED)
    platform.tell()
    begun = platform.parts.now()
    platform.work()
    while platform.rows()[0].state is PENDING:
        assert platform.troubles() == []
        platform.until_due()
        platform.work()
    assert len(receiver.received) == 10
    assert len(set(ids(receiver))) == 1
    assert timedelta(hours=75) < platform.parts.now() - begun < timedelta(hours=84)
    assert [(one.integration, one.subject_id) for one in platform.troubles()] == [("webhooks", endpoint)]
    with platform.parts.sessions.reading() as session:
        told = session.scalars(select(OutgoingEvent.name).order_by(OutgoingEvent.id)).all()
    assert told == ["feedback.released", "integration.failed"]
    assert platform.row(endpoint).state is WebhookState.ON, "it may be well again tomorrow"


def test_retry_after_is_obeyed(platform: Platform, receiver: Receiver) -> None:
    receiver.behave = [answering(429, b"", "Retry-After: 7200"), answering(200)]
    platform.endpoint(receiver.url)
    platform.tell()
    platform.tell(submission="noor-1", draft="e" * 32)
    platform.work()
    platform.wait(minutes=119)
    platform.work()
    assert len(receiver.received) == 1, "whoever asks for time is sent nothing at all"
    platform.wait(minutes=2)
    platform.work()
    assert sorted(numbers(receiver)) == [1, 1, 2]


def test_410_switches_the_endpoint_off_for_good(platform: Platform, receiver: Receiver) -> None:
    receiver.behave = [answering(410)]
    endpoint, _ = platform.endpoint(receiver.url)
    platform.tell()
    platform.tell(submission="noor-1", draft="e" * 32)
    platform.work()
    platform.tell()
    platform.wait(hours=100)
    assert platform.work() == 0
    assert len(receiver.received) == 1
    assert platform.row(endpoint).state is WebhookState.GONE
    assert {row.state for row in platform.rows()} == {DEAD}
    assert len(platform.troubles()) == 1


@pytest.mark.parametrize(
    "behave",
    [stub.hanging, stub.dripping, stub.closing, stub.half_way, answering(302, b"", "Location: http://127.0.0.1:1/")],
    ids=["hangs", "drips", "closes", "dies half-way", "redirects"],
)
def test_a_bad_answer_is_tried_again(platform: Platform, receiver: Receiver, behave: stub.Behaviour) -> None:
    receiver.behave = [behave, answering(200)]
    platform.patient(SHORT)
    platform.endpoint(receiver.url)
    platform.tell()
    platform.work()
    (row,) = platform.rows()
    assert row.state is PENDING
    assert row.trouble or row.status == 302
    platform.patient(PATIENT)
    platform.until_due()
    platform.work()
    assert platform.rows()[0].state is DELIVERED
    assert len(set(ids(receiver))) == 1


def test_a_worker_that_dies_after_sending_sends_again_with_the_same_id(
    platform: Platform, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between what went out and the commit that says so, the lease is another's: nothing is written."""
    platform.endpoint(receiver.url)
    platform.tell()

    def killed(*_: object, **__: object) -> None:
        raise LeaseLost("killed")

    with monkeypatch.context() as dying:
        dying.setattr(deliveries, "finish", killed)
        platform.work()
    (row,) = platform.rows()
    assert (row.state, row.attempts, row.trouble) == (PENDING, 1, deliveries.UNTOLD)
    platform.wait(minutes=10)  # its lease has run out
    platform.work()
    assert len(receiver.received) == 2
    assert len(set(ids(receiver))) == 1
    assert platform.rows()[0].state is DELIVERED


def test_one_endpoint_that_hangs_holds_up_no_other(platform: Platform, receiver: Receiver) -> None:
    with receiving() as hanging:
        hanging.behave = [stub.hanging]
        platform.patient(SHORT)
        slow, _ = platform.endpoint(hanging.url, name="Slow")
        for number in range(40):
            platform.tell(submission=f"work-{number}", draft="d" * 32)
        platform.work()
        platform.patient(PATIENT)
        quick, _ = platform.endpoint(receiver.url, name="Quick")
        platform.tell()
        platform.work()
        assert len(hanging.received) == 1, "of forty that are due, one at a time is tried"
    assert numbers(receiver) == [41]
    assert [row.state for row in platform.rows(quick)] == [DELIVERED]
    rest = platform.row(slow).rest_until
    assert rest is not None
    assert rest - platform.parts.now() <= rules.LONGEST_REST


def test_of_two_threads_one_sends_to_an_endpoint(platform: Platform, receiver: Receiver) -> None:
    """The second finds that somebody is at it, and leaves everything to the first."""
    inside, go_on = threading.Event(), threading.Event()

    def waiting(connection: socket.socket) -> None:
        inside.set()
        go_on.wait(5)
        answering(204)(connection)

    receiver.behave = [waiting, answering(204)]
    endpoint, _ = platform.endpoint(receiver.url)
    platform.tell()
    first = threading.Thread(target=platform.work)
    first.start()
    assert inside.wait(5)
    platform.tell(submission="noor-1", draft="e" * 32)
    platform.work()
    assert len(receiver.received) == 1
    go_on.set()
    first.join(10)
    platform.work()
    assert numbers(receiver) == [1, 2]
    assert platform.row(endpoint).failures == 0


def test_two_organizations_never_cross(platform: Platform, receiver: Receiver) -> None:
    other = founded(platform.parts, "valley")
    with receiving() as theirs:
        _, mine = platform.endpoint(receiver.url)
        _, secret = other.endpoint(theirs.url)
        platform.tell(submission="mine", draft="d" * 32)
        other.tell(submission="theirs", draft="d" * 32)
        platform.work()
        assert [json.loads(one.body)["data"]["submission"] for one in receiver.received] == ["mine"]
        assert [json.loads(one.body)["data"]["submission"] for one in theirs.received] == ["theirs"]
        Webhook(secret).verify(theirs.received[0].body, theirs.received[0].headers)
        Webhook(mine).verify(receiver.received[0].body, receiver.received[0].headers)


def test_a_job_about_anothers_endpoint_is_left_alone(platform: Platform, receiver: Receiver) -> None:
    other = founded(platform.parts, "valley")
    endpoint, _ = other.endpoint(receiver.url)
    other.tell()
    with platform.parts.sessions.writing() as session:
        deliveries.sort_some(session, other.actor.organization, now=platform.parts.now())
        session.execute(update(Job).values(organization_id=platform.actor.organization))
    assert handlers.work_one(platform.parts, of={deliveries.SEND})
    assert receiver.received == []
    assert other.rows(endpoint)[0].attempts == 0


def test_while_a_secret_rotates_either_verifies_and_after_a_day_the_new_one_only(
    platform: Platform, receiver: Receiver
) -> None:
    endpoint, old = platform.endpoint(receiver.url)
    with platform.parts.sessions.writing() as session:
        row, new = endpoints.rotate(session, platform.actor, endpoint, SEAL, seen=1, now=platform.parts.now())
        assert row.version == 2
        assert new not in row.secret
    platform.tell()
    platform.work()
    platform.wait(hours=25)
    platform.tell()
    platform.work()
    steps = {step.name: step.do for one in platform.parts.integrations for step in one.steps}
    with platform.parts.sessions.writing() as session:
        assert steps["secrets to forget"](session, platform.actor.organization, now=platform.parts.now()) == 1
    assert (platform.row(endpoint).old_secret, platform.row(endpoint).old_until) == ("", None)
    both, one = (got.headers["webhook-signature"].split(" ") for got in receiver.received)
    assert (len(both), len(one)) == (2, 1)
    for secret in (old, new):
        Webhook(secret).verify(receiver.received[0].body, receiver.received[0].headers)


def test_what_was_given_up_is_sent_again_from_a_moment_on(platform: Platform, receiver: Receiver) -> None:
    receiver.behave = [answering(500)]
    endpoint, _ = platform.endpoint(receiver.url, Event.FEEDBACK_RELEASED)
    for name in ("amara-1", "noor-1"):
        platform.tell(submission=name, draft="d" * 32)
        platform.work()
        platform.wait(hours=90)
        platform.work()
    assert [row.state for row in platform.rows()] == [DEAD, DEAD]
    receiver.behave, before = [answering(200)], len(receiver.received)
    since = platform.parts.now() - timedelta(hours=1)
    with platform.parts.sessions.writing() as session:
        assert endpoints.replay_failed(session, platform.actor, endpoint, since, now=platform.parts.now()) == 1
    platform.work()
    assert [json.loads(one.body)["data"]["submission"] for one in receiver.received[before:]] == ["noor-1"]
    assert [row.state for row in platform.rows()] == [DEAD, DELIVERED]


def test_a_lost_job_is_written_again_and_old_deliveries_are_forgotten(platform: Platform, receiver: Receiver) -> None:
    receiver.behave = [answering(500), answering(200)]
    platform.endpoint(receiver.url)
    platform.tell()
    platform.work()
    with platform.parts.sessions.writing() as session:
        session.execute(update(Job).values(state=JobState.DEAD))
    platform.wait(hours=1)
    steps = {step.name: step.do for one in platform.parts.integrations for step in one.steps}
    with platform.parts.sessions.writing() as session:
        steps["webhooks to go on with"](session, platform.actor.organization, now=platform.parts.now())
    platform.work()
    assert platform.rows()[0].state is DELIVERED
    platform.wait(days=29)
    for left in (1, 0):
        with platform.parts.sessions.writing() as session:
            steps["deliveries to forget"](session, platform.actor.organization, now=platform.parts.now())
        assert len(platform.rows()) == left
        platform.wait(days=2)
