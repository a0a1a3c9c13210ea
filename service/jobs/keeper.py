"""The web process's hand on its worker: starts it, watches it, starts it again when it dies, and asks it what only it
can answer, since it alone has the model and the index.

The worker is `service.companion`. What it must not miss stands in the table of jobs; on the wire between the two are
nudges, how the worker is, and questions that somebody waits for.
"""

from __future__ import annotations

import dataclasses
import itertools
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from typing import Any, Final, Protocol

import structlog

from service.actions.work.similar import FoundPassage, SimilarQuery
from service.domain.errors import Unavailable
from service.jobs.inline import GRACE
from service.jobs.wire import Wire

log = structlog.get_logger(__name__)

PAUSES: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds before the worker is started again, after one death, two in a row, and so on; the last goes on."""
LONG: Final = 60.0
"""Seconds of life after which a death is the first again."""
SILENT: Final = 30.0
"""Seconds without a sign after which the worker is called silent. It gives one every five, but not while an import
holds it, which has measured up to four."""
GIVEN_UP: Final = 180.0
"""Seconds without a sign after which it is killed, and another one started."""
PATIENCE: Final = 20.0
"""Seconds that somebody waits for an answer of the worker's. Loading the model takes half of that on a slow machine."""
ENOUGH: Final = 100
"""Messages that wait for a worker that does not listen, beyond which one more nudge says nothing new."""
LAST: Final = GRACE + 5.0
"""Seconds for the worker to end in when it is told to."""


class WorkerProcess(Protocol):
    """The part of `subprocess.Popen` that is needed here."""

    @property
    def pid(self) -> int: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


Start = Callable[[socket.socket, Mapping[str, str]], WorkerProcess]


def start_process(end: socket.socket, environment: Mapping[str, str]) -> WorkerProcess:
    """A worker with its end of the wire. It speaks to the same terminal, but is not stopped from its keyboard: that is
    for the web process to do."""
    return subprocess.Popen(  # noqa: S603 - our own worker
        [sys.executable, "-P", "-m", "service.companion", str(end.fileno())],
        env=dict(environment),
        pass_fds=[end.fileno()],
        start_new_session=True,
    )


class Keeper:
    """`start`, `wake` after each commit, `stop`. `environment` is what the worker is set up by. Thread-safe."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._told_to_stop = threading.Event()
        self._process: WorkerProcess | None = None
        self._wire: Wire | None = None
        self._state: dict[str, str] = {}
        self._heard_at = 0.0
        self._deaths = 0
        self._numbers = itertools.count()
        self._asked: dict[int, Future[Any]] = {}

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Have the worker look for what is due. It does so by itself as well, and with its start."""
        if (wire := self._wire) is not None and wire.unsaid < ENOUGH:
            wire.say({"wake": True})

    def readiness(self) -> dict[str, str]:
        """How the worker is, and what it last said of the index and its threads, in words."""
        return {"worker": self._about_worker(), **self._state}

    def _about_worker(self) -> str:
        if self._wire is None and self._deaths:
            return f"The worker has ended ({self._deaths} times in a row) and is started again. Work is taken in."
        if not self._state:
            return "The worker is starting. Work is taken in."
        silent = time.monotonic() - self._heard_at
        return "ok" if silent < SILENT else f"The worker has said nothing for {silent:.0f} seconds."

    def find(self, asked: SimilarQuery, limit: int) -> Sequence[FoundPassage]:
        """A `service.jobs.work.Finder`: the worker finds."""
        scope = dataclasses.asdict(asked.scope) | {"at": asked.scope.at.isoformat()}
        found = self._ask({"find": asked.text, "scope": scope, "limit": limit})
        return [FoundPassage(**one) for one in found]

    def _ask(self, question: Mapping[str, Any]) -> Any:
        number, answer = next(self._numbers), Future[Any]()
        self._asked[number] = answer
        try:
            if (wire := self._wire) is None:
                raise Unavailable("What searches is being started again. Try again in a few seconds.")
            wire.say({**question, "number": number})
            return answer.result(PATIENCE)
        except NotInTime as late:
            raise Unavailable("What searches is still busy. Try again in a few seconds.") from late
        finally:
            self._asked.pop(number, None)

    def stop(self) -> None:
        """Tell the worker to take on nothing more, and wait until it has ended what it does, or given it back."""
        self._told_to_stop.set()
        if (process := self._process) is not None:
            process.terminate()
            try:
                process.wait(LAST)
            except subprocess.TimeoutExpired:
                log.warning("the worker does not end; it is killed, and its jobs are taken up with the next start")
                process.kill()
        if self._thread.ident is not None:
            self._thread.join(LAST)

    def _keep(self) -> None:
        while not self._told_to_stop.is_set():
            began = time.monotonic()
            try:
                code = self._live()
            except Exception:  # whatever it is, work waits for a worker
                log.exception("the worker cannot be started")
                code = None
            if self._told_to_stop.is_set():
                return
            self._deaths = 1 if time.monotonic() - began > LONG else self._deaths + 1
            pause = PAUSES[min(self._deaths, len(PAUSES)) - 1]
            log.error("the worker has ended; it is started again", code=code, pause=pause)
            self._told_to_stop.wait(pause)

    def _live(self) -> int:
        """One worker's life; its exit code."""
        here, there = socket.socketpair()
        with there:
            self._process = start_process(there, self._environment)
        log.info("the worker starts", pid=self._process.pid)
        self._wire = wire = Wire(here)
        if self._told_to_stop.is_set():  # between the two, and `stop` saw no process
            self._process.terminate()
        ended = threading.Event()
        threading.Thread(target=self._watch, args=(self._process, ended), name="watch", daemon=True).start()
        try:
            for message in wire.heard():
                self._hear(message)
        finally:
            ended.set()
            self._wire, self._state = None, {}
            wire.close()
            for answer in list(self._asked.values()):
                if not answer.done():
                    _fail(answer, "What searches has ended. Try again in a few seconds.")
        return self._process.wait()

    def _watch(self, process: WorkerProcess, ended: threading.Event) -> None:
        """A worker that says nothing for long does nothing, either: its jobs are leased, and another takes them up."""
        self._heard_at = time.monotonic()
        while not ended.wait(SILENT / 4):
            if time.monotonic() - self._heard_at > GIVEN_UP:
                log.error("the worker has said nothing for long; it is killed", pid=process.pid)
                process.kill()
                return

    def _hear(self, message: Mapping[str, Any]) -> None:
        self._heard_at = time.monotonic()
        match message:
            case {"state": state}:
                self._state = state
            case {"found": found, "number": int(number)} if (answer := self._asked.get(number)) is not None:
                answer.set_result(found)
            case {"trouble": str(said), "number": int(number)} if (answer := self._asked.get(number)) is not None:
                _fail(answer, said)


def _fail(answer: Future[Any], said: str) -> None:
    answer.set_exception(Unavailable(said))
