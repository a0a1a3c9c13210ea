"""Providers' descriptions of themselves and their keys, asked for when they are needed and kept for a while. In memory.

A key that is not known is looked for once, since providers change theirs; not more often than once in a minute,
whoever shows tokens with invented ones. What did not answer is not asked again for some seconds either.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from service.integrations.oidc import metadata, tokens
from service.integrations.oidc.metadata import Metadata
from service.integrations.oidc.refusals import Refusal, Refused
from service.integrations.oidc.tokens import PublicKey, UnknownKey
from service.outward.transport import Transport

KEPT: Final = timedelta(hours=1)
FAILED: Final = timedelta(seconds=15)
ANEW: Final = timedelta(minutes=1)
"""Between two looks for a key that is not known."""
MOST: Final = 500
"""Issuers that are remembered; beyond, all are asked anew."""

AT_ONCE: Final = 12
OF_ONE: Final = 4
"""Threads that may wait for providers, and for the same: the others have pages to show."""
PATIENCE: Final = 2.0
"""Seconds for which one waits for its turn."""
MAY_WAIT: Final = 4
"""Threads that may wait for their turn; who comes beyond them is refused at once, and holds no thread."""

Found = TypeVar("Found")


@dataclass
class _Known:
    """What is known of one issuer. Held while it is asked, so that of many who wait one asks."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    turns: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(OF_ONE))
    users: int = 0
    described: Metadata | None = None
    keys: tuple[PublicKey, ...] = ()
    described_at: datetime | None = None
    keys_at: datetime | None = None
    looked_at: datetime | None = None
    """When they were last asked for, whatever came of it."""
    failed: Refused | None = None
    failed_at: datetime | None = None


@dataclass(frozen=True)
class Directory:
    """Safe to use from several threads."""

    transport: Transport
    _turns: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))
    _waiting: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(MAY_WAIT))
    _known: dict[str, _Known] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def turn(self, issuer: str) -> Iterator[None]:
        """Around whatever waits for this issuer. Raises Refused where as many wait as may."""
        with ExitStack() as ending:
            for turns in (ending.enter_context(self._used(issuer)).turns, self._turns):
                if not (turns.acquire(blocking=False) or self._waited(turns)):
                    raise Refused(Refusal.UNREACHABLE, "too many wait for it")
                ending.callback(turns.release)
            yield

    @contextmanager
    def _used(self, issuer: str) -> Iterator[_Known]:
        """What is known of it, which is not thrown away meanwhile: its turns count only while they are the same."""
        with self._lock:
            known = self._kept(issuer)
            known.users += 1
        try:
            yield known
        finally:
            with self._lock:
                known.users -= 1

    def _waited(self, turns: threading.BoundedSemaphore) -> bool:
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return turns.acquire(timeout=PATIENCE)
        finally:
            self._waiting.release()

    def fresh(self, issuer: str, *, now: datetime) -> Metadata | None:
        """The same as `metadata` where nobody need be asked, nor waited for; else None."""
        known = self._of(issuer)
        described, at = known.described, known.described_at
        return described if at is not None and now - at < KEPT else None

    def metadata(self, issuer: str, *, now: datetime) -> Metadata:
        """Raises Refused."""
        known = self._of(issuer)
        with known.lock:
            return self._described(known, issuer, now)

    def at_hand(self, issuer: str) -> Metadata | None:
        """The same without asking anybody."""
        return self._of(issuer).described

    def forget(self, issuer: str) -> None:
        """Ask anew, the next time. Those who wait for it are counted on."""
        known = self._of(issuer)
        with known.lock:
            known.described = known.described_at = known.keys_at = known.failed = known.failed_at = None
            known.keys = ()

    def with_keys(self, issuer: str, check: Callable[[tuple[PublicKey, ...]], Found], *, now: datetime) -> Found:
        """What `check` makes of the issuer's keys; of newer ones, where it says UnknownKey. Raises Refused."""
        known = self._of(issuer)
        with known.lock:
            keys, looked = self._keys(known, issuer, now), known.looked_at
        try:
            return check(keys)
        except UnknownKey:
            pass
        with known.lock:
            if known.looked_at == looked and looked is not None and now - looked >= ANEW:
                self._look_for_keys(known, issuer, now)  # on a failure those at hand are good as long as they were
            keys = self._keys(known, issuer, now)
        try:
            return check(keys)
        except UnknownKey as error:
            raise Refused(Refusal.KEY) from error

    def _of(self, issuer: str) -> _Known:
        with self._lock:
            return self._kept(issuer)

    def _kept(self, issuer: str) -> _Known:
        """With the lock held."""
        if len(self._known) >= MOST and issuer not in self._known:
            for one in [name for name, known in self._known.items() if not known.users]:
                del self._known[one]
        return self._known.setdefault(issuer, _Known())

    def _described(self, known: _Known, issuer: str, now: datetime) -> Metadata:
        if known.described is None or known.described_at is None or now - known.described_at >= KEPT:
            content = self._asked(known, metadata.where(issuer), Refusal.DESCRIPTION, now)
            with _remembered(known, now):
                known.described = metadata.read(content, issuer, self.transport.networks)
            known.described_at = now
        return known.described

    def _keys(self, known: _Known, issuer: str, now: datetime) -> tuple[PublicKey, ...]:
        if known.keys_at is None or now - known.keys_at >= KEPT:
            self._look_for_keys(known, issuer, now)
        return known.keys

    def _look_for_keys(self, known: _Known, issuer: str, now: datetime) -> None:
        known.looked_at = now
        address = self._described(known, issuer, now).keys
        content = self._asked(known, address, Refusal.KEYS, now)
        with _remembered(known, now):
            listed = metadata.json_object(content, Refusal.KEYS).get("keys")
            found = tokens.public_keys(listed if isinstance(listed, list) else [])
            if not found:
                raise Refused(Refusal.KEYS, "there is none that may sign")
        known.keys, known.keys_at = found, now

    def _asked(self, known: _Known, address: str, why: Refusal, now: datetime) -> bytes:
        if known.failed is not None and known.failed_at is not None and now - known.failed_at < FAILED:
            raise known.failed
        with _remembered(known, now):
            answered = self.transport.read(address, {})
            if answered.status is None:
                raise Refused(Refusal.UNREACHABLE, answered.trouble)
            if answered.status != 200:
                raise Refused(why, f"it answered {answered.status}")
        return answered.content


@contextmanager
def _remembered(known: _Known, now: datetime) -> Iterator[None]:
    """Around asking: what was refused is refused for a while without asking."""
    known.failed = known.failed_at = None
    try:
        yield
    except Refused as refused:
        known.failed, known.failed_at = refused, now
        raise
