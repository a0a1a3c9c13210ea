"""Sends what is due to the broker, from a thread of its own, so that no request waits for a broker or fails with it.

Woken by commits, by the next job's time (no ETA is ever given to the broker) and every `reconcile`. A job that was sent
and is still due after a while is sent again; one that nobody took for long is done here, where the relay may: brokers
have been seen to lose messages, and workers to stop listening after a reconnect.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy.exc import SQLAlchemyError

from service.domain.errors import Unavailable
from service.jobs.housekeeping import Housekeeping
from service.jobs.outages import Watch
from service.jobs.tools import JobTools
from service.store import jobs

log = structlog.get_logger(__name__)

AT_ONCE = 500
"""Jobs sent in one round; the broker is a bell, not a store, and a long queue of messages would only go stale."""

AGAIN_SECONDS = 30.0
"""A job still due so long after it was sent is sent once more, and done here if this process may."""

SOON = 0.2
"""Seconds until the next look while more is due than was sent in one round."""


class Relay:
    """`start`, `wake` after each commit, `stop`. `send` publishes one id; `work`, if given, does what nobody takes.

    `sign_of_life`, if given, is called with every round, as a sign of life.
    """

    def __init__(
        self,
        tools: JobTools,
        send: Callable[[str], None],
        *,
        work: Callable[[str], object] | None = None,
        sign_of_life: Callable[[], None] | None = None,
    ) -> None:
        self._tools = tools
        self._sign_of_life = sign_of_life
        self._house = Housekeeping(tools)
        self._watch = Watch(tools)
        self._send = send
        self._work = work
        self._sent: dict[str, float] = {}
        self._bell = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="relay", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._bell.set()

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
                log.warning("the database does not answer; nothing is sent", error=str(trouble))
            except (BrokerError, OSError) as trouble:
                log.warning("the broker does not answer; the jobs wait in the table", error=str(trouble))
            except Exception:  # whatever else a transport raises: the thread must live, or nothing is sent any more
                log.exception("nothing could be sent; it is tried again")
            self._bell.wait(pause)
            self._bell.clear()

    def _round(self) -> float:
        """Send what is due; seconds until there may be more."""
        if self._sign_of_life is not None:
            self._sign_of_life()
        self._house.sweep()
        self._watch.look()
        due = self._due()
        self._sent = {job: at for job, at in self._sent.items() if job in set(due)}
        for job in due:
            self._ring(job)
        if len(due) == AT_ONCE:
            return SOON
        return self._until_next()

    def _ring(self, job: str) -> None:
        sent = self._sent.get(job)
        overdue = sent is not None and time.monotonic() - sent > AGAIN_SECONDS
        if overdue and self._work is not None:
            log.warning("nobody took this job; it is done here", job=job)
            self._work(job)
        if sent is None or overdue:
            self._send(job)
            self._sent[job] = time.monotonic()

    def _due(self) -> list[str]:
        with self._tools.sessions.reading() as session:
            return jobs.due(session, self._tools.now(), AT_ONCE)

    def _until_next(self) -> float:
        with self._tools.sessions.reading() as session:
            due = jobs.next_due(session)
        pause = self._tools.reconcile.total_seconds()
        if due is None:
            return pause
        ahead = (due - self._tools.now()).total_seconds()
        return ahead if ahead > 0 else pause
