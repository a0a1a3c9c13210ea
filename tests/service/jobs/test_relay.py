"""It is rung for what is due, once for each, never more than is due; a broker that is away delays and loses nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from service import wiring
from service.domain.ids import new_id
from service.jobs import broker
from service.jobs.relay import Relay
from service.store import jobs
from service.store.tables import JobState
from tests.service.jobs.conftest import School
from tests.service.jobs.test_inline import within


@dataclass
class Bell:
    """A broker whose messages nobody takes."""

    waits: int = 0
    away: bool = False

    def ring(self) -> None:
        self._reached()
        self.waits += 1

    def waiting(self) -> int:
        self._reached()
        return self.waits

    def _reached(self) -> None:
        if self.away:
            raise ConnectionRefusedError(111, "Connection refused")


@contextmanager
def relaying(parts: wiring.Parts, bell: Bell, **more: Callable[[], None]) -> Iterator[Relay]:
    running = Relay(parts, bell.ring, bell.waiting, **more)
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


def test_one_bell_for_each_job_that_is_due_however_often_it_is_woken(school: School) -> None:
    bell, parts = Bell(), replace(school.parts, reconcile=timedelta(seconds=0.05))
    with relaying(parts, bell) as running:
        for _ in range(3):
            ask(school)
        running.wake()
        assert within(5, lambda: bell.waits == 3)
        for _ in range(20):
            running.wake()
            time.sleep(0.02)
    assert bell.waits == 3, "nobody hears them, and no more are sent"


def test_a_bell_that_was_lost_is_rung_again(school: School) -> None:
    bell = Bell()
    with relaying(replace(school.parts, reconcile=timedelta(seconds=0.1)), bell) as running:
        ask(school)
        running.wake()
        assert within(5, lambda: bell.waits == 1)
        bell.waits = 0
        assert within(5, lambda: bell.waits == 1)


def test_a_job_for_later_is_rung_for_when_it_is_due(school: School) -> None:
    bell = Bell()
    with relaying(school.parts, bell) as running:
        ask(school, after=1)
        running.wake()
        time.sleep(0.5)
        assert not bell.waits
        assert within(4, lambda: bell.waits)


def test_while_the_broker_is_away_jobs_wait_and_are_rung_for_when_it_is_back(school: School) -> None:
    bell = Bell(away=True)
    with relaying(replace(school.parts, reconcile=timedelta(seconds=0.2)), bell) as running:
        ask(school)
        running.wake()
        assert within(5, lambda: "does not answer" in running.readiness()["broker"])
        bell.away = False
        assert within(5, lambda: bell.waits == 1)
        assert within(5, lambda: running.readiness() == {"broker": "ok"})


def test_it_does_no_job_itself_and_goes_on_giving_signs_of_life(school: School) -> None:
    bell, signs = Bell(), list[float]()
    parts = replace(school.parts, reconcile=timedelta(seconds=0.1))
    with relaying(parts, bell, sign_of_life=lambda: signs.append(time.monotonic())):
        ask(school)
        assert within(5, lambda: len(signs) > 5)
    assert len(school.jobs(JobState.QUEUED)) == 1


def test_ringing_at_a_broker_that_is_not_there_ends_soon_and_says_so() -> None:
    app = broker.make_app("redis://127.0.0.1:1/0", "peerloom-test")
    for reach in (broker.ring, broker.waiting):
        began = time.monotonic()
        with pytest.raises(Exception, match=r"(?i)refused|111"):
            reach(app)
        assert time.monotonic() - began < 10
