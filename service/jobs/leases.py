"""A claimed job stays its worker's own while a heartbeat extends its lease. Knows nothing of what jobs do."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.domain.errors import Unavailable
from service.jobs.tools import JobTools
from service.store import jobs
from service.store.tables import Job

log = structlog.get_logger(__name__)


_HELD: dict[str, tuple[JobTools, list[str]]] = {}
"""What this process has under lease: owner → tools and ids of jobs. A fact of the process, as threads are."""
_CHANGE = threading.Lock()


class LeaseLost(Exception):
    """Another worker has this job by now; whatever was done for it here is not written."""


@contextmanager
def held(tools: JobTools, owner: str, claimed: Sequence[Job]) -> Iterator[None]:
    """While the block runs, a thread of its own extends the leases; it ends with the block."""
    done = threading.Event()
    names = [job.id for job in claimed]
    with _CHANGE:
        _HELD[owner] = (tools, names)
    thread = threading.Thread(target=_stay_alive, args=(tools, owner, names, done), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        with _CHANGE:
            _HELD.pop(owner, None)


def give_back(tools: JobTools) -> int:
    """All that these tools hold in this process goes to whoever comes next, at once and with no attempt used: the
    process ends before it is done. How many jobs. Whatever is still being done for them is not written any more."""
    with _CHANGE:
        held_now = [(owner, names) for owner, (whose, names) in _HELD.items() if whose is tools]
    given = 0
    for owner, names in held_now:
        with tools.sessions.writing() as session:
            given += jobs.give_back(session, owner=owner, jobs=names, now=tools.now())
    if given:
        log.info("jobs are given back, since the process ends", jobs=given)
    return given


def _stay_alive(tools: JobTools, owner: str, names: list[str], done: threading.Event) -> None:
    while not done.wait(tools.heartbeat.total_seconds()):
        try:
            with tools.sessions.writing() as session:
                jobs.heartbeat(session, owner=owner, jobs=names, until=tools.now() + tools.lease)
        except (SQLAlchemyError, Unavailable) as trouble:  # the next sign of life tries again; a lease outlasts several
            log.warning("heartbeat failed", jobs=names, error=str(trouble))


def keep(session: Session, tools: JobTools, owner: str, job: Job) -> None:
    """Say in this transaction that the job is still ours, which locks its row. Raises LeaseLost."""
    if not jobs.heartbeat(session, owner=owner, jobs=[job.id], until=tools.now() + tools.lease):
        raise LeaseLost(job.id)


def settle(session: Session, tools: JobTools, owner: str, job: Job) -> None:
    """End the job in the transaction of its effect. Raises LeaseLost, which takes the effect back with it."""
    if not jobs.finish(session, job.id, owner=owner, now=tools.now()):
        raise LeaseLost(job.id)
