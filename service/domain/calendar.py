"""A calendar file (iCalendar, RFC 5545) with days on which something is due. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

LONGEST_LINE: Final = 75
"""Octets of a line; what is longer goes on in the next (RFC 5545, section 3.1)."""
PRODUCT: Final = "-//Peerloom//Peerloom//EN"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """Something on one day. `id` is the same each time it is written, so that a calendar that has it already knows it;
    `changed_at` is when it was last written down."""

    id: str
    day: date
    title: str
    changed_at: datetime
    url: str = ""


def calendar(days: Iterable[CalendarDay], *, host: str) -> str:
    """The file. `host` makes the ids unique in the world."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for one in days:
        lines += _event(one, host)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _event(one: CalendarDay, host: str) -> list[str]:
    after = one.day + timedelta(days=1)
    return [
        "BEGIN:VEVENT",
        f"UID:{one.id}@{host}",
        f"DTSTAMP:{one.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{after:%Y%m%d}",
        f"SUMMARY:{_text(one.title)}",
        *([f"URL:{one.url}"] if one.url else []),
        "TRANSP:TRANSPARENT",  # nobody is busy for a whole day because something is due
        "END:VEVENT",
    ]


def _text(text: str) -> str:
    """Text as a value: what means something there is escaped, and what begins a line is one sign more."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    kept = "\n".join(text.splitlines())
    return "".join(letter for letter in kept if letter >= " " or letter in "\n\t").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in parts that are short enough, and never end within a letter."""
    part, octets, first = "", 0, True
    for letter in line:
        size = len(letter.encode("utf-8", "surrogatepass"))
        if octets + size > LONGEST_LINE:
            yield part if first else f" {part}"
            part, octets, first = "", 1, False
        part, octets = part + letter, octets + size
    yield part if first else f" {part}"
