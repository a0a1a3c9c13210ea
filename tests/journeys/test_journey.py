"""One submission from the platform to the learner and back again, in each of the ways in which Peerloom runs."""

from __future__ import annotations

import signal
import time

import pytest

from service.jobs import broker
from tests.journeys.conftest import RABBITMQ, REDIS, MakeHouse, QueueOf
from tests.journeys.house import TEXT, House, School, events, found, settle_in
from tests.journeys.ledger import at_rest, expect_index_equals_rows, expect_one_released_feedback


def opened(house: House, *, undo_seconds: float = 0.3) -> School:
    key = found(house, undo_seconds=undo_seconds)
    house.start_all()
    return settle_in(house, key)


def test_a_submission_is_drafted_approved_and_read_by_its_learner(house: House) -> None:
    school = opened(house)
    school.hand_in("s-1", TEXT)
    draft = school.draft_in("s-1", "ready")
    assert draft["points"]
    assert school.feedback("s-1").status_code == 404, "nothing is shown before a facilitator approved it"
    school.approve(draft)
    school.draft_in("s-1", "released")
    shown = school.feedback("s-1").json()
    assert shown["text_hash"] == draft["text_hash"]
    assert [point["id"] for point in shown["points"]] == [point["id"] for point in draft["points"]]
    expect_one_released_feedback(school)
    for role in house.roles:
        assert house.stop(role) in (0, -signal.SIGTERM)
    expect_index_equals_rows(house)


def test_an_approval_that_is_undone_in_time_releases_nothing(embedded: House) -> None:
    house = embedded
    school = opened(house, undo_seconds=5)
    school.hand_in("s-1", TEXT)
    draft = school.draft_in("s-1", "ready")
    school.approve(draft)
    by_then = time.monotonic()
    approved = school.draft_in("s-1", "approved")
    path, tag = f"/v1/drafts/{draft['id']}/undo", f'"{approved["version"]}"'
    house.expect(200, "POST", path, school.facilitator, None, **{"If-Match": tag})
    time.sleep(max(1, by_then + 6 - time.monotonic()))  # a second after it would have been released
    assert school.draft_in("s-1", "ready", "released")["state"] == "ready"
    assert school.feedback("s-1").status_code == 404
    assert "feedback.released" not in events(school)


def test_the_undo_window_closes_on_time(embedded: House) -> None:
    """A release is due at a moment, and is neither early nor left to the next look at the table."""
    embedded.environment["PEERLOOM_RECONCILE_SECONDS"] = "60"
    school = opened(embedded, undo_seconds=2)
    school.hand_in("s-1", TEXT)
    draft = school.draft_in("s-1", "ready")
    began = time.monotonic()
    school.approve(draft)
    school.draft_in("s-1", "released")
    assert 1.9 <= time.monotonic() - began <= 20, "the next look is after 60 seconds, and machines may be busy"


def test_a_second_process_on_the_same_folder_says_whose_it_is(embedded: House) -> None:
    opened(embedded)
    first = embedded.running["serve"].pid
    second = House(embedded.folder, embedded.environment)
    (embedded.folder / "serve.log").unlink()
    with pytest.raises(AssertionError, match="ended by itself, with 1"):
        second.start("serve")
    second.close()
    said = (embedded.folder / "serve.log").read_text()
    assert f"in use by the Peerloom process {first}" in said
    assert "Traceback" not in said


def test_a_submission_taken_back_leaves_nothing_in_the_index(embedded: House) -> None:
    house = embedded
    school = opened(house)
    school.hand_in("s-1", TEXT)
    school.draft_in("s-1", "ready")
    house.expect(200, "DELETE", "/v1/submissions/s-1", school.key)
    assert school.draft_in("s-1", "withdrawn")["state"] == "withdrawn"
    house.wait_for(lambda: at_rest(house))
    for role in house.roles:
        house.stop(role)
    expect_index_equals_rows(house)


@pytest.mark.servers
def test_while_the_broker_is_away_the_web_answers_and_the_worker_finds_the_work(with_servers: MakeHouse) -> None:
    """Nothing listens at the broker's address, neither for the web nor for the worker's own messages."""
    house = with_servers(REDIS)
    key = found(house, undo_seconds=0.3)
    house.start_all()
    school = settle_in(house, key)
    house.kill("serve")
    house.environment["PEERLOOM_BROKER_URL"] = "redis://127.0.0.1:1/0"
    house.start("serve")
    began = time.monotonic()
    school.hand_in("s-1", TEXT)
    assert time.monotonic() - began < 5
    school.approve(school.draft_in("s-1", "ready"))
    school.draft_in("s-1", "released")
    expect_one_released_feedback(school)


@pytest.mark.servers
@pytest.mark.parametrize("server", [REDIS, RABBITMQ])
def test_bells_that_nobody_hears_are_counted_grow_stale_and_never_pile_up(server: str, queue_of: QueueOf) -> None:
    app = broker.make_app(server, queue_of(server))
    assert broker.waiting(app) == 0
    for _ in range(3):
        broker.ring(app)
    assert broker.waiting(app) == 3
