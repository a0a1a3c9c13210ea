"""When somebody is mailed: a rhythm, an hour, hours that are left quiet, all by the person's own clock. Pure.

Moments come in and go out with a zone; what is between is reckoned by the wall, so that seven in the morning stays
seven in the morning when clocks are changed. A time that the clock leaps over is an hour later by the wall; of one that
there is twice, the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MORNING: Final = 7
"""The hour of the daily and the weekly mail where nobody says another: there before the day's work."""
EVENING: Final = 21
"""Nothing comes between this hour and `MORNING` where nobody says otherwise."""
MONDAY: Final = 0
LONGEST_ZONE: Final = 64


class Rhythm(StrEnum):
    """How often mail comes. On the page everything is there at once, whatever is chosen."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class MailHours:
    """By a person's clock: the hour of gathered mail, and from which hour until which none comes at all. The two are
    equal where no hour is quiet."""

    zone: str = "UTC"
    hour: int = MORNING
    quiet_from: int = EVENING
    quiet_until: int = MORNING


def is_zone(name: str) -> bool:
    """Whether this is a time zone's name (IANA), such as Europe/Berlin."""
    if not name or len(name) > LONGEST_ZONE:
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last two: names that are no names, or lead elsewhere
        return False
    return True


def due(rhythm: Rhythm, hours: MailHours, now: datetime) -> datetime | None:
    """When what happened now is mailed, in UTC; None: never."""
    match rhythm:
        case Rhythm.NEVER:
            return None
        case Rhythm.AT_ONCE:
            return out_of_quiet(hours, now)
        case Rhythm.DAILY:
            return out_of_quiet(hours, _next(hours, now, weekday=None))
        case Rhythm.WEEKLY:
            return out_of_quiet(hours, _next(hours, now, weekday=MONDAY))


def _next(hours: MailHours, now: datetime, *, weekday: int | None) -> datetime:
    """The next moment after now at which the wall shows the hour, on any day or on this weekday."""
    day = now.astimezone(ZoneInfo(hours.zone)).date()
    while True:
        at = _at(hours, day, hours.hour)
        if at > now and weekday in (None, day.weekday()):
            return at
        day += timedelta(days=1)


def out_of_quiet(hours: MailHours, at: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into; in UTC."""
    wall = at.astimezone(ZoneInfo(hours.zone))
    begin, end = hours.quiet_from, hours.quiet_until
    overnight = begin > end
    quiet = (wall.hour >= begin or wall.hour < end) if overnight else begin <= wall.hour < end
    if not quiet:
        return at.astimezone(UTC)
    day = wall.date() + timedelta(days=int(overnight and wall.hour >= begin))
    return max(_at(hours, day, end), at.astimezone(UTC))


def _at(hours: MailHours, day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(hours.zone)).astimezone(UTC)
