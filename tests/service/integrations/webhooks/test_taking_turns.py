"""Nobody's endpoints hold up everybody's, however slow they are and however much is due for them."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from service.integrations.webhooks import deliveries, sending
from service.jobs.handlers import work_one
from service.jobs.inline import Inline
from service.store.tables import Job, JobState
from tests.service.integrations.webhooks.conftest import Platform, founded
from tests.stubs.receiver import Receiver, answering, receiving

SEND = {deliveries.SEND}


def sorted_out(*platforms: Platform) -> None:
    for one in platforms:
        with one.parts.sessions.writing() as session:
            deliveries.sort_some(session, one.actor.organization, now=one.parts.now())


def test_a_turn_ends_after_some_seconds_and_the_rest_waits_for_the_next(
    platform: Platform, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "IN_A_ROW_SECONDS", 0.0)
    platform.endpoint(receiver.url)
    for number in range(3):
        platform.tell(submission=f"work-{number}", draft="d" * 32)
    sorted_out(platform)
    for done in (1, 2, 3):
        assert work_one(platform.parts, of=SEND)
        assert len(receiver.received) == done


def test_an_event_told_just_after_a_look_is_not_left_to_the_next_round(platform: Platform, receiver: Receiver) -> None:
    """Whoever is woken too early to look again looks a moment later, however long threads else sleep."""
    platform.endpoint(receiver.url)
    arrived = threading.Event()

    def taking(connection: socket.socket) -> None:
        answering(204)(connection)
        arrived.set()

    receiver.behave = [taking]
    moving = replace(platform.parts, reconcile=timedelta(minutes=5))
    running = Inline(moving, lambda of: work_one(moving, of=of), [{deliveries.SORT}, SEND])
    moving.integrations[0].look(moving)
    platform.tell()
    running.start()
    try:
        assert arrived.wait(20)
    finally:
        running.stop()


def test_while_others_wait_an_organization_has_one_thread(platform: Platform, receiver: Receiver) -> None:
    other = founded(platform.parts, "valley")
    with receiving() as theirs:
        slow, _ = platform.endpoint(receiver.url, name="Slow")
        platform.endpoint(receiver.url, name="As slow")
        platform.tell(submission="mine", draft="d" * 32)
        sorted_out(platform)
        with platform.parts.sessions.writing() as session:  # another thread is at the first of them
            until = platform.parts.now() + timedelta(minutes=1)
            held = {"state": JobState.LEASED, "lease_owner": "other", "lease_until": until}
            session.execute(update(Job).where(Job.subject_id == slow).values(held))
        platform.wait(seconds=1)
        other.endpoint(theirs.url)
        other.tell(submission="theirs", draft="d" * 32)
        sorted_out(other)
        while work_one(platform.parts, of=SEND):
            pass
        assert receiver.received == []
        assert [json.loads(one.body)["data"]["submission"] for one in theirs.received] == ["theirs"]
    platform.wait(seconds=1)
    while work_one(platform.parts, of=SEND):
        pass
    assert len(receiver.received) == 1, "nobody else waits any more"
