"""The worker of the embedded service: `peerloom serve` starts it beside the web process, and it ends with that.

It alone has the model, and the index's folder, open. Its threads are those of every worker (`service.jobs.inline`);
the wire to the web process (`service.jobs.wire`) wakes them, and brings questions that somebody waits for. Where that
process is gone, so is whoever could stop this one: then it ends at once, as by a crash, and the next start takes its
jobs up again.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import structlog

from pipelines.values import Scope
from service import wiring
from service.actions.work.similar import SimilarQuery
from service.domain.errors import PeerloomError
from service.jobs.data_folder import DataFolder
from service.jobs.inline import Inline, take_over
from service.jobs.lanes import threads_for
from service.jobs.outages import Recent
from service.jobs.wire import Wire
from service.jobs.work import finder
from service.settings import Settings, load
from service.store import data_folder

log = structlog.get_logger(__name__)

SIGN_SECONDS: Final = 5.0
"""Between two signs of life."""
PATIENCE: Final = 15.0
"""Seconds for a worker before this one to leave the folder: one whose web process was killed may be loading a model,
and notices only then."""
AT_ONCE: Final = 2
"""Questions that are answered at the same time."""


class Companion:
    """Threads that do the jobs, and a wire. Nothing is opened before `run`."""

    def __init__(self, settings: Settings, wire: Wire) -> None:
        self._settings = settings
        self._parts = parts = wiring.build(settings)
        self._wire = wire
        self._threads: Inline = threads_for(parts, settings.worker_threads)
        self._find = finder(parts)
        self._answering = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answer")
        self._state = Recent(self._about)
        self._told_to_stop = threading.Event()

    def _about(self) -> dict[str, str]:
        """Each part that only this process knows of, with "ok" or what is wrong with it."""
        return {"index": self._parts.about_index(), **self._threads.readiness(), **self._parts.about_model()}

    def stop(self, *_: object) -> None:
        self._told_to_stop.set()

    def run(self) -> int:
        """Work until told to stop; the exit code. Raises FolderTaken."""
        folder = DataFolder(self._settings.data, [data_folder.WORK])
        folder.take(PATIENCE)
        try:
            if self._settings.embedded:
                take_over(self._parts)
            threading.Thread(target=self._listen, name="listen", daemon=True).start()
            self._threads.start()
            wiring.probe_soon(self._settings)
            return self._until_told()
        finally:
            self._threads.stop()
            folder.free()

    def _until_told(self) -> int:
        while True:
            self._give_sign()
            self._wire.say({"state": self._state()})
            if self._told_to_stop.wait(SIGN_SECONDS):
                return 0
            if not self._threads.alive():
                log.error("a thread that does the jobs has ended; the worker ends with it")
                return 1

    def _give_sign(self) -> None:
        """Where nothing can be written any more, the work that needs no file goes on."""
        try:
            self._settings.sign_of_life.touch()
        except OSError as trouble:
            log.warning("the sign of life cannot be written", error=str(trouble))

    def _listen(self) -> None:
        try:
            for message in self._wire.heard():
                if "wake" in message:
                    self._threads.wake()
                if "find" in message:
                    self._answering.submit(self._answer, message)
        finally:
            os._exit(1)  # the web process is gone, or cannot be understood: nobody could stop this one any more

    def _answer(self, message: Mapping[str, Any]) -> None:
        number = message["number"]
        try:
            scope = dict(message["scope"])
            scope |= {"at": datetime.fromisoformat(scope["at"]), "groups": tuple(scope["groups"])}
            found = self._find(SimilarQuery(message["find"], Scope(**scope)), message["limit"])
        except PeerloomError as trouble:
            self._wire.say({"trouble": trouble.detail, "number": number})
        except Exception:  # whoever waits must hear something
            log.exception("a question could not be answered")
            self._wire.say({"trouble": "What searches failed. Try again; the log says more.", "number": number})
        else:
            self._wire.say({"found": [asdict(one) for one in found], "number": number})


def run(end: socket.socket) -> int:
    """Work at this end of the wire until told to stop; the exit code."""
    settings = load()
    wiring.set_up_logs(settings, process="worker")
    companion = Companion(settings, Wire(end))
    signal.signal(signal.SIGTERM, companion.stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keyboard's: the web process hears it too, and says what follows
    try:
        return companion.run()
    except PeerloomError as trouble:
        log.error("the worker cannot work", error=trouble.detail)
        return 1


if __name__ == "__main__":
    sys.exit(run(socket.socket(fileno=int(sys.argv[1]))))
