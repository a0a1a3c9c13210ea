"""What goes wrong ends by itself: it makes no storm of jobs and events, and whoever leads is told."""

from __future__ import annotations

import json
import socket
from dataclasses import replace

from sqlalchemy import func, select, text

from service.actions.erasure import retention
from service.domain.erasure.retention import Retention
from service.domain.events import Event
from service.integrations.webhooks import deliveries, endpoints, sending
from service.integrations.webhooks.endpoints import EndpointWish
from service.store.sealing import Seal
from service.store.tables import DeliveryState, Job, JobState, OutgoingEvent, WebhookState
from tests.service.integrations.webhooks.conftest import PATIENT, Platform, webhooks
from tests.stubs.receiver import Receiver, answering, receiving

OTHER = Seal("of another machine")


def sealed_otherwise(platform: Platform) -> None:
    platform.parts = replace(platform.parts, integrations=(webhooks(PATIENT, OTHER),))


def counted(platform: Platform) -> tuple[int, int]:
    """Events, and jobs that were given up."""
    with platform.parts.sessions.reading() as session:
        dead = select(func.count()).select_from(Job).where(Job.state == JobState.DEAD)
        return session.scalar(select(func.count()).select_from(OutgoingEvent)) or 0, session.scalar(dead) or 0


def changed(platform: Platform, endpoint: str, url: str, *events: Event, name: str = "Course platform") -> None:
    with platform.parts.sessions.writing() as session:
        wish, seen = EndpointWish(name, url, events), platform.row(endpoint).version
        endpoints.change(session, platform.actor, endpoint, wish, seen=seen, now=platform.parts.now())


def test_a_secret_that_does_not_open_is_a_failure_of_the_delivery_and_makes_nothing_more(
    platform: Platform, receiver: Receiver
) -> None:
    endpoint, _ = platform.endpoint(receiver.url)
    sealed_otherwise(platform)
    platform.tell()
    for attempts in (1, 2, 3):
        platform.work()
        (row,) = platform.rows()
        assert (row.state, row.attempts) == (DeliveryState.PENDING, attempts)
        assert row.trouble == sending.SEALED_OTHERWISE
        assert counted(platform) == (1, 0)
        platform.until_due()
    assert receiver.received == []
    assert platform.row(endpoint).failing_since is not None


def test_where_the_secret_before_does_not_open_the_one_in_use_signs_alone(
    platform: Platform, receiver: Receiver
) -> None:
    endpoint, _ = platform.endpoint(receiver.url)
    sealed_otherwise(platform)
    with platform.parts.sessions.writing() as session:
        endpoints.rotate(session, platform.actor, endpoint, OTHER, seen=1, now=platform.parts.now())
    platform.tell()
    platform.work()
    assert platform.rows()[0].state is DeliveryState.DELIVERED
    assert " " not in receiver.received[0].headers["webhook-signature"]


def test_that_sending_itself_was_given_up_is_not_sent(platform: Platform, receiver: Receiver) -> None:
    endpoint, _ = platform.endpoint(receiver.url)
    for kind in (deliveries.SEND, deliveries.SORT, "draft"):
        platform.tell(Event.JOB_FAILED, job="j" * 32, kind=kind, subject=endpoint)
    platform.work()
    assert [row.number for row in platform.rows()] == [3]


def test_what_is_never_heard_of_again_is_dead_after_its_last_attempt(platform: Platform, receiver: Receiver) -> None:
    """Whoever sends it dies each time before the answer is written down."""
    endpoint, _ = platform.endpoint(receiver.url, Event.FEEDBACK_RELEASED)
    platform.tell()
    with platform.parts.sessions.writing() as session:
        deliveries.sort_some(session, platform.actor.organization, now=platform.parts.now())
    for _ in range(12):
        with platform.parts.sessions.writing() as session:
            held = deliveries.held(session, endpoint)
            assert held is not None
            deliveries.begin(session, held, "", now=platform.parts.now())
        platform.wait(hours=30)
    (row,) = platform.rows()
    assert (row.state, row.attempts) == (DeliveryState.DEAD, 10)
    assert [one.subject_id for one in platform.troubles()] == [endpoint]


