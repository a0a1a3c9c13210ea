"""Calendar files are read by another program as they were meant, whatever stands in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from service.domain.calendar import LONGEST_LINE, CalendarDay, calendar

AT = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
FRIDAY = CalendarDay(
    "0a1b", date(2026, 10, 9), "Ask Yusuf; then write, and \\ look\nagain", AT, "https://f.example.org/learn"
)
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300)


def test_a_day_is_read_as_it_was_written() -> None:
    (event,) = Calendar.from_ical(calendar([FRIDAY], host="f.example.org")).walk("VEVENT")
    assert event["UID"] == "0a1b@f.example.org"
    assert event["SUMMARY"] == FRIDAY.title
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (FRIDAY.day, FRIDAY.day + timedelta(days=1))
    assert event["DTSTAMP"].dt == AT
    assert event["URL"] == FRIDAY.url


def test_without_any_day_it_is_an_empty_calendar() -> None:
    assert Calendar.from_ical(calendar([], host="f.example.org")).walk("VEVENT") == []


@given(title=words)
def test_whatever_is_written_stays_within_its_line(title: str) -> None:
    file = calendar([CalendarDay("0a1b", FRIDAY.day, title, AT)], host="f.example.org")
    assert all(len(line.encode()) <= LONGEST_LINE for line in file.split("\r\n"))
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert str(event["SUMMARY"]) == "\n".join(title.splitlines())
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "TRANSP"}
