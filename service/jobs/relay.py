"""Rings for what is due, from a thread of its own, so that no request waits for a broker or fails with it.

Woken by commits, by the next job's time (no ETA is ever given to the broker) and every `reconcile`. A message is a
bell and says nothing: whoever hears it takes the most urgent job there is. So there is one for each job that is due,
and none while as many wait in the broker as are due, however slow the workers are; what was lost is rung again with the
next round. It never does a job itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy.exc import SQLAlchemyError

from service.domain.errors import Unavailable
from service.jobs.housekeeping import Housekeeping
from service.jobs.notifications import Notifier
from service.jobs.outages import Watch
from service.jobs.tools import JobTools
from service.store import jobs

log = structlog.get_logger(__name__)

AT_ONCE = 200
"""Bells that wait in the broker at most. A worker that hears one works until nothing is due."""


class Relay:
    """`start`, `wake` after each commit, `stop`. `ring` sends one message; `waiting` says how many wait to be taken.

    `sign_of_life`, if given, is called with every round.
    """

    def __init__(
        self,
        tools: JobTools,
        ring: Callable[[], None],
        waiting: Callable[[], int],
        *,
        sign_of_life: Callable[[], None] | None = None,
    ) -> None:
        self._tools = tools
        self._ring = ring
        self._waiting = waiting
        self._sign_of_life = sign_of_life
        self._house = Housekeeping(tools)
        self._watch = Watch(tools)
        self._notifier = Notifier(tools)
        self._trouble = ""
        self._bell = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="relay", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._bell.set()

    def readiness(self) -> dict[str, str]:
        """Whether the broker answered the last time, in words."""
        return {"broker": self._trouble or "ok"}

    def stop(self, timeout: float = 5.0) -> None:
        self._stopping = True
        self._bell.set()
        self._thread.join(timeout)

    def _loop(self) -> None:
        while not self._stopping:
            pause = self._tools.reconcile.total_seconds()
            try:
                pause = min(pause, self._round())
            except (SQLAlchemyError, Unavailable) as trouble:
                log.warning("the database does not answer; nobody is rung for", error=str(trouble))
            except (BrokerError, OSError) as trouble:
                self._trouble = "The broker does not answer. Workers look by themselves, so jobs are done, but later."
                log.warning("the broker does not answer; workers look by themselves", error=str(trouble))
            except Exception:  # whatever else a transport raises: the thread must live, or nobody is rung any more
                log.exception("nobody could be rung; it is tried again")
            self._bell.wait(pause)
            self._bell.clear()

    def _round(self) -> float:
        """Ring for what is due; seconds until there may be more."""
        if self._sign_of_life is not None:
            self._sign_of_life()
        self._house.sweep()
        self._watch.look()
        self._notifier.look()
        for one in self._tools.integrations:
            one.look(self._tools)
        with self._tools.sessions.reading() as session:
            due = jobs.count_due(session, self._tools.now(), AT_ONCE)
        if due or self._trouble:
            for _ in range(due - self._waiting()):
                self._ring()
            self._trouble = ""
        return self._until_next()

    def _until_next(self) -> float:
        with self._tools.sessions.reading() as session:
            due = jobs.next_due(session)
        wanted = (one.again_in() for one in self._tools.integrations)
        pause = min([self._tools.reconcile.total_seconds(), *wanted])
        if due is None:
            return pause
        ahead = (due - self._tools.now()).total_seconds()
        return min(ahead, pause) if ahead > 0 else pause
