"""The queue's promises, one at a time: what is claimed when, by whom, and what becomes of a job that fails."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.store import jobs
from service.store.session import Sessions, make_engine
from service.store.tables import Job, JobState, Organization
from tests.service.store.world import NOW, World

LEASE = timedelta(seconds=30)
LATER = NOW + timedelta(minutes=1)


def ask(world: World, subject: str = "s", **more: Any) -> str | None:
    with world.sessions.writing() as session:
        return jobs.enqueue(
            session, **({"organization": world.organization, "kind": "sync", "subject": subject, "now": NOW} | more)
        )


def take(world: World, owner: str = "one", now: datetime = NOW, **more: Any) -> list[Job]:
    with world.sessions.writing() as session:
        return jobs.claim(session, owner=owner, now=now, lease=LEASE, **more)


def fail(world: World, job: str, owner: str = "one", now: datetime = NOW, **more: Any) -> JobState:
    with world.sessions.writing() as session:
        return jobs.fail(session, job, owner=owner, now=now, error="no luck", **more)


def finish(world: World, job: str, owner: str = "one") -> bool:
    with world.sessions.writing() as session:
        return jobs.finish(session, job, owner=owner, now=NOW)


def row(world: World, job: str) -> Job:
    with world.sessions.reading() as session:
        return session.get_one(Job, job)


def counts(world: World) -> dict[str, int]:
    with world.sessions.reading() as session:
        return {state: count for state, count in jobs.counts(session).items() if count}


def test_a_job_is_claimed_once_with_all_that_was_asked(world: World) -> None:
    id_ = ask(world, "r1", generation=3, request_id="q7")
    (job,) = take(world)
    assert (job.id, job.kind, job.subject_id, job.generation, job.request_id) == (id_, "sync", "r1", 3, "q7")
    assert (job.state, job.attempts, job.lease_owner, job.lease_until) == (JobState.LEASED, 1, "one", NOW + LEASE)
    assert take(world, "two") == []


def test_a_job_goes_with_the_change_that_failed(world: World) -> None:
    def fails() -> None:
        with world.sessions.writing() as session:
            jobs.enqueue(session, organization=world.organization, kind="sync", subject="s", now=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert counts(world) == {}


def test_the_most_urgent_goes_first_and_nothing_before_its_time(world: World) -> None:
    ask(world, "second", not_before=NOW - timedelta(seconds=1))
    ask(world, "third")
    ask(world, "first", priority=10)
    ask(world, "later", priority=20, not_before=LATER)
    with world.sessions.reading() as session:
        assert jobs.count_due(session, NOW, 10) == 3
        assert jobs.count_due(session, NOW, 2) == 2
        assert jobs.any_due(session, NOW, ["sync"])
        assert not jobs.any_due(session, NOW, ["of-tomorrow"])
        assert jobs.next_due(session) == NOW - timedelta(seconds=1)
    taken = take(world, limit=10)
    assert [job.subject_id for job in taken] == ["first", "second", "third"]
    assert [job.subject_id for job in take(world, now=LATER, limit=1)] == ["later"]


def test_a_named_job_is_taken_only_if_it_is_due(world: World) -> None:
    ask(world, "other", priority=5)
    wanted, later = ask(world), ask(world, not_before=LATER)
    assert [job.id for job in take(world, job=wanted)] == [wanted]
    assert take(world, job=wanted) == []
    assert take(world, job=later) == []


def test_only_the_kinds_asked_for_are_taken(world: World) -> None:
    ask(world, "a", kind="draft")
    ask(world, "b", kind="sync")
    assert [job.subject_id for job in take(world, limit=9, kinds=["draft", "fit"])] == ["a"]


def test_asking_twice_for_what_waits_is_asking_once(world: World) -> None:
    first = ask(world, dedupe="sync:r1")
    assert ask(world, dedupe="sync:r1", priority=7) is None
    assert [(job.id, job.priority) for job in take(world, limit=9)] == [(first, 7)]


def test_what_is_asked_while_the_same_runs_runs_again(world: World) -> None:
    first = ask(world, dedupe="sync:r1")
    take(world)
    second = ask(world, dedupe="sync:r1")
    assert second not in (None, first)
    assert ask(world, dedupe="sync:r1") is None
    assert finish(world, str(first)) is True
    assert [job.id for job in take(world, limit=9)] == [second]


def test_what_is_finished_can_be_asked_again(world: World) -> None:
    first = ask(world, dedupe="sync:r1")
    take(world)
    finish(world, str(first))
    assert row(world, str(first)).dedupe is None
    assert ask(world, dedupe="sync:r1") is not None


def test_a_failed_job_that_was_asked_again_meanwhile_ends_and_the_new_one_is_tried(world: World) -> None:
    first = str(ask(world, dedupe="sync:r1"))
    take(world)
    second = ask(world, dedupe="sync:r1")
    assert fail(world, first) is JobState.QUEUED
    ended = row(world, first)
    assert (ended.state, ended.last_error, ended.finished_at) == (JobState.DONE, "no luck", NOW)
    assert [job.id for job in take(world, limit=9, now=NOW + timedelta(hours=1))] == [second]


def test_a_failed_job_still_stands_for_its_key_while_it_waits(world: World) -> None:
    first = str(ask(world, dedupe="sync:r1"))
    take(world)
    fail(world, first)
    assert ask(world, dedupe="sync:r1") is None


def test_a_lease_that_ran_out_passes_to_the_next_and_the_late_one_may_not_finish(world: World) -> None:
    id_ = str(ask(world))
    take(world, "slow")
    assert take(world, "two", now=NOW + LEASE) == []
    (job,) = take(world, "two", now=NOW + LEASE + timedelta(seconds=1))
    assert (job.id, job.attempts, job.lease_owner) == (id_, 2, "two")
    assert finish(world, id_, "slow") is False
    assert fail(world, id_, "slow") is JobState.LEASED
    assert row(world, id_).lease_owner == "two"
    assert finish(world, id_, "two") is True
    assert finish(world, id_, "two") is False


def test_a_heartbeat_keeps_what_its_owner_still_holds(world: World) -> None:
    mine, other = str(ask(world)), str(ask(world))
    take(world, "one", job=mine)
    take(world, "two", job=other)
    with world.sessions.writing() as session:
        assert jobs.heartbeat(session, owner="one", jobs=[mine, other], until=LATER) == 1
        assert jobs.heartbeat(session, owner="one", jobs=[], until=LATER) == 0
    with world.sessions.reading() as session:
        assert jobs.next_due(session) == NOW + LEASE
    assert [job.id for job in take(world, "three", now=LATER, limit=9)] == [other]


def test_a_failed_job_waits_longer_each_time_but_never_too_long() -> None:
    for attempts, bound in ((1, 2.0), (2, 4.0), (5, 32.0), (40, jobs.LONGEST_BACK_OFF)):
        waits = [jobs.back_off(attempts) for _ in range(200)]
        assert 0 <= min(waits) < bound / 4
        assert bound * 3 / 4 < max(waits) <= bound


def test_a_failed_job_waits_at_least_as_long_as_the_provider_asks(world: World) -> None:
    id_ = str(ask(world))
    take(world)
    assert fail(world, id_, retry_after=50.0) is JobState.QUEUED
    failed = row(world, id_)
    assert NOW + timedelta(seconds=50) <= failed.not_before <= NOW + timedelta(seconds=52)
    assert (failed.last_error, failed.lease_owner, failed.lease_until) == ("no luck", "", None)


def test_a_job_that_fails_too_often_is_dead_and_says_why(world: World) -> None:
    id_ = str(ask(world))
    states = []
    for attempt in range(jobs.MAX_ATTEMPTS):
        now = NOW + timedelta(hours=attempt)
        take(world, now=now)
        states.append(fail(world, id_, now=now))
    assert states == [JobState.QUEUED] * 4 + [JobState.DEAD]
    assert (row(world, id_).last_error, row(world, id_).attempts) == ("no luck", 5)
    assert take(world, now=NOW + timedelta(days=9)) == []
    with world.sessions.writing() as session:
        assert jobs.buried(session) == []  # whoever let it fail was told by the answer


def test_a_failure_that_cannot_be_mended_is_dead_at_once(world: World) -> None:
    id_ = str(ask(world))
    take(world)
    assert fail(world, id_, max_attempts=1) is JobState.DEAD


def test_a_job_that_kills_its_workers_ends_dead_and_somebody_is_told(world: World) -> None:
    id_ = str(ask(world, dedupe="draft:d1"))
    now = NOW
    for attempt in range(jobs.MAX_ATTEMPTS):
        (job,) = take(world, f"worker {attempt}", now=now)
        assert job.attempts == attempt + 1
        now += LEASE + timedelta(seconds=1)
    assert take(world, "the next", now=now) == []
    dead = row(world, id_)
    assert (dead.state, dead.last_error, dead.finished_at) == (JobState.DEAD, "worker died 5 times", now)
    with world.sessions.writing() as session:
        (untold,) = jobs.buried(session)
        untold.told_at = now
    with world.sessions.writing() as session:
        assert jobs.buried(session) == []
    assert ask(world, dedupe="draft:d1") is not None


def test_an_error_that_no_database_can_store_is_stored_all_the_same(world: World) -> None:
    id_ = str(ask(world))
    take(world)
    with world.sessions.writing() as session:
        jobs.fail(session, id_, owner="one", now=NOW, error="a\x00b\udc80" + "c" * 5000)
    assert row(world, id_).last_error.startswith("ab?cc")
    assert len(row(world, id_).last_error) == jobs.LONGEST_ERROR


def test_counts_name_every_state_and_old_done_jobs_are_pruned(world: World) -> None:
    for _ in range(3):
        ask(world)
    done, dead, _ = [job.id for job in take(world, limit=2)] + [""]
    finish(world, done)
    fail(world, dead, max_attempts=1)
    with world.sessions.writing() as session:
        assert jobs.counts(session) == {"queued": 1, "leased": 0, "done": 1, "dead": 1}
        assert jobs.prune(session, NOW) == 0
        assert jobs.prune(session, LATER) == 1
    assert counts(world) == {"queued": 1, "dead": 1}


def test_nothing_to_wait_for_is_said(world: World) -> None:
    with world.sessions.reading() as session:
        assert jobs.next_due(session) is None


@pytest.mark.servers
def test_a_job_asked_for_again_does_not_start_before_the_asker_commits(postgres_database: str) -> None:
    engine = make_engine(postgres_database)
    world = World(Sessions(engine))
    id_ = ask(world, dedupe="sync:r1")
    with world.sessions.writing() as session:
        more = {"organization": world.organization, "kind": "sync", "subject": "s", "now": NOW, "dedupe": "sync:r1"}
        assert jobs.enqueue(session, **more) is None  # type: ignore[arg-type]
        assert take(world) == []
    assert [job.id for job in take(world)] == [id_]
    engine.dispose()


def test_jobs_of_an_organization_not_yet_written_are_written_with_it(sessions: Sessions) -> None:
    with sessions.writing() as session:
        row = Organization(id="f" * 32, external_id="new", name="New", created_at=NOW)
        session.add(row)
        assert jobs.enqueue(session, organization=row.id, kind="fit", subject=row.id, now=NOW)
    with sessions.reading() as session:
        assert session.scalars(select(Job.kind)).all() == ["fit"]
