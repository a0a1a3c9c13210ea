"""What does not answer outside costs waiting and nothing else: no attempt, no job, no draft."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from pipelines.adapters.chroma import ChromaIndex
from pipelines.adapters.exact import ExactIndex
from pipelines.ports import IndexUnavailable, ModelUnavailable, Vectors
from service import wiring
from service.cli import doctor
from service.domain.drafts import FOR_A_PERSON, DraftState
from service.domain.errors import Unavailable
from service.jobs import outages
from service.jobs.handlers import work_one
from service.jobs.inline import Inline
from service.jobs.lanes import lanes
from service.store import jobs
from service.store.tables import DraftRow, Job, JobState, OutgoingEvent
from tests.contracts.chroma_server import ChromaServer
from tests.service.jobs.conftest import School
from tests.service.jobs.test_handlers import ahead
from tests.service.jobs.test_inline import within
from tests.work_off import work_off

DONE = FOR_A_PERSON


class Away(ExactIndex):
    """An index that cannot be reached until it is `back`."""

    def __init__(self) -> None:
        super().__init__()
        self.back = False
        self.asked = 0

    def _reached(self) -> None:
        self.asked += 1
        if not self.back:
            raise IndexUnavailable("The vector index does not answer. Start it again.")

    def write(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        self._reached()
        super().write(collection, ids, vectors)

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        self._reached()
        super().delete(collection, ids)

    def search(self, collection: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        self._reached()
        return super().search(collection, vector, limit)

    def ids(self, collection: str) -> set[str]:
        self._reached()
        return super().ids(collection)


def drafts(school: School) -> list[DraftState]:
    with school.parts.sessions.reading() as session:
        return list(session.scalars(select(DraftRow.state)))


@contextmanager
def running(parts: wiring.Parts) -> Iterator[Inline]:
    threads = Inline(parts, lambda of: work_one(parts, of=of), lanes(2))
    threads.start()
    yield threads
    assert threads.stop()


def test_hours_without_the_index_use_up_no_attempt_and_then_all_is_done(school: School) -> None:
    index = Away()
    school.hand_in("s-1")
    hours = 20
    for hour in range(hours):
        work_off(ahead(replace(school.parts, index=index), hours=hour))
    waiting = school.jobs(JobState.QUEUED)
    assert {job.kind for job in waiting} == {"draft", "sync"}
    assert [(job.attempts, job.waits_for) for job in waiting] == [(0, "index")] * 2
    assert all(job.waits >= hours for job in waiting)
    assert all("does not answer" in job.last_error for job in waiting)
    assert drafts(school) == [DraftState.WAITING]
    index.back = True
    work_off(ahead(replace(school.parts, index=index), hours=hours))
    assert drafts(school)[0] in DONE
    assert {job.state for job in school.jobs()} == {JobState.DONE}


def test_what_is_away_for_longer_than_anybody_waits_is_given_up_and_told(school: School) -> None:
    parts = replace(school.parts, index=Away(), patience=timedelta(hours=2))
    school.hand_in("s-1")
    for hour in range(4):
        work_off(ahead(parts, hours=hour))
    assert {job.state for job in school.jobs()} == {JobState.DEAD}
    with school.parts.sessions.reading() as session:
        assert "after 2 hours" in session.scalars(select(DraftRow.reason)).one()
        assert "job.failed" in session.scalars(select(OutgoingEvent.name)).all()


def test_the_pauses_grow_and_end_at_minutes() -> None:
    pauses = [jobs.pause(waits) for waits in range(40)]
    assert pauses[0] <= jobs.BACK_OFF
    assert all(jobs.LONGEST_WAIT / 2 <= pause <= jobs.LONGEST_WAIT for pause in pauses[10:])
    assert jobs.pause(0, retry_after=77) == 77


def test_a_batch_of_index_jobs_meets_an_outage_once_and_not_once_each(school: School) -> None:
    index = Away()
    for number in range(20):
        school.hand_in(f"s-{number}")
    work_one(replace(school.parts, index=index))
    assert len([job for job in school.jobs(JobState.QUEUED, kind="sync") if job.waits == 1]) == 20
    assert index.asked <= 2


def test_when_the_index_answers_again_all_that_waits_for_it_is_done_soon(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "LOOK_SECONDS", 0.1)
    index = Away()
    parts = replace(school.parts, index=index, reconcile=timedelta(seconds=0.2))
    for number in range(5):
        school.hand_in(f"s-{number}")
    with running(parts):
        assert within(10, lambda: {job.waits_for for job in school.jobs(JobState.QUEUED)} == {"index"})
        with parts.sessions.writing() as session:  # as if it had been away for long
            session.execute(update(Job).values(not_before=parts.now() + timedelta(minutes=4)))
        time.sleep(0.5)
        assert len(school.jobs(JobState.QUEUED)) == 10
        index.back = True
        assert within(10, lambda: not school.jobs(JobState.QUEUED, JobState.LEASED))
    assert {job.state for job in school.jobs()} == {JobState.DONE}
    assert {state in DONE for state in drafts(school)} == {True}
    assert sum(doctor._differences(parts)) == 0


def test_a_job_that_fails_although_the_index_answers_is_not_woken_again_and_again(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "LOOK_SECONDS", 0.0)
    index = Away()
    parts = replace(school.parts, index=index)
    school.hand_in("s-1")
    work_off(parts)
    index.back = True
    watch = outages.Watch(parts)

    def put_off() -> int:
        with parts.sessions.writing() as session:
            session.execute(update(Job).values(not_before=parts.now() + timedelta(minutes=4)))
        watch.look()
        return len([job for job in school.jobs(JobState.QUEUED) if job.not_before > parts.now()])

    assert put_off() == 0, "the first look may come after the outage's end, so it wakes"
    assert put_off() == 2, "it was not away since"
    index.back = False
    assert put_off() == 2
    index.back = True
    assert put_off() == 0


def test_a_server_that_is_stopped_and_started_ends_with_everything_drafted_and_indexed(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "LOOK_SECONDS", 0.3)
    with ChromaServer(tmp_path) as server:
        index = ChromaIndex.server("127.0.0.1", server.port, timeout=3.0)
        parts = replace(school.parts, index=index, reconcile=timedelta(seconds=0.3))
        school.hand_in("s-0")
        with running(parts) as threads:
            assert within(30, lambda: not school.jobs(JobState.QUEUED, JobState.LEASED))
            server.kill()
            for number in range(1, 6):
                school.hand_in(f"s-{number}")
            threads.wake()
            assert within(20, lambda: len([job for job in school.jobs(JobState.QUEUED) if job.waits]) == 10)
            with parts.sessions.writing() as session:
                later = parts.now() + timedelta(minutes=4)
                session.execute(update(Job).where(Job.state == JobState.QUEUED).values(not_before=later))
            server.start()
            assert within(30, lambda: not school.jobs(JobState.QUEUED, JobState.LEASED))
        assert {job.state for job in school.jobs()} == {JobState.DONE}
        assert len(drafts(school)) == 6
        assert {state in DONE for state in drafts(school)} == {True}
        assert sum(doctor._differences(parts)) == 0
        index.close()


class Vanishing:
    """Sessions whose database goes away, for writing, after so many transactions."""

    def __init__(self, inner: Any, after: int) -> None:
        self._inner, self._left = inner, after
        self.back = threading.Event()
        self.gone = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @contextmanager
    def writing(self) -> Iterator[Any]:
        self._left -= 1
        if self._left < 0 and not self.back.is_set():
            self.gone.set()
            raise Unavailable("PostgreSQL does not answer.")
        with self._inner.writing() as session:
            yield session


def test_what_came_of_a_job_while_the_database_was_away_is_written_when_it_answers(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "AGAIN_SECONDS", 0.05)
    school.hand_in("s-1")
    with school.parts.sessions.writing() as session:
        session.execute(update(Job).where(Job.kind == "sync").values(state=JobState.DONE))
    away = Vanishing(school.parts.sessions, after=2)  # claimed and begun; then it is gone
    worker = threading.Thread(target=work_one, args=(replace(school.parts, sessions=away),))
    worker.start()
    assert away.gone.wait(10)
    away.back.set()
    worker.join(10)
    (job,) = school.jobs(JobState.QUEUED, kind="draft")
    assert (job.attempts, job.waits_for) == (0, "database")
    assert drafts(school) == [DraftState.WAITING]


@pytest.mark.parametrize(
    ("trouble", "part"),
    [
        (IndexUnavailable("x"), "index"),
        (ModelUnavailable("x"), "model"),
        (Unavailable(), "database"),
        (ConnectionResetError(), "network"),
        (KeyError("x"), ""),
        (ValueError("x"), ""),
    ],
)
def test_only_what_comes_from_outside_passes(trouble: Exception, part: str) -> None:
    assert outages.away(trouble) == part


def test_a_part_that_hangs_holds_up_one_who_asks_and_not_all() -> None:
    looks, go_on = list[int](), threading.Event()

    def look() -> str:
        looks.append(1)
        if len(looks) > 1:
            go_on.wait(10)
        return f"look {len(looks)}"

    recent = outages.Recent(look, seconds=0.0)
    assert recent() == "look 1"
    hanging = threading.Thread(target=recent)
    hanging.start()
    assert within(5, lambda: len(looks) == 2)
    assert [recent() for _ in range(5)] == ["look 1"] * 5
    go_on.set()
    hanging.join(10)
    assert len(looks) == 2
