"""Dispatch without a broker: threads of this process do the jobs, woken at once by a commit.

The table is the truth, so nothing is handed over but a nudge: an idle thread looks again when it is woken, when the
next job comes due (an undo window closing), and in any case every `reconcile`, which finds whatever was left behind.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from service.domain.errors import Unavailable
from service.jobs.handlers import kinds
from service.jobs.housekeeping import Housekeeping
from service.jobs.outages import Watch
from service.jobs.tools import JobTools
from service.store import jobs
from service.store.tables import Job, JobState

log = structlog.get_logger(__name__)

PAUSE = 1.0
"""Seconds before the table is asked again after the database did not answer."""

SOON = 0.05
"""Seconds until the table is asked again for what is due already: another thread may just have claimed it."""


class Inline:
    """`start`, then `wake` after each commit, then `stop`. All three return at once, but `stop` waits for what runs.

    `work` claims and does one job, and answers False if there was none.
    """

    def __init__(self, tools: JobTools, work: Callable[[], bool], threads: int) -> None:
        self._tools = tools
        self._work = work
        self._threads = [
            threading.Thread(target=self._loop, name=f"job-{number}", daemon=True) for number in range(threads)
        ]
        self._house = Housekeeping(tools)
        self._watch = Watch(tools)
        self._change = threading.Condition()
        self._wakes = 0
        self._stopping = False

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        with self._change:
            self._wakes += 1
            self._change.notify_all()

    def stop(self, timeout: float = 20.0) -> bool:
        """Take on nothing more. True if all that ran came to its end; the rest is left to its lease."""
        with self._change:
            self._stopping = True
            self._change.notify_all()
        until = time.monotonic() + timeout
        for thread in (thread for thread in self._threads if thread.ident is not None):
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _loop(self) -> None:
        while not self._stopping:
            seen = self._wakes
            try:
                self._watch.look()
                if self._work():
                    continue
                pause = self._until_next()
            except (SQLAlchemyError, Unavailable) as trouble:
                log.warning("the database does not answer; the jobs wait", error=str(trouble))
                pause = PAUSE
            except Exception:  # the thread must live, or nothing is done any more
                log.exception("no job could be claimed; it is tried again")
                pause = PAUSE
            self._wait(seen, pause)

    def _wait(self, seen: int, pause: float) -> None:
        with self._change:
            if seen == self._wakes and not self._stopping:
                self._change.wait(pause)

    def _until_next(self) -> float:
        """Seconds until there may be something to do without a wake. An idle moment is one to tidy up in."""
        self._house.sweep()
        with self._tools.sessions.reading() as session:
            due = jobs.next_due(session, kinds())  # what is not known here is waited for by nobody here
        longest = self._tools.reconcile.total_seconds()
        return longest if due is None else min(longest, max(SOON, (due - self._tools.now()).total_seconds()))


def take_over(tools: JobTools) -> int:
    """End the leases of a process that died. Only for the one process that owns database and data folder alone."""
    over = tools.now() - timedelta(seconds=1)
    with tools.sessions.writing() as session:
        left = session.scalars(
            update(Job).where(Job.state == JobState.LEASED).values(lease_until=over).returning(Job.id)
        ).all()
    if left:
        log.info("jobs were left behind and are taken up again", jobs=len(left))
    return len(left)
