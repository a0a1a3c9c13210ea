"""A process is killed at each step of a submission's path, and started again: nothing is lost, doubled or let out.

The steps are numbered as in docs/why: 2 stored, 3 sent, 4 begun, 5 thought about, 6 kept, 7 approved, 8 released.
"""

from __future__ import annotations

import pytest

from tests.journeys.conftest import REDIS, MakeHouse
from tests.journeys.crashing import POINTS
from tests.journeys.house import TEXT, House, found, settle_in
from tests.journeys.ledger import at_rest, expect_index_equals_rows, expect_one_released_feedback

WITH_SERVERS = ("3 committed, nobody woken", "5 after thinking", "6 stored, not committed", "8 released and committed")
"""Where a broker, a second process and a lease that must first run out make a difference."""


@pytest.mark.parametrize("step", POINTS)
def test_a_process_killed_at_a_step_loses_nothing_and_does_nothing_twice(embedded: House, step: str) -> None:
    _journey_through(embedded, step)


@pytest.mark.servers
@pytest.mark.parametrize("step", WITH_SERVERS)
def test_it_is_the_same_with_a_broker_and_workers(with_servers: MakeHouse, step: str) -> None:
    _journey_through(with_servers(REDIS), step)


def _journey_through(house: House, step: str) -> None:
    """Everything until the learner reads the feedback, with one process dying at the step."""
    key = found(house, undo_seconds=0.3)
    house.start_all()
    school = settle_in(house, key)
    dies = "serve" if POINTS[step].web or len(house.roles) == 1 else "worker"
    house.wait_for(lambda: at_rest(house))
    house.kill(dies)
    house.start(dies, dying_at=step)

    school.hand_in("s-1", TEXT)
    draft = school.draft_in("s-1", "ready", "to_judge", "stuck")
    assert draft["state"] == "ready", draft
    assert school.feedback("s-1").status_code == 404, "nothing is shown before a facilitator approved it"
    school.approve(draft)
    school.draft_in("s-1", "released")
    assert school.feedback("s-1").json()["text_hash"] == draft["text_hash"]

    house.wait_for(lambda: house.deaths == 1)
    expect_one_released_feedback(school)
    for role in house.roles:
        house.stop(role)
    expect_index_equals_rows(house)
