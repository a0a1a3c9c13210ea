"""Two transactions that cross on PostgreSQL: the second begins while the first is open, and goes on when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.store.session import Sessions

Made = TypeVar("Made")
LONGEST = 20.0
"""Seconds until the second one has to have come to its end, or to a lock."""


def crossing(sessions: Sessions, first: Callable[[Session], object], second: Callable[[Session], Made]) -> Future[Made]:
    """`first` is done and not committed until `second` has ended or waits for it; what became of the second."""
    with ThreadPoolExecutor(1) as pool:
        with sessions.writing() as session:
            first(session)
            session.flush()
            later = pool.submit(_alone, sessions, second)
            _until_it_waits(sessions, later)
        later.exception(LONGEST)
    return later


def _alone(sessions: Sessions, work: Callable[[Session], Made]) -> Made:
    with sessions.writing() as session:
        return work(session)


def _until_it_waits(sessions: Sessions, later: Future[Made]) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    end = time.monotonic() + LONGEST
    while not later.done() and time.monotonic() < end:
        with sessions.reading() as session:
            if session.scalar(waiting):
                return
        time.sleep(0.01)
