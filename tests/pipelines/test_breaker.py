"""A model that fails again and again is left alone for a while, then tried once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.adapters.breaker import LONGEST_PAUSE, Breaker
from pipelines.ports import (
    LanguageModel,
    ModelCutOff,
    ModelRefused,
    ModelReply,
    ModelRequest,
    ModelTrouble,
    ModelUnavailable,
)
from pipelines.values import Usage

REQUEST = ModelRequest("s", "u", {"type": "object"}, "any", 10)
DOWN = ModelUnavailable("The language model's server had a fault of its own (500).")


class Clock:
    """Stands still until it is told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 10, 5, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Model:
    """Does as `trouble` says, and counts."""

    name, local = "some-model", False

    def __init__(self, trouble: Exception | None = None) -> None:
        self.trouble, self.calls = trouble, 0
        self.entered, self.go = threading.Event(), threading.Event()
        self.go.set()

    def reply(self, request: ModelRequest) -> ModelReply:
        self.calls += 1
        self.entered.set()
        self.go.wait(5)
        if self.trouble is not None:
            raise self.trouble
        return ModelReply("{}", Usage(1, 1, 1), self.name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def around(model: Model, clock: Clock) -> LanguageModel:
    return Breaker(model, clock=clock, failures=3, window=timedelta(minutes=5), pause=timedelta(seconds=60))


def ask(model: LanguageModel, times: int = 1) -> str:
    """What came of the last call: its trouble's reason, or nothing."""
    said = ""
    for _ in range(times):
        try:
            model.reply(REQUEST)
            said = ""
        except ModelTrouble as trouble:
            said = trouble.reason
    return said


def test_it_is_the_model_to_whoever_asks(clock: Clock) -> None:
    breaker = around(Model(), clock)
    assert (breaker.name, breaker.local) == ("some-model", False)
    assert breaker.reply(REQUEST).text == "{}"


def test_after_some_failures_in_a_row_the_model_is_left_alone_and_it_says_so_at_no_cost(clock: Clock) -> None:
    model = Model(DOWN)
    breaker = around(model, clock)
    ask(breaker, 3)
    with pytest.raises(ModelUnavailable, match="failed 3 times in a row and is left alone") as told:
        breaker.reply(REQUEST)
    assert model.calls == 3
    assert told.value.usage == Usage()
    assert told.value.retry_after == 60


def test_after_the_pause_one_answer_makes_all_well_again(clock: Clock) -> None:
    model = Model(DOWN)
    breaker = around(model, clock)
    ask(breaker, 3)
    model.trouble = None
    clock.pass_(59)
    assert "left alone" in ask(breaker)
    clock.pass_(1)
    assert ask(breaker) == ""
    model.trouble = DOWN
    ask(breaker, 2)
    assert "500" in ask(breaker), "the count began anew"


def test_a_trial_that_fails_begins_another_pause(clock: Clock) -> None:
    model = Model(DOWN)
    breaker = around(model, clock)
    ask(breaker, 3)
    clock.pass_(60)
    assert "500" in ask(breaker)
    assert "left alone" in ask(breaker)
    assert model.calls == 4
    clock.pass_(60)
    assert "500" in ask(breaker)


def test_only_one_call_is_the_trial(clock: Clock) -> None:
    model = Model(DOWN)
    breaker = around(model, clock)
    ask(breaker, 3)
    clock.pass_(60)
    model.trouble = None
    model.entered.clear()
    model.go.clear()
    with ThreadPoolExecutor(1) as threads:
        trial = threads.submit(ask, breaker)
        model.entered.wait(5)
        assert "left alone" in ask(breaker, 5)
        model.go.set()
        assert trial.result() == ""
    assert model.calls == 4


def test_a_server_that_asks_for_longer_is_left_alone_for_longer(clock: Clock) -> None:
    model = Model(ModelUnavailable("slow down", retry_after=300))
    breaker = around(model, clock)
    ask(breaker, 3)
    clock.pass_(299)
    assert "left alone" in ask(breaker)
    clock.pass_(1)
    assert ask(breaker) == "slow down"


def test_a_mistaken_wait_of_a_day_does_not_turn_the_model_off_for_a_day(clock: Clock) -> None:
    model = Model(ModelUnavailable("slow down", retry_after=86_400))
    breaker = around(model, clock)
    ask(breaker, 3)
    model.trouble = None
    clock.pass_(LONGEST_PAUSE.total_seconds())
    assert ask(breaker) == ""


@pytest.mark.parametrize("trouble", [ModelRefused("no"), ModelCutOff("cut")])
def test_a_refusal_and_an_answer_cut_off_are_answers(clock: Clock, trouble: ModelTrouble) -> None:
    model = Model(trouble)
    breaker = around(model, clock)
    ask(breaker, 10)
    assert model.calls == 10
    model.trouble = DOWN
    ask(breaker, 2)
    model.trouble = trouble
    ask(breaker)
    model.trouble = DOWN
    assert "500" in ask(breaker, 3), "the refusal in between began the count anew"


def test_failures_that_lie_far_apart_are_not_in_a_row(clock: Clock) -> None:
    model = Model(DOWN)
    breaker = around(model, clock)
    for _ in range(6):
        ask(breaker)
        clock.pass_(200)
    assert model.calls == 6


def test_a_mistake_in_a_trial_does_not_keep_the_model_shut_for_good(clock: Clock) -> None:
    model = Model(DOWN)
    breaker = around(model, clock)
    ask(breaker, 3)
    clock.pass_(60)
    model.trouble = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        breaker.reply(REQUEST)
    model.trouble = None
    assert ask(breaker) == ""


def test_many_threads_that_fail_at_once_shut_it_once_and_it_opens_again(clock: Clock) -> None:
    model = Model(DOWN)
    breaker = around(model, clock)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: ask(breaker), range(40)))
    assert 3 <= model.calls <= 3 + 8
    model.trouble = None
    clock.pass_(60)
    assert ask(breaker) == ""