def test_what_was_given_up_is_told_until_it_is_taken_however_well_others_are(
    platform: Platform, receiver: Receiver
) -> None:
    receiver.behave = [answering(422)]
    endpoint, _ = platform.endpoint(receiver.url)
    platform.tell()
    platform.work()
    platform.wait(hours=90)
    platform.work()
    receiver.behave = [answering(200)]
    platform.wait(hours=1)
    platform.work()  # that something was given up is itself an event
    assert [row.state for row in platform.rows()] == [DeliveryState.DEAD, DeliveryState.DELIVERED]
    assert [one.subject_id for one in platform.troubles()] == [endpoint]
    with platform.parts.sessions.writing() as session:
        dead = platform.rows()[0].id
        endpoints.replay(session, platform.actor, endpoint, dead, now=platform.parts.now())
    platform.work()
    assert platform.troubles() == []


def test_a_late_410_of_the_address_before_says_nothing_about_the_new_one(
    platform: Platform, receiver: Receiver
) -> None:
    with receiving() as moving:
        endpoint, _ = platform.endpoint(moving.url)

        def moved(connection: socket.socket) -> None:
            changed(platform, endpoint, receiver.url)
            answering(410)(connection)

        moving.behave = [moved]
        platform.tell()
        platform.work()
        platform.wait(minutes=1)
        platform.work()
    assert platform.row(endpoint).state is WebhookState.ON
    assert [row.state for row in platform.rows()] == [DeliveryState.DELIVERED]
    assert len(receiver.received) == 1


def test_at_another_address_what_waits_is_sent_at_once_and_what_is_not_wanted_is_not(
    platform: Platform, receiver: Receiver
) -> None:
    with receiving() as wrong:
        wrong.behave = [answering(404, b"", "Retry-After: 86400")]
        endpoint, _ = platform.endpoint(wrong.url)
        platform.tell()
        platform.tell(Event.CONSENT_CHANGED, person="amara")
        platform.work()
    changed(platform, endpoint, receiver.url, Event.FEEDBACK_RELEASED)
    platform.work()
    assert [json.loads(one.body)["type"] for one in receiver.received] == ["feedback.released"]
    assert [(row.state, row.attempts) for row in platform.rows()] == [(DeliveryState.DELIVERED, 1)]


def test_another_name_ends_no_trouble(platform: Platform, receiver: Receiver) -> None:
    receiver.behave = [answering(503)]
    endpoint, _ = platform.endpoint(receiver.url)
    platform.tell()
    platform.work()
    platform.wait(hours=90)
    platform.work()
    changed(platform, endpoint, receiver.url, name="Courses")
    assert platform.row(endpoint).failing_since is not None
    assert len(platform.troubles()) == 1
    changed(platform, endpoint, receiver.url + "&to=other")
    assert platform.row(endpoint).failing_since is None
    assert platform.troubles() == []


def test_what_waits_is_tried_at_once_where_somebody_asks(platform: Platform, receiver: Receiver) -> None:
    receiver.behave = [answering(503, b"", "Retry-After: 7200"), answering(204)]
    endpoint, _ = platform.endpoint(receiver.url)
    platform.tell()
    platform.work()
    with platform.parts.sessions.writing() as session:
        delivery = platform.rows()[0].id
        endpoints.replay(session, platform.actor, endpoint, delivery, now=platform.parts.now())
    platform.work()
    assert [(row.state, row.attempts) for row in platform.rows()] == [(DeliveryState.DELIVERED, 2)]


def test_an_event_stays_while_it_is_sent_however_short_events_are_kept(platform: Platform, receiver: Receiver) -> None:
    receiver.behave = [answering(503)]
    platform.endpoint(receiver.url, Event.FEEDBACK_RELEASED)
    platform.tell()
    platform.tell(Event.CONSENT_CHANGED, person="amara")  # the last event always stays
    platform.work()
    days = []
    for behaviour in (answering(503), answering(204)):
        receiver.behave = [behaviour]
        platform.wait(days=2)
        with platform.parts.sessions.writing() as session:
            retention.change(session, platform.actor, Retention(event_days=1), now=platform.parts.now())
            retention.apply(session, platform.actor.organization, now=platform.parts.now())
        days.append(counted(platform)[0])
        platform.work()
    assert days == [2, 2]
    with platform.parts.sessions.writing() as session:
        retention.apply(session, platform.actor.organization, now=platform.parts.now())
    assert counted(platform)[0] == 1


def test_what_was_given_up_is_found_without_reading_all_that_was_not(platform: Platform) -> None:
    query = select(deliveries.WebhookDelivery.id).where(
        deliveries.WebhookDelivery.endpoint_id == "e" * 32, deliveries.is_in(DeliveryState.DEAD)
    )
    with platform.parts.sessions.reading() as session:
        said = str(query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
        plan = session.execute(text(f"EXPLAIN QUERY PLAN {said}")).all()
    assert "ix_webhook_deliveries_dead" in str(plan)
