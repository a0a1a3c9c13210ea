"""Threads that do the jobs, woken by a commit of this process or by a bell from elsewhere.

The table is the truth, so nothing is handed over but a nudge: an idle thread looks again when it is woken, when the
next job comes due (an undo window closing), and in any case every `reconcile`, which finds whatever was left behind.
Which thread takes which kinds: `service.jobs.lanes`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from service.domain.errors import Unavailable
from service.jobs import leases
from service.jobs.housekeeping import Housekeeping
from service.jobs.notifications import Notifier
from service.jobs.outages import Watch
from service.jobs.tools import JobTools
from service.store import jobs
from service.store.tables import Job, JobState

log = structlog.get_logger(__name__)

PAUSE = 1.0
"""Seconds before the table is asked again after the database did not answer."""

SOON = 0.05
"""Seconds until the table is asked again for what is due already: another thread may just have claimed it."""

GRACE = 20.0
"""Seconds for what runs to come to its end when the process is told to stop. Whoever stops it must wait longer."""


class Inline:
    """`start`, then `wake` whenever there may be something to do, then `stop`.

    There is a thread for each of `lanes`, which are the kinds that it takes. `work` claims and does one job of these
    kinds, and answers False if there was none.
    """

    def __init__(
        self, tools: JobTools, work: Callable[[Collection[str]], bool], lanes: Sequence[Collection[str]]
    ) -> None:
        self._tools = tools
        self._work = work
        self._threads = [
            threading.Thread(target=self._loop, args=(kinds,), name=f"job-{number}", daemon=True)
            for number, kinds in enumerate(lanes)
        ]
        # Of integrations' jobs, these ask for the others, which other threads do.
        self._asking = {kind for one in tools.integrations for kind in one.kinds if kind not in one.waiting}
        self._house = Housekeeping(tools)
        self._watch = Watch(tools)
        self._notifier = Notifier(tools)
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

    def alive(self) -> bool:
        """Whether every thread still runs."""
        return all(thread.is_alive() for thread in self._threads)

    def readiness(self) -> dict[str, str]:
        """Whether jobs are done here, in words."""
        return {"jobs": "ok" if self.alive() else "A thread that does the jobs has ended. Start the service again."}

    def stop(self, timeout: float = GRACE) -> bool:
        """Take on nothing more, and wait so many seconds for what runs. True if all of it came to its end; the rest is
        given back, so that whoever comes next takes it up at once."""
        with self._change:
            self._stopping = True
            self._change.notify_all()
        until = time.monotonic() + timeout
        for thread in (thread for thread in self._threads if thread.ident is not None):
            thread.join(max(0.0, until - time.monotonic()))
        if not any(thread.is_alive() for thread in self._threads):
            return True
        try:
            leases.give_back(self._tools)
        except (SQLAlchemyError, Unavailable) as trouble:  # their leases run out by themselves
            log.warning("jobs could not be given back", error=str(trouble))
        return False

    def _loop(self, kinds: Collection[str]) -> None:
        look_first = False
        while not self._stopping:
            seen = self._wakes
            try:
                self._watch.look()
                self._notifier.look()
                for one in self._tools.integrations:
                    if one.look(self._tools):
                        self.wake()  # whoever does these jobs may be another thread, and asleep
                if (not look_first or self._any_due(kinds)) and self._work(kinds):
                    look_first = False
                    if self._asking & set(kinds):
                        self.wake()
                    continue
                look_first = True  # whoever is woken for nothing should not hold up those who write
                pause = self._until_next(kinds)
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

    def _any_due(self, kinds: Collection[str]) -> bool:
        with self._tools.sessions.reading() as session:
            return jobs.any_due(session, self._tools.now(), kinds)

    def _until_next(self, kinds: Collection[str]) -> float:
        """Seconds until there may be something to do without a wake. An idle moment is one to tidy up in."""
        self._house.sweep()
        with self._tools.sessions.reading() as session:
            due = jobs.next_due(session, kinds)  # what is not known here is waited for by nobody here
        wanted = (one.again_in() for one in self._tools.integrations)
        longest = min([self._tools.reconcile.total_seconds(), *wanted])
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
