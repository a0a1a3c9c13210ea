"""How many requests somebody may send: by address, by key, by person, and by person and route.

Counted in memory, or in Redis where several machines serve. A counter that does not answer stops nobody: limits keep
one caller from taking what all need, and are not what keeps texts apart. Holds no secret: who calls is an id of ours.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from service.domain.errors import TooMany, Unavailable

COSTLY = frozenset(
    {
        ("PUT", "/v1/submissions/{id}"),
        ("POST", "/v1/submissions/{id}/gallery"),
        ("POST", "/v1/drafts/{id}/redraft"),
        ("POST", "/v1/requests"),
        ("POST", "/v1/search"),
        ("POST", "/learn/challenges/{id}"),
        ("POST", "/desk/drafts/{id}/redraft"),
    }
)
"""After these a model may be asked, or much is compared."""
_log = structlog.get_logger("service.web")


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests in a minute; 0 is no limit. `refused`: by one address, without a valid key or token; `route`: by one
    person, changing something by one route; `costly`: the same where a model may be asked for it."""

    address: int = 6_000
    refused: int = 120
    key: int = 6_000
    person: int = 600
    route: int = 120
    costly: int = 12


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One limit on one caller."""

    name: str
    amount: int
    who: str

    @property
    def item(self) -> RateLimitItem:
        return RateLimitItemPerMinute(self.amount, namespace="peerloom")


class Throttle:
    """Counts. Threads may share it."""

    def __init__(self, rates: Rates, address: str = "memory://") -> None:
        self.rates = rates
        self._storage = storage_from_string(address, wrap_exceptions=True)
        assert isinstance(self._storage, Storage)  # noqa: S101 - the other kind is for asyncio
        self._counter = MovingWindowRateLimiter(self._storage)

    def arrived(self, address: str) -> None:
        """Somebody calls from there. Raises TooMany."""
        self._take(RateLimit("address", self.rates.address, address))

    def refused(self, address: str) -> None:
        """Somebody there had no valid key or token. Raises TooMany."""
        self._take(RateLimit("refused", self.rates.refused, address))

    def known(self, who: str, *, person: bool, method: str, route: str) -> Mapping[str, str]:
        """This key or person calls a route; what to say of the limits in the answer's headers. Raises TooMany."""
        own = RateLimit("person", self.rates.person, who) if person else RateLimit("key", self.rates.key, who)
        told = self._take(own)
        if person and method != "GET":
            costly = (method, route) in COSTLY
            amount = self.rates.costly if costly else self.rates.route
            told = self._take(RateLimit("costly" if costly else "route", amount, f"{who} {method} {route}"))
        return told

    def _take(self, limit: RateLimit) -> Mapping[str, str]:
        if not limit.amount:
            return {}
        counted = False
        with suppress(StorageError):
            free = self._counter.hit(limit.item, limit.name, limit.who)
            stats = self._counter.get_window_stats(limit.item, limit.name, limit.who)
            counted = True
        if not counted:
            _log.warning("limits.not_counted", limit=limit.name)
            return {}
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        headers = {
            "RateLimit-Policy": f'"{limit.name}";q={limit.amount};w=60',
            "RateLimit": f'"{limit.name}";r={stats.remaining if free else 0};t={seconds}',
        }
        if not free:
            raise TooMany(_words(limit, seconds), retry_after=seconds, headers=headers)
        return headers


def _words(limit: RateLimit, seconds: int) -> str:
    return (
        f"More than {limit.amount} of these in a minute are not taken. Try again in {seconds} s; nothing was changed."
    )


class Waiters:
    """Who waits for something to happen, in this process: so many at most, and so many of one key or token."""

    def __init__(self, most: int = 100, each: int = 4) -> None:
        self._most, self._each = most, each
        self._there: Counter[str] = Counter()
        self._change = threading.Lock()

    @contextmanager
    def place(self, who: str) -> Iterator[None]:
        """A place for as long as the block lasts. Raises TooMany, and Unavailable where all are taken."""
        with self._change:
            if self._there[who] >= self._each:
                raise TooMany(f"You wait in {self._each} requests already. Wait for one of them.", retry_after=1)
            if self._there.total() >= self._most:
                raise Unavailable("As many wait here as may. Ask without `wait`, or again in a moment.")
            self._there[who] += 1
        with ExitStack() as leaving:
            leaving.callback(self._left, who)
            yield

    def _left(self, who: str) -> None:
        with self._change:
            self._there[who] -= 1
            if not self._there[who]:  # nobody is remembered who does not wait
                del self._there[who]
