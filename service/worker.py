"""The Celery entry point: `peerloom worker`. Threads, so that one model in memory serves all of them.

Besides taking messages, a worker's own relay looks every few seconds for work whose message was lost, and does it.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.signals import worker_ready, worker_shutting_down

from service import wiring
from service.jobs import broker
from service.jobs.handlers import work_one
from service.jobs.relay import Relay
from service.settings import Settings


def create(settings: Settings) -> Celery:
    """The application, with its task and its relay in place. Opens no connection."""
    parts = wiring.build(settings)
    app = broker.make_app(settings.broker_url.get_secret_value(), settings.queue)

    def work(job: str) -> bool:
        return work_one(parts, job=job)

    broker.add_task(app, work)
    relay = Relay(parts, lambda job: broker.send(app, job), work=work, sign_of_life=settings.sign_of_life.touch)

    def begin(**_: Any) -> None:
        relay.start()
        wiring.probe_soon(settings)

    def end(**_: Any) -> None:
        relay.stop()

    worker_ready.connect(begin, weak=False)
    worker_shutting_down.connect(end, weak=False)
    return app


def run(settings: Settings) -> None:
    """Work until told to stop. The first SIGTERM lets what runs come to its end."""
    app = create(settings)
    app.worker_main(
        [
            "worker",
            "--pool=threads",
            f"--concurrency={settings.worker_threads}",
            f"--queues={settings.queue}",
            f"--loglevel={settings.log_level}",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )
