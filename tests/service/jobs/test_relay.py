"""What is due is sent, by id alone; a broker that is away delays it and loses nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from service import wiring
from service.domain.ids import new_id
from service.jobs import broker, relay
from service.jobs.relay import Relay
from service.store import jobs
from tests.service.jobs.conftest import School
from tests.service.jobs.test_inline import within


@contextmanager
def relaying(parts: wiring.Parts, send: Callable[[str], None], **more: Callable[[str], object]) -> Iterator[Relay]:
    running = Relay(parts, send, **more)
    running.start()
    yield running
    running.stop()


def ask(school: School, after: float = 0) -> str:
    now = school.parts.now()
    with school.parts.sessions.writing() as session:
        made = jobs.enqueue(
            session,
            organization=school.actor.organization,
            kind="sync",
            subject=new_id(),
            now=now,
            not_before=now + timedelta(seconds=after),
        )
    assert made is not None
    return made


def test_a_job_is_sent_once_when_woken(school: School) -> None:
    sent: list[str] = []
    with relaying(school.parts, sent.append) as running:
        job = ask(school)
        running.wake()
        assert within(2, lambda: sent)
        running.wake()
        time.sleep(0.3)
    assert sent == [job]


def test_a_job_for_later_is_sent_when_it_is_due(school: School) -> None:
    sent: list[str] = []
    with relaying(school.parts, sent.append) as running:
        ask(school, after=1)
        running.wake()
        time.sleep(0.5)
        assert not sent
        assert within(2, lambda: sent)


def test_while_the_broker_is_away_jobs_wait_and_are_sent_when_it_is_back(school: School) -> None:
    sent: list[str] = []
    away = True

    def send(job: str) -> None:
        if away:
            raise ConnectionRefusedError(111, "Connection refused")
        sent.append(job)

    with relaying(replace(school.parts, reconcile=timedelta(seconds=0.2)), send) as running:
        job = ask(school)
        running.wake()
        time.sleep(0.4)
        away = False
        assert within(2, lambda: sent)
    assert sent == [job]


def test_a_job_that_nobody_takes_is_sent_again_and_done_where_it_may_be(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "AGAIN_SECONDS", 0.3)
    sent: list[str] = []
    done: list[str] = []
    with relaying(replace(school.parts, reconcile=timedelta(seconds=0.1)), sent.append, work=done.append):
        job = ask(school)
        assert within(3, lambda: done)
    assert sent[:2] == [job, job]
    assert done[0] == job


def test_sending_to_a_broker_that_is_not_there_ends_soon_and_says_so() -> None:
    app = broker.make_app("redis://127.0.0.1:1/0", "peerloom-test")
    began = time.monotonic()
    with pytest.raises(Exception, match=r"(?i)refused|111"):
        broker.send(app, new_id())
    assert time.monotonic() - began < 10
