"""What is sent, when it is tried again, and what an answer means. Pure."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote

from service.domain.events import EVENTS, Event

TRIAL: Final = "webhook.test"
"""What a trial is called. No event: nothing happened."""

PAUSES: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""Between the attempts at one delivery: ten in 75 hours and 35 minutes (as Standard Webhooks advises)."""
JITTER: Final = 0.1
"""Of a pause is added by chance at most, so that what failed together does not come back together."""
LASTS: Final = sum(PAUSES, timedelta()) * (1 + JITTER)
"""After so long a delivery is dead, also where its endpoint was left alone so often that fewer attempts fitted in."""
LONGEST_RETRY_AFTER: Final = timedelta(hours=24)
REST: Final = timedelta(seconds=5)
LONGEST_REST: Final = timedelta(minutes=5)
"""An endpoint that fails is left alone for so long at most, whatever else is due for it: of a thousand events for one
that hangs, one at a time waits for it."""
SLOW: Final = timedelta(seconds=2)
"""Whoever takes longer for an answer is left alone for twice as long, so that it takes a third of a thread at most."""
ROTATION: Final = timedelta(hours=24)
"""For so long is signed with the old secret, too."""
MOST_ENDPOINTS: Final = 10
"""Of an organization."""

LINKS: Final[Mapping[str, str]] = {
    "submission": "/v1/submissions/{}",
    "draft": "/v1/drafts/{}",
    "gallery": "/v1/galleries/{}",
    "reminder": "/v1/reminders/{}",
    "person": "/v1/people/{}",
    "to": "/v1/people/{}",
    "challenge": "/v1/challenges/{}",
    "group": "/v1/groups/{}",
    "import": "/v1/imports/{}",
    "erasure": "/v1/erasures/{}",
}
"""Where the thing that a fact names is read."""


class Outcome(StrEnum):
    """What an attempt means for the delivery."""

    TAKEN = "taken"
    GONE = "gone"
    AGAIN = "again"


def outcome(status: int | None) -> Outcome:
    """2xx is taken, 410 is gone for good. A redirect is not followed, and so is tried again like all else."""
    if status is not None and 200 <= status < 300:
        return Outcome.TAKEN
    return Outcome.GONE if status == 410 else Outcome.AGAIN


def is_over(attempts: int) -> bool:
    """Whether that was the last."""
    return attempts > len(PAUSES)


def again_at(attempts: int, begun: datetime, now: datetime, retry_after: timedelta | None = None) -> datetime | None:
    """When it is tried again after that many attempts; None if that was the last. None at all were counted where it was
    begun anew while one was under way."""
    if is_over(attempts) or now - begun >= LASTS:
        return None
    pause = PAUSES[max(attempts, 1) - 1] * (1 + random.uniform(0, JITTER))
    return now + max(pause, retry_after or timedelta())


def rest(failures: int, took: timedelta, retry_after: timedelta | None = None) -> timedelta:
    """How long an endpoint is left alone: after that many failures in a row, or an answer that took so long."""
    if failures == 0:
        return 2 * took if took > SLOW else timedelta()
    grown = min(LONGEST_REST, REST * 2.0 ** min(failures - 1, 20))
    return max(grown * random.uniform(0.5, 1), retry_after or timedelta())


def retry_after(value: str, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for, within bounds; None for what says nothing (RFC 9110, section 10.2.3)."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        asked = timedelta(seconds=min(int(text[:9]), int(LONGEST_RETRY_AFTER.total_seconds())))
    else:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, OverflowError, TypeError):  # a year, zone or hour beyond what there is
            return None
        asked = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(asked, timedelta()), LONGEST_RETRY_AFTER)


def lane(event: Event, data: Mapping[str, Any], fallback: str) -> str:
    """A digest of what the event is about: those of one lane are sent one after the other, in their order. `fallback`
    is a lane of its own, for an event whose subject was erased."""
    fact = EVENTS[event].subject
    subject = data.get(fact)
    text = f"{fact}:{subject}" if subject else fallback
    return hashlib.sha256(text.encode()).hexdigest()


def wants(chosen: list[Any], name: str) -> bool:
    """Whether an endpoint wants events of this name. One that chose none wants all."""
    return not chosen or name in chosen


def body(name: str, at: datetime, number: int | None, data: Mapping[str, Any], base_url: str) -> bytes:
    """What is sent: ids, states and where to read more; never anybody's words."""
    links = {
        fact: base_url + LINKS[fact].format(quote(value, safe=""))
        for fact, value in data.items()
        if fact in LINKS and isinstance(value, str) and value
    }
    message = {
        "type": name,
        "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "number": number,
        "data": dict(data),
        "links": links,
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
