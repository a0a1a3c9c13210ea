"""What of the outside (index, database, model) does not answer, and that it answers again. That is nobody's attempt.

A job that met it is put off, with growing pauses; whoever sees that the part answers again wakes all that waits for
it: this watch, which asks the index every few seconds while some job waits for it, or a job that went through. Knows
nothing of what jobs do.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from typing import Generic, TypeVar, cast

import structlog
from sqlalchemy.exc import SQLAlchemyError

from pipelines.ports import IndexUnavailable, ModelUnavailable
from service.domain.errors import Unavailable
from service.jobs.now_and_then import NowAndThen
from service.jobs.tools import JobTools
from service.mail.smtp import MailUnavailable
from service.store import jobs

T = TypeVar("T")

log = structlog.get_logger(__name__)

INDEX, DATABASE, MODEL, MAIL, NETWORK = "index", "database", "model", "mail server", "network"

LOOK_SECONDS = 5.0
"""How often what some job waits for is asked whether it answers again."""

AGAIN_SECONDS = 0.5
"""Until the database is asked again to write down what came of a job."""


def away(trouble: BaseException) -> str:
    """The part of the outside that this trouble comes from, if it is of the kind that passes; empty if it is ours."""
    match trouble:
        case IndexUnavailable():
            return INDEX
        case ModelUnavailable():
            return MODEL
        case MailUnavailable():
            return MAIL
        case Unavailable():
            return DATABASE
        case ConnectionError() | TimeoutError():
            return NETWORK
    return ""


def until_written(tools: JobTools, write: Callable[[], T]) -> T:
    """What `write` gives, tried for as long as a lease lasts while the database is away: only this thread knows what
    came of its job. Raises Unavailable after that; the lease has run out by then, and the next worker finds it so."""
    give_up = time.monotonic() + tools.lease.total_seconds()
    while True:
        try:
            return write()
        except (SQLAlchemyError, Unavailable):
            if time.monotonic() > give_up:
                raise
            time.sleep(AGAIN_SECONDS)


def over(tools: JobTools, parts: Collection[str]) -> None:
    """A job that waited for these went through: all others that wait for them are due."""
    for part in parts:
        with tools.sessions.writing() as session:
            woken = jobs.wake(session, part, tools.now())
        if woken:
            log.info("it answers again; what waited for it is done now", part=part, jobs=woken)


class Recent(Generic[T]):
    """What a look found, asked anew at most every few seconds and by one thread at a time: a part that hangs must not
    collect all threads of those who ask how it is."""

    def __init__(self, look: Callable[[], T], seconds: float = 2.0) -> None:
        self._look, self._seconds = look, seconds
        self._found: T | None = None
        self._at = float("-inf")
        self._looking = threading.Lock()

    def __call__(self) -> T:
        """As it was found just now or lately; whoever comes while the first look takes place waits for it."""
        first = self._found is None
        if time.monotonic() - self._at > self._seconds and self._looking.acquire(blocking=first):
            try:
                if time.monotonic() - self._at > self._seconds:
                    self._found, self._at = self._look(), time.monotonic()
            finally:
                self._looking.release()
        return cast("T", self._found)


class Watch:
    """Call `look` as often as you like, from any thread; it looks every few seconds.

    It wakes when it has seen a part away and now sees it answer (or sees it for the first time), not whenever it
    answers: a job that fails although the index answers is left to its own growing pauses.
    """

    def __init__(self, tools: JobTools) -> None:
        self._tools = tools
        self._was_away = True
        self._now_and_then = NowAndThen()

    def look(self) -> None:
        if not self._now_and_then.due(LOOK_SECONDS):
            return
        with self._tools.sessions.reading() as session:
            awaited = jobs.awaited(session)
        if INDEX not in awaited:
            self._was_away = False  # the next trouble begins anew
            return
        answers = self._index_answers()
        if answers and self._was_away:
            over(self._tools, [INDEX])
        self._was_away = not answers

    def _index_answers(self) -> bool:
        try:
            self._tools.index.ids("readiness")
        except IndexUnavailable:
            return False
        return True
