"""By the reader's own clock: hours, quiet hours, and what becomes of them when clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.notifications.timing import MailHours, Rhythm, due, is_zone, out_of_quiet

BERLIN, KOLKATA, LORD_HOWE = "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"
ZONES = (BERLIN, KOLKATA, LORD_HOWE, "America/Bogota", "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca", "UTC")
OPEN = {"quiet_from": 0, "quiet_until": 0}
hours = st.builds(MailHours, st.sampled_from(ZONES), st.integers(0, 23), st.integers(0, 23), st.integers(0, 23))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


moments = st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: utc(2024, 1, 1) + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("zone", "now", "then"),
    [
        (BERLIN, utc(2026, 10, 24, 12), utc(2026, 10, 25, 6)),  # clocks go back that night: seven is six in UTC again
        (BERLIN, utc(2026, 10, 23, 12), utc(2026, 10, 24, 5)),
        (BERLIN, utc(2026, 3, 28, 12), utc(2026, 3, 29, 5)),  # and forward
        (BERLIN, utc(2026, 3, 29, 5), utc(2026, 3, 30, 5)),  # at the very moment: the next day's
        (KOLKATA, utc(2026, 10, 5, 9), utc(2026, 10, 6, 1, 30)),
        ("UTC", utc(2026, 10, 5, 6, 59), utc(2026, 10, 5, 7)),
    ],
)
def test_once_a_day_is_at_seven_by_the_wall(zone: str, now: datetime, then: datetime) -> None:
    assert due(Rhythm.DAILY, MailHours(zone), now) == then


def test_an_hour_that_the_clock_leaps_over_comes_all_the_same_and_one_that_comes_twice_counts_once() -> None:
    at_two = MailHours(BERLIN, hour=2, **OPEN)
    assert due(Rhythm.DAILY, at_two, utc(2026, 3, 28, 12)) == utc(2026, 3, 29, 1)  # three by the wall
    first = due(Rhythm.DAILY, at_two, utc(2026, 10, 24, 12))
    assert first == utc(2026, 10, 25, 0)
    assert due(Rhythm.DAILY, at_two, utc(2026, 10, 25, 0)) == utc(2026, 10, 26, 1)


def test_once_a_week_is_on_monday_by_the_wall() -> None:
    assert due(Rhythm.WEEKLY, MailHours("Pacific/Apia"), utc(2026, 10, 5, 9)) == utc(2026, 10, 11, 18)
    assert due(Rhythm.WEEKLY, MailHours("America/Bogota"), utc(2026, 10, 5, 9)) == utc(2026, 10, 5, 12)


def test_at_once_is_now_but_for_quiet_hours() -> None:
    assert due(Rhythm.AT_ONCE, MailHours(), utc(2026, 10, 5, 9, 30)) == utc(2026, 10, 5, 9, 30)
    assert due(Rhythm.AT_ONCE, MailHours(), utc(2026, 10, 5, 21, 0)) == utc(2026, 10, 6, 7)
    assert due(Rhythm.AT_ONCE, MailHours(), utc(2026, 10, 6, 2, 0)) == utc(2026, 10, 6, 7)
    lunch = MailHours(quiet_from=12, quiet_until=14)
    assert due(Rhythm.AT_ONCE, lunch, utc(2026, 10, 5, 13)) == utc(2026, 10, 5, 14)
    assert due(Rhythm.AT_ONCE, MailHours(**OPEN), utc(2026, 10, 6, 2)) == utc(2026, 10, 6, 2)


def test_a_gathered_letter_waits_for_the_end_of_quiet_hours_as_well() -> None:
    assert due(Rhythm.DAILY, MailHours(hour=5, quiet_from=21, quiet_until=8), utc(2026, 10, 5, 9)) == utc(
        2026, 10, 6, 8
    )


def test_never_is_never() -> None:
    assert due(Rhythm.NEVER, MailHours(), utc(2026, 10, 5, 9)) is None


@given(hours=hours, now=moments)
def test_nothing_comes_before_it_happened_nor_in_quiet_hours_nor_more_than_two_days_late(
    hours: MailHours, now: datetime
) -> None:
    for rhythm, longest in ((Rhythm.AT_ONCE, 2), (Rhythm.DAILY, 3), (Rhythm.WEEKLY, 9)):
        at = due(rhythm, hours, now)
        assert at is not None
        assert now <= at <= now + timedelta(days=longest)
        again = out_of_quiet(hours, at)
        assert again - at <= timedelta(hours=1)  # where clocks go back, an hour is there twice


@given(hours=hours, now=moments)
def test_once_a_day_is_once_on_each_day(hours: MailHours, now: datetime) -> None:
    days = []
    for _ in range(5):
        at = due(Rhythm.DAILY, MailHours(hours.zone, hours.hour, **OPEN), now)
        assert at is not None
        days.append(at.astimezone(ZoneInfo(hours.zone)).date())
        now = at
    assert len(set(days)) == len(days)


@pytest.mark.parametrize("name", ["", "Europe/Berlim", "../../etc/passwd", "/etc/localtime", "x" * 65, "a\x00b"])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert not is_zone(name)


@pytest.mark.parametrize("name", ZONES)
def test_zones_are_zones(name: str) -> None:
    assert is_zone(name)
