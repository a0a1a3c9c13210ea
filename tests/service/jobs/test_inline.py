"""Threads without a broker: woken at once, on time for what is due later, and never done by one bad moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from service import wiring
from service.domain.ids import new_id
from service.jobs.handlers import kinds, work_one
from service.jobs.inline import Inline, take_over
from service.jobs.lanes import AT_ONCE, BULK, OUTSIDE, lanes
from service.store import jobs
from service.store.tables import Job, JobState
from tests.service.jobs.conftest import School
from tests.service.jobs.thinking import Slow


def dispatcher(parts: wiring.Parts, threads: int) -> Inline:
    return Inline(parts, lambda of: work_one(parts, of=of), lanes(threads))


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

    def look(of: Collection[str]) -> bool:
        looks.append(time.monotonic())
        return work_one(parts, of=of)

    running = Inline(parts, look, lanes(1)[1:])
    running.start()
    time.sleep(1.0)
    assert running.stop()
    assert len(looks) == 1, "the next look by itself is 5 s away"


def test_what_is_over_at_once_never_waits_for_what_takes_long(school: School) -> None:
    parts, began, go_on = school.parts, threading.Event(), threading.Event()

    def slow(of: Collection[str]) -> bool:
        if "draft" in of and not began.is_set():
            began.set()
            go_on.wait(10)
        return work_one(parts, of=of)

    running = Inline(parts, slow, lanes(1))
    running.start()
    assert began.wait(5)
    with parts.sessions.writing() as session:
        here = school.actor.organization
        jobs.enqueue(session, organization=here, kind="release", subject=new_id(), now=parts.now())
    running.wake()
    assert within(5, lambda: school.jobs(JobState.DONE, kind="release"))
    go_on.set()
    assert running.stop()


def test_bulk_leaves_a_thread_to_what_somebody_waits_for() -> None:
    for threads in (1, 2, 3, 8):
        of = lanes(threads)
        assert len(of) == threads + 1
        assert all(any(kind in lane for lane in of) for kind in kinds())
        assert sum(not BULK & lane for lane in of) >= min(threads, 2)
    assert kinds() >= AT_ONCE | BULK


def test_what_waits_for_others_machines_has_threads_of_its_own_and_holds_up_nothing_else() -> None:
    plain, outside = lanes(2), lanes(2, frozenset({"sort", "send"}), frozenset({"send"}))
    assert outside[: len(plain)] == plain
    assert outside[len(plain) :] == ({"sort"}, *[{"send"}] * OUTSIDE)


def test_what_does_not_end_within_the_grace_is_given_back_and_written_by_nobody_else(school: School) -> None:
    parts, began, go_on = school.parts, threading.Event(), threading.Event()
    school.hand_in("s-1")
    with parts.sessions.writing() as session:
        session.execute(update(Job).where(Job.kind == "sync").values(state=JobState.DONE))

    def meanwhile() -> None:
        began.set()
        go_on.wait(10)

    thinking = replace(parts, plain_embedder=Slow(parts.plain_embedder, meanwhile))
    running = Inline(thinking, lambda of: work_one(thinking, of=of), lanes(1))
    running.start()
    assert began.wait(5)
    assert not running.stop(timeout=0.2)
    (job,) = school.jobs(kind="draft")
    assert (job.attempts, job.lease_owner) == (0, "")
    assert job.lease_until is not None
    assert job.lease_until < parts.now()
    go_on.set()
    assert within(5, lambda: not running.alive())
    assert work_one(parts), "another process takes it up at once"
    assert not school.jobs(JobState.QUEUED, JobState.LEASED, kind="draft")
