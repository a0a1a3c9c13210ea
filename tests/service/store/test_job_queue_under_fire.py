"""Several processes at one queue: nothing is taken twice, and nothing is lost when they are killed."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from service.domain.ids import new_id
from service.store import jobs
from service.store.tables import AuditEntry, Job, JobState
from tests.forked import FORKED
from tests.service.store.processes import claim_until_none_is_left, work_until_nothing_waits
from tests.service.store.world import NOW, World


def fill(world: World, count: int) -> set[str]:
    rows = [
        {"id": new_id(), "organization_id": world.organization, "kind": "draft", "subject_id": str(n)}
        | {"not_before": NOW, "created_at": NOW}
        for n in range(count)
    ]
    with world.sessions.writing() as session:
        session.execute(insert(Job), rows)
    return {str(row["id"]) for row in rows}


def test_four_processes_that_claim_400_jobs_claim_none_twice(world: World, database: str) -> None:
    there = fill(world, 400)
    with FORKED.Pool(4) as pool:
        taken = [id_ for part in pool.map(claim_until_none_is_left, [database] * 4) for id_ in part]
    assert Counter(taken) == Counter(there)


def wait_until_some_are_in_hand(world: World, give_up: float) -> None:
    in_hand = select(Job.id).where(Job.state == JobState.LEASED).limit(1)
    while time.monotonic() < give_up:
        with world.sessions.reading() as session:
            if session.scalar(in_hand.where(Job.lease_until > datetime.now(UTC))):
                return
        time.sleep(0.01)


@pytest.mark.timeout(120)
def test_jobs_whose_workers_are_killed_are_all_done_and_each_once(world: World, database: str) -> None:
    there = fill(world, 150)
    give_up = time.monotonic() + 60
    for _ in range(5):
        workers = [FORKED.Process(target=work_until_nothing_waits, args=(database, 0.5)) for _ in range(2)]
        for worker in workers:
            worker.start()
        wait_until_some_are_in_hand(world, give_up)
        time.sleep(random.uniform(0, 0.15))
        for worker in workers:
            worker.kill()
            worker.join()
    last = FORKED.Process(target=work_until_nothing_waits, args=(database, 0.5))
    last.start()
    last.join(max(0.0, give_up - time.monotonic()))
    assert last.exitcode == 0
    with world.sessions.reading() as session:
        assert jobs.counts(session)[JobState.DONE.value] == 150
        assert max(session.scalars(select(Job.attempts))) > 1  # some were in hand when their worker died
        assert jobs.count_due(session, datetime.now(UTC), 9) == 0
        assert Counter(session.scalars(select(AuditEntry.subject))) == Counter(there)
