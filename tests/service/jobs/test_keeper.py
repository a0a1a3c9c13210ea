"""The web's hand on its worker: what it says of it, and what becomes of questions when it is away."""

from __future__ import annotations

import itertools
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from pipelines.values import Scope
from service.actions.work.similar import FoundPassage, SimilarQuery
from service.domain.errors import Unavailable
from service.jobs import keeper
from service.jobs.keeper import Keeper
from service.jobs.wire import Wire
from service.settings import environment, load

ASKED = SimilarQuery("We pair.", Scope("o", "c", "", "amara", datetime(2026, 11, 2, tzinfo=UTC), groups=("g",)))
FOUND = {"revision": "r", "quote": "We pair.", "start": 0, "end": 8, "similarity": 0.5}


class Thread:
    """A worker that is a thread of this process, and lives as long as `life` takes."""

    pid = 1

    def __init__(self, life: Callable[[Wire], None], end: socket.socket) -> None:
        self._wire = wire = Wire(end.dup())

        def live() -> None:
            life(wire)
            wire.close()

        self._thread = threading.Thread(target=live, daemon=True)
        self._thread.start()

    def wait(self, timeout: float | None = None) -> int:
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise subprocess.TimeoutExpired("worker", timeout or 0)
        return 1

    def terminate(self) -> None: ...

    def kill(self) -> None:
        self._wire.close()


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Wire], None]], Keeper]]:
    """`kept(life)` keeps workers that live like that; stopped at the end."""
    made: list[Keeper] = []

    def keep(life: Callable[[Wire], None]) -> Keeper:
        monkeypatch.setattr(keeper, "start_process", lambda end, _environment: Thread(life, end))
        monkeypatch.setattr(keeper, "LAST", 0.2)
        made.append(Keeper({}))
        made[-1].start()
        return made[-1]

    yield keep
    for one in made:
        one.stop()


def within(seconds: float, there: Callable[[], object]) -> bool:
    until = time.monotonic() + seconds
    while not (found := there()) and time.monotonic() < until:
        time.sleep(0.01)
    return bool(found)


def asks(running: Keeper) -> bool:
    """Whether the worker could be asked."""
    return "again" not in running.readiness()["worker"] and running._wire is not None


def test_what_the_worker_says_of_itself_is_what_is_said_of_it(kept: Callable[..., Keeper]) -> None:
    woken, lives = threading.Event(), []

    def life(wire: Wire) -> None:
        lives.append(wire)
        wire.say({"state": {"index": "It does not answer.", "jobs": "ok"}})
        if "wake" in next(wire.heard(), {}):
            woken.set()

    running = kept(life)
    assert within(5, lambda: "index" in running.readiness())
    assert running.readiness() == {"worker": "ok", "index": "It does not answer.", "jobs": "ok"}
    running.wake()
    assert woken.wait(5)
    assert within(5, lambda: len(lives) == 2)  # it ended, and another one was started


def test_a_worker_that_says_nothing_for_long_is_killed_and_another_one_started(
    kept: Callable[..., Keeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "SILENT", 0.05)
    monkeypatch.setattr(keeper, "GIVEN_UP", 0.2)
    lives = []

    def life(wire: Wire) -> None:
        lives.append(wire)
        for _ in wire.heard():
            pass

    kept(life)
    assert within(10, lambda: len(lives) >= 2)


def test_a_question_is_answered_by_number_and_a_refusal_is_passed_on(kept: Callable[..., Keeper]) -> None:
    def life(wire: Wire) -> None:
        for asked in wire.heard():
            assert asked["scope"] | {"at": "", "challenge": ""} == {
                "organization": "o",
                "challenge": "",
                "reader": "",
                "author": "amara",
                "at": "",
                "groups": ["g"],
                "peers": True,
            }
            said = {"found": [FOUND]} if asked["limit"] == 1 else {"trouble": "The index does not answer."}
            wire.say({**said, "number": asked["number"]})

    running = kept(life)
    assert within(5, lambda: asks(running))
    assert running.find(ASKED, 1) == [FoundPassage(**FOUND)]  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match="The index does not answer"):
        running.find(ASKED, 2)


def test_whoever_waits_for_a_worker_that_dies_is_told_at_once(kept: Callable[..., Keeper]) -> None:
    running = kept(lambda wire: next(wire.heard(), None) and None)
    assert within(5, lambda: asks(running))
    with pytest.raises(Unavailable, match="Try again in a few seconds"):
        running.find(ASKED, 1)


def test_a_worker_that_cannot_live_is_started_again_with_growing_pauses(
    kept: Callable[..., Keeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    born: list[float] = []
    monkeypatch.setattr(keeper, "PAUSES", (0.0, 0.1, 0.3))
    running = kept(lambda _: born.append(time.monotonic()))
    assert within(10, lambda: len(born) >= 5)
    pauses = [later - earlier for earlier, later in itertools.pairwise(born)]
    assert pauses[1] >= 0.1
    assert min(pauses[2:]) >= 0.3
    assert "times in a row" in running.readiness()["worker"]


def test_the_worker_is_set_up_as_its_web_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERLOOM_QUEUE", "from-the-environment")
    monkeypatch.setenv("PEERLOOM_EMBEDDER", "languages")
    secret = "s" * 40
    chosen = load(
        embedder="hashing",
        secret_key=secret,
        model_local=True,
        openai_base_url="http://127.0.0.1:9",
        port=1,
        webhook_networks="10.1.0.0/16 ::1",
    )
    for name, value in environment(chosen).items():
        monkeypatch.setenv(name, value)
    assert load() == chosen
