"""Celery as a bell: one task, which says nothing but that there is something to do. Nothing is kept in the broker.

A message may be lost, doubled or late without harm: the table says what is to be done, and a claim says by whom.
"""

from __future__ import annotations

from collections.abc import Callable

from celery import Celery
from kombu.exceptions import ChannelError

TASK = "peerloom.run"

UNSEEN_SECONDS = 3600
"""After which Redis hands an unacknowledged message to another worker. Long, because the table's leases do this job."""

REACH_SECONDS = 3
"""How long a connection attempt may take; nobody waits for it but the relay's own thread."""

STALE_SECONDS = 60
"""After which nobody needs to hear a bell any more: workers have looked by themselves since."""


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


def add_task(app: Celery, hear: Callable[[], object]) -> None:
    """Let this application's workers hear the bell. `hear` must be over at once."""

    def run(*_: object) -> None:  # a release before this one sent an id along, which does not matter
        hear()

    app.task(run, name=TASK)


def ring(app: Celery) -> None:
    """One message. Raises OSError or kombu's OperationalError where the broker does not answer; tried once."""
    # Workers of the release before this one expect an id; with an empty one they find nothing, and look by themselves.
    app.send_task(TASK, args=("",), retry=False, expires=STALE_SECONDS, expiration=STALE_SECONDS)


def waiting(app: Celery) -> int:
    """How many bells nobody has heard yet. Raises what the transport raises if the broker does not answer."""
    with app.connection_for_read() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=REACH_SECONDS)
        ask_only = connection.transport.driver_type != "redis"  # there it looks beside our prefix and finds nothing
        try:
            return int(connection.default_channel.queue_declare(app.conf.task_default_queue, passive=ask_only)[1])
        except ChannelError:  # there is no such queue yet
            return 0


def reach(app: Celery) -> None:
    """Raises whatever the transport raises if the broker does not answer within a few seconds."""
    with app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=REACH_SECONDS)
