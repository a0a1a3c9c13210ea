"""The Celery entry point: `peerloom worker`. Its own threads do the jobs, one model in memory serving all of them.

Celery only listens for the bell, so that a broker that falls silent delays work by seconds and loses none: the threads
look for what is due by themselves, too. The relay beside them gives the sign of life, and rings for the other workers.
"""

from __future__ import annotations

import os
import signal
from typing import Any

import structlog
from celery import Celery
from celery.signals import worker_ready

from service import wiring
from service.jobs import broker
from service.jobs.handlers import kinds_of_integrations, waiting_kinds, work_one
from service.jobs.inline import Inline
from service.jobs.lanes import lanes
from service.jobs.relay import Relay
from service.settings import Settings

log = structlog.get_logger(__name__)


class Worker:
    """Threads that work, a relay, and a Celery application that hears the bell. Opens no connection before `run`."""

    def __init__(self, settings: Settings) -> None:
        parts = wiring.build(settings)
        self._settings = settings
        self.app: Celery = broker.make_app(settings.broker_url.get_secret_value(), settings.queue)
        own = lanes(settings.worker_threads, kinds_of_integrations(parts), waiting_kinds(parts))
        self.threads = Inline(parts, lambda of: work_one(parts, of=of), own)
        broker.add_task(self.app, self.threads.wake)
        self.relay = Relay(
            parts, lambda: broker.ring(self.app), lambda: broker.waiting(self.app), sign_of_life=self._sign
        )

    def run(self) -> None:
        """Work until told to stop; then what runs comes to its end, or is given back."""
        self.threads.start()
        self.relay.start()
        wiring.probe_soon(self._settings)
        worker_ready.connect(self._rung, weak=False)
        try:
            self.app.worker_main(
                [
                    "worker",
                    "--pool=solo",
                    f"--queues={self._settings.queue}",
                    f"--loglevel={self._settings.log_level}",
                    "--without-gossip",
                    "--without-mingle",
                    "--without-heartbeat",
                ]
            )
        finally:
            self.relay.stop()
            self.threads.stop()

    def _rung(self, **_: Any) -> None:
        """What was asked for while nobody listened is due already."""
        self.threads.wake()

    def _sign(self) -> None:
        if self.threads.alive():
            self._settings.sign_of_life.touch()
        else:  # whoever looks after processes starts another
            log.error("a thread that does the jobs has ended; the worker ends with it")
            os.kill(os.getpid(), signal.SIGTERM)


def run(settings: Settings) -> None:
    """Work until told to stop: the first SIGTERM ends it within `service.jobs.inline.GRACE` seconds and a few."""
    Worker(settings).run()
