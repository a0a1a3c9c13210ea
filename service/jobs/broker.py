"""Celery as a way to carry nudges: one task, one argument, the id of a job. Nothing is kept in the broker.

A message may be lost, doubled or late without harm: the table says what is to be done, and a claim says by whom.
"""

from __future__ import annotations

from collections.abc import Callable

from celery import Celery

TASK = "peerloom.run"

UNSEEN_SECONDS = 3600
"""After which Redis hands an unacknowledged message to another worker. Long, because the table's leases do this job."""

REACH_SECONDS = 3
"""How long a connection attempt may take; nobody waits for it but the relay's own thread."""


def make_app(url: str, queue: str) -> Celery:
    """A Celery application that talks to `url` (redis:// or amqp://). Opens no connection."""
    app = Celery("peerloom", broker=url, set_as_current=False)
    app.conf.update(
        task_default_queue=queue,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_timeout=REACH_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport(url, queue),
    )
    return app


def _transport(url: str, queue: str) -> dict[str, object]:
    if not url.startswith("redis"):
        return {}
    return {
        "visibility_timeout": UNSEEN_SECONDS,
        "socket_connect_timeout": REACH_SECONDS,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "global_keyprefix": f"{queue}:",
    }


def add_task(app: Celery, work: Callable[[str], object]) -> None:
    """Let this application's workers do jobs. `work` takes the id of a job, and leaves it if it is not to be had."""

    def run(job_id: str) -> None:
        work(job_id)

    app.task(run, name=TASK)


def send(app: Celery, job_id: str) -> None:
    """One message. Raises OSError or kombu's OperationalError where the broker does not answer; tried once."""
    app.send_task(TASK, args=(job_id,), retry=False)


def reach(app: Celery) -> None:
    """Raises whatever the transport raises if the broker does not answer within a few seconds."""
    with app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=REACH_SECONDS)
