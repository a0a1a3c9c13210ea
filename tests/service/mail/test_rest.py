"""A server that is away is left alone for longer each time, and asked by one thread alone."""

from __future__ import annotations

from contextlib import suppress

import pytest

from service.mail.post import MailRest
from service.mail.smtp import AddressRefused, ServerAway


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("service.mail.post.time.monotonic", made)
    return made


def fails(rest: MailRest) -> None:
    with suppress(ServerAway), rest.asking():
        raise ServerAway("it hangs")


def waits(rest: MailRest, clock: Clock) -> float:
    """Seconds until it may be asked again."""
    began = clock.at
    while True:
        try:
            rest._begin()
        except ServerAway:
            clock.at += 1
            continue
        rest._probed = False
        return clock.at - began


def test_it_is_left_alone_for_twice_as_long_each_time_up_to_five_minutes(clock: Clock) -> None:
    rest, found = MailRest(), []
    for _ in range(6):
        fails(rest)
        found.append(waits(rest, clock))
    assert found == [30, 60, 120, 240, 300, 300]


def test_threads_that_found_it_away_together_found_it_once(clock: Clock) -> None:
    rest = MailRest()
    with suppress(ServerAway), rest.asking():  # both ask before either has failed
        fails(rest)
        raise ServerAway("it hangs")
    assert waits(rest, clock) == 30


def test_once_it_was_away_one_thread_asks_and_the_others_do_something_else(clock: Clock) -> None:
    rest = MailRest()
    fails(rest)
    clock.at += 30
    with rest.asking(), pytest.raises(ServerAway), rest.asking():
        raise AssertionError
    with rest.asking(), rest.asking():  # it has answered
        pass


def test_a_server_that_refuses_an_address_has_answered(clock: Clock) -> None:
    rest = MailRest()
    fails(rest)
    clock.at += 30
    with suppress(AddressRefused), rest.asking():
        raise AddressRefused("5.1.1")
    fails(rest)
    assert waits(rest, clock) == 30
