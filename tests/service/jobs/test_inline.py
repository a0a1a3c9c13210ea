"""Threads without a broker: woken at once, on time for what is due later, and never done by one bad moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from service import wiring
from service.domain.ids import new_id
from service.jobs.handlers import work_one
from service.jobs.inline import Inline, take_over
from service.store import jobs
from service.store.tables import JobState
from tests.service.jobs.conftest import School


def dispatcher(parts: wiring.Parts, threads: int) -> Inline:
    return Inline(parts, lambda: work_one(parts), threads)


@pytest.fixture
def inline(parts: wiring.Parts) -> Iterator[Inline]:
    running = dispatcher(parts, 2)
    running.start()
    yield running
    assert running.stop()


def within(seconds: float, there: Callable[[], object]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if there():
            return True
        time.sleep(0.01)
    return False


def ask(school: School, **more: object) -> None:
    with school.parts.sessions.writing() as session:
        subject = new_id()
        now = school.parts.now()
        jobs.enqueue(session, organization=school.actor.organization, kind="sync", subject=subject, now=now, **more)  # type: ignore[arg-type]


def test_a_wake_after_a_commit_starts_the_work_at_once(school: School, inline: Inline) -> None:
    time.sleep(0.3)
    ask(school)
    inline.wake()
    assert within(2, lambda: school.jobs(JobState.DONE)), "the next look by itself is 5 s away"


def test_work_that_nobody_woke_for_is_found_by_the_next_look(school: School) -> None:
    ask(school)
    running = dispatcher(school.parts, 1)
    running.start()
    assert within(2, lambda: school.jobs(JobState.DONE))
    ask(school)
    assert within(8, lambda: len(school.jobs(JobState.DONE)) == 2)
    assert running.stop()


def test_what_is_due_later_is_done_on_time_and_not_before(school: School, inline: Inline) -> None:
    began = time.monotonic()
    ask(school, not_before=school.parts.now() + timedelta(seconds=1))
    inline.wake()
    assert within(4, lambda: school.jobs(JobState.DONE))
    assert time.monotonic() - began >= 1


def test_nothing_is_begun_after_stop(school: School, parts: wiring.Parts) -> None:
    running = dispatcher(parts, 2)
    running.start()
    assert running.stop()
    ask(school)
    running.wake()
    time.sleep(0.2)
    assert not school.jobs(JobState.DONE)


def test_stop_without_start_does_nothing(parts: wiring.Parts) -> None:
    assert dispatcher(parts, 1).stop()


def test_a_dead_process_leaves_jobs_that_the_next_takes_up_at_once(school: School) -> None:
    parts = school.parts
    ask(school)
    with parts.sessions.writing() as session:
        jobs.claim(session, owner="dead", now=parts.now(), lease=timedelta(hours=1))
    assert take_over(parts) == 1
    running = dispatcher(parts, 1)
    running.start()
    assert within(2, lambda: school.jobs(JobState.DONE))
    assert running.stop()


def test_a_job_that_is_not_known_here_keeps_nobody_busy(school: School) -> None:
    parts, looks = school.parts, []
    with parts.sessions.writing() as session:
        here = school.actor.organization
        jobs.enqueue(session, organization=here, kind="of-tomorrow", subject=here, now=parts.now())

    def look() -> bool:
        looks.append(time.monotonic())
        return work_one(parts)

    running = Inline(parts, look, 1)
    running.start()
    time.sleep(1.0)
    assert running.stop()
    assert len(looks) == 1, "the next look by itself is 5 s away"
