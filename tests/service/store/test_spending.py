"""The book of what models cost: never more set aside than there is, never booked twice, nothing held by the dead."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from pipelines.values import Usage
from service.store import jobs, spending
from service.store.session import Sessions
from service.store.tables import Organization, Spending
from tests.service.store.world import NOW, World

LEASE = timedelta(minutes=1)
USED = Usage(900, 100, 2)


@pytest.fixture
def organization(world: World) -> str:
    return world.organization


def leased(sessions: Sessions, organization: str, now: datetime = NOW, owner: str = "w") -> str:
    """A job that a worker has just begun."""
    with sessions.writing() as session:
        id_ = jobs.enqueue(session, organization=organization, kind="draft", subject="d", now=now)
        assert id_ is not None
        (job,) = jobs.claim(session, owner=owner, now=now, lease=LEASE, job=id_)
        return job.id


def reserve(
    sessions: Sessions,
    organization: str,
    job: str,
    amount: int = 400,
    per_day: int | None = 1000,
    now: datetime = NOW,
) -> bool:
    with sessions.writing() as session:
        return spending.reserve(session, organization=organization, job=job, amount=amount, per_day=per_day, now=now)


def end(sessions: Sessions, organization: str, job: str, cost: int, owner: str = "w", now: datetime = NOW) -> bool:
    """As a handler ends a job: cost and end in one transaction, or neither."""
    with sessions.writing() as session:
        spending.book(session, organization=organization, job=job, cost=cost, usage=USED, now=now)
        if not jobs.finish(session, job, owner=owner, now=now):
            session.rollback()
            return False
    return True


def book_of(sessions: Sessions, organization: str) -> Spending:
    with sessions.reading() as session:
        return spending.days(session, organization, 1)[0]


def amounts(sessions: Sessions, organization: str) -> tuple[int, int]:
    day = book_of(sessions, organization)
    return day.reserved, day.spent


def test_what_is_set_aside_is_replaced_by_what_it_did_cost(sessions: Sessions, organization: str) -> None:
    job = leased(sessions, organization)
    assert reserve(sessions, organization, job)
    assert amounts(sessions, organization) == (400, 0)
    assert end(sessions, organization, job, cost=120)
    assert amounts(sessions, organization) == (0, 120)
    day = book_of(sessions, organization)
    assert (day.calls, day.prompt_tokens, day.completion_tokens, day.lapsed) == (2, 900, 100, 0)


def test_nothing_is_set_aside_beyond_the_days_budget(sessions: Sessions, organization: str) -> None:
    held = [reserve(sessions, organization, leased(sessions, organization)) for _ in range(4)]
    assert held == [True, True, False, False]
    assert amounts(sessions, organization) == (800, 0)


def test_what_was_spent_counts_against_the_budget_too(sessions: Sessions, organization: str) -> None:
    job = leased(sessions, organization)
    reserve(sessions, organization, job)
    end(sessions, organization, job, cost=700)
    assert not reserve(sessions, organization, leased(sessions, organization))
    assert reserve(sessions, organization, leased(sessions, organization), amount=300)


def test_without_a_limit_everything_is_set_aside(sessions: Sessions, organization: str) -> None:
    assert all(reserve(sessions, organization, leased(sessions, organization), per_day=None) for _ in range(5))


def test_the_next_day_has_a_budget_of_its_own(sessions: Sessions, organization: str) -> None:
    assert reserve(sessions, organization, leased(sessions, organization), amount=1000)
    tomorrow = NOW + timedelta(days=1)
    assert reserve(sessions, organization, leased(sessions, organization, tomorrow), amount=1000, now=tomorrow)


def test_another_organizations_spending_is_its_own(sessions: Sessions, organization: str) -> None:
    other = World(sessions, "delta").organization
    assert reserve(sessions, organization, leased(sessions, organization), amount=1000)
    assert reserve(sessions, other, leased(sessions, other), amount=1000)


def test_workers_that_reserve_at_once_never_take_more_than_there_is(sessions: Sessions, organization: str) -> None:
    waiting = [leased(sessions, organization) for _ in range(24)]
    with ThreadPoolExecutor(8) as threads:
        held = list(threads.map(lambda job: reserve(sessions, organization, job, amount=100), waiting))
    assert sum(held) == 10
    assert amounts(sessions, organization) == (1000, 0)


def test_what_a_worker_that_died_had_set_aside_lapses_with_its_lease(sessions: Sessions, organization: str) -> None:
    reserve(sessions, organization, leased(sessions, organization), amount=1000)
    late = NOW + LEASE + timedelta(seconds=1)
    assert not reserve(sessions, organization, leased(sessions, organization), now=NOW)
    assert reserve(sessions, organization, leased(sessions, organization, late), now=late)
    assert amounts(sessions, organization) == (400, 0)
    assert book_of(sessions, organization).lapsed == 1


def test_what_lapsed_is_given_back_to_the_day_it_was_taken_from(sessions: Sessions, organization: str) -> None:
    reserve(sessions, organization, leased(sessions, organization))
    tomorrow = NOW + timedelta(days=1)
    reserve(sessions, organization, leased(sessions, organization, tomorrow), now=tomorrow)
    with sessions.reading() as session:
        assert [day.reserved for day in spending.days(session, organization, 9)] == [400, 0]


def test_the_next_try_of_a_job_takes_the_place_of_the_last(sessions: Sessions, organization: str) -> None:
    job = leased(sessions, organization)
    reserve(sessions, organization, job)
    late = NOW + 2 * LEASE
    with sessions.writing() as session:
        jobs.claim(session, owner="second", now=late, lease=LEASE, job=job)
    assert reserve(sessions, organization, job, now=late)
    assert amounts(sessions, organization) == (400, 0)


def test_a_cost_is_booked_once_though_two_workers_did_the_job(sessions: Sessions, organization: str) -> None:
    job = leased(sessions, organization, owner="first")
    reserve(sessions, organization, job)
    late = NOW + 2 * LEASE
    with sessions.writing() as session:
        jobs.claim(session, owner="second", now=late, lease=LEASE, job=job)
    reserve(sessions, organization, job, now=late)
    assert not end(sessions, organization, job, cost=120, owner="first", now=late)
    assert amounts(sessions, organization) == (400, 0)
    assert end(sessions, organization, job, cost=130, owner="second", now=late)
    assert not end(sessions, organization, job, cost=130, owner="second", now=late), (
        "the finish was lost and comes again"
    )
    assert amounts(sessions, organization) == (0, 130)


def test_a_cost_is_booked_though_what_was_set_aside_had_lapsed(sessions: Sessions, organization: str) -> None:
    job = leased(sessions, organization)
    reserve(sessions, organization, job)
    late = NOW + 2 * LEASE
    reserve(sessions, organization, leased(sessions, organization, late), now=late)
    assert end(sessions, organization, job, cost=120, now=late), "nobody else has taken the job"
    assert amounts(sessions, organization) == (400, 120)


def test_a_job_that_failed_gives_back_what_it_held(sessions: Sessions, organization: str) -> None:
    job = leased(sessions, organization)
    reserve(sessions, organization, job)
    with sessions.writing() as session:
        jobs.fail(session, job, owner="w", now=NOW, error="no index")
        spending.release(session, job)
    assert amounts(sessions, organization) == (0, 0)


def test_the_book_goes_with_the_organization(sessions: Sessions, organization: str) -> None:
    reserve(sessions, organization, leased(sessions, organization))
    with sessions.writing() as session:
        session.delete(session.get_one(Organization, organization))
    with sessions.reading() as session:
        assert spending.days(session, organization, 9) == []
