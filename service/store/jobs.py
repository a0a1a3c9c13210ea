"""The queue of jobs. This table is the truth: brokers carry ids only, and may lose or double them.

A job is claimed by one guarded statement, under a lease that its worker prolongs. A lease that ran out means that the
worker died, and counts as an attempt. A job whose attempts are used up is dead, with a reason: it is never lost, and
never tried for ever. Trouble outside that passes (`Away`) is no attempt: the job waits, for hours if need be. What a
job does, this file does not know.

A `dedupe` key is unique among jobs that *wait*. A job that runs is not in the way of a new one, since it may have read
the rows before they changed; the two then run one after the other or side by side, so jobs must be repeatable.
Asking again for a job that waits locks its row until the asker commits: no worker starts it before the change that it
was asked for can be read.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol, cast

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from structlog.contextvars import get_contextvars

from pipelines.texts.plain import sendable
from service.domain.ids import new_id
from service.store.session import changed_rows, insert_on
from service.store.tables import Job, JobState

MAX_ATTEMPTS = 5
BACK_OFF = 2.0
"""Seconds at most before the second attempt; doubled with each further one, and drawn evenly from zero to that
("full jitter"), so that what failed together does not come back together."""
LONGEST_BACK_OFF = 600.0
LONGEST_WAIT = 300.0
"""Seconds at most between two tries of a job that waits for something outside; whoever sees that it answers again wakes
the job before (`wake`)."""
LONGEST_ERROR = 2000


class Generated(Protocol):
    """What is made by a job, and may be made anew."""

    @property
    def id(self) -> str: ...
    @property
    def organization_id(self) -> str: ...
    @property
    def generation(self) -> int: ...


def enqueue_once(session: Session, kind: str, row: Generated, *, now: datetime, priority: int = 0) -> None:
    """Have it made; asking twice for the same generation is asking once."""
    enqueue(
        session,
        organization=row.organization_id,
        kind=kind,
        subject=row.id,
        generation=row.generation,
        now=now,
        dedupe=f"{kind}:{row.id}:{row.generation}",
        priority=priority,
    )


def enqueue(
    session: Session,
    *,
    organization: str,
    kind: str,
    subject: str,
    now: datetime,
    generation: int = 0,
    not_before: datetime | None = None,
    dedupe: str | None = None,
    priority: int = 0,
    request_id: str = "",
) -> str | None:
    """Write a job into the caller's transaction; its id, or None if one with that `dedupe` waits already.

    Without a `request_id` it is that of the request being answered, if any, so that logs can be followed.
    """
    session.flush()  # the job may belong to rows that are not written yet
    row = {
        "id": new_id(),
        "organization_id": organization,
        "kind": kind,
        "subject_id": subject,
        "generation": generation,
        "dedupe": dedupe,
        "priority": priority,
        "not_before": not_before or now,
        "request_id": request_id or str(get_contextvars().get("request_id", "")),
        "created_at": now,
    }
    return row["id"] if _insert(session, row) == row["id"] else None


def sooner(session: Session, dedupe: str, at: datetime) -> None:
    """The job with this key that waits, if there is one, is due at that moment, if not before."""
    waits = (Job.dedupe == dedupe, Job.state == JobState.QUEUED, Job.not_before > at)
    changed_rows(session, update(Job).where(*waits).values(not_before=at))


def _insert(session: Session, row: dict[str, Any]) -> str:
    """The id of the job that waits now: the new one, or the one with the same key that waited already."""
    return cast("str", session.execute(_asking(session.get_bind().dialect.name), row).scalar_one())


@cache
def _asking(dialect: str) -> Any:
    """The statement, made once: what excludes a row names all columns of its table, which takes a millisecond."""
    statement = insert_on(dialect, Job.__table__)
    sooner = case((statement.excluded.priority > Job.priority, statement.excluded.priority), else_=Job.priority)
    # The index's condition is written out: PostgreSQL cannot match a parameter once psycopg prepares the statement.
    waits = text(f"state = '{JobState.QUEUED.value}'")
    statement = statement.on_conflict_do_update(index_elements=["dedupe"], index_where=waits, set_={"priority": sooner})
    return statement.returning(Job.__table__.c.id)


@dataclass(frozen=True, slots=True)
class Away:
    """A part of the outside did not answer: its name, and for how long a job waits for it before it is given up."""

    part: str
    patience: timedelta


def claim(
    session: Session,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int = 1,
    job: str | None = None,
    kinds: Collection[str] | None = None,
    max_attempts: int = MAX_ATTEMPTS,
) -> list[Job]:
    """Take up to `limit` jobs that are due, or the one named if it is; the most urgent first.

    `owner` must be of one worker's life (a new one after a restart). Jobs whose worker died on the last attempt
    that they had are buried instead; see `buried`.
    """
    _bury(session, now, max_attempts)
    picked = select(Job.id).where(_claimable(now)).order_by(*_URGENCY).limit(limit)
    if job is not None:
        picked = picked.where(Job.id == job)
    if kinds is not None:
        picked = picked.where(Job.kind.in_(kinds))
    # SQLite drops the next clause without a word; there the guard below and the one writer at a time do the work.
    ids = picked.with_for_update(key_share=True, skip_locked=True).cte("picked")
    statement = (
        update(Job)
        .where(Job.id.in_(select(ids.c.id)), _claimable(now))
        .values(state=JobState.LEASED, lease_owner=owner, lease_until=now + lease, attempts=Job.attempts + 1)
        .returning(Job)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    taken = session.scalars(statement).all()
    return sorted(taken, key=lambda one: (-one.priority, one.not_before, one.id))


_URGENCY = (Job.priority.desc(), Job.not_before, Job.id)


def _claimable(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Job.state == JobState.QUEUED, Job.not_before <= now),
        and_(Job.state == JobState.LEASED, Job.lease_until < now),
    )


def _bury(session: Session, now: datetime, max_attempts: int) -> None:
    ran_out = and_(Job.state == JobState.LEASED, Job.lease_until < now, Job.attempts >= max_attempts)
    session.execute(
        update(Job)
        .where(ran_out)
        .values(
            state=JobState.DEAD,
            last_error=literal("worker died ").concat(Job.attempts.cast(String)).concat(" times"),
            finished_at=now,
            lease_owner="",
            lease_until=None,
        )
        .execution_options(synchronize_session=False)
    )


def buried(session: Session, limit: int = 100) -> list[Job]:
    """Jobs that `claim` found dead and that nobody was told of. Tell, then set `told_at` in the same transaction."""
    waiting = select(Job).where(Job.state == JobState.DEAD, Job.told_at.is_(None)).order_by(Job.id).limit(limit)
    return list(session.scalars(waiting.with_for_update(key_share=True, skip_locked=True)))


def heartbeat(session: Session, *, owner: str, jobs: Sequence[str], until: datetime) -> int:
    """Prolong the leases of these jobs; how many of them the owner still holds."""
    held = update(Job).where(Job.id.in_(jobs), Job.lease_owner == owner, Job.state == JobState.LEASED)
    return changed_rows(session, held.values(lease_until=until))


def finish(session: Session, job_id: str, *, owner: str, now: datetime) -> bool:
    """Done. False if the lease was lost: somebody else has the job, so what was done must not be committed."""
    done = {"state": JobState.DONE, "finished_at": now, "dedupe": None, "lease_owner": "", "lease_until": None}
    return changed_rows(session, _held(job_id, owner).values(done)) == 1


def fail(
    session: Session,
    job_id: str,
    *,
    owner: str,
    now: datetime,
    error: str,
    retry_after: float | None = None,
    max_attempts: int = MAX_ATTEMPTS,
    away: Away | None = None,
) -> JobState:
    """It did not work: QUEUED for another attempt, or DEAD if that was the last (the caller tells of it).

    With `away` it was no attempt: the job is dead only if it has waited longer than that has patience. `retry_after`
    (seconds) is the least to wait, as a provider asks for it. If a job with the same key was asked for meanwhile, that
    one is the next attempt, and this one ends. If the lease was lost, nothing changes, and the answer is the state in
    which another has put the job.
    """
    job = session.scalar(select(Job).where(Job.id == job_id).execution_options(populate_existing=True))
    if job is None or job.state is not JobState.LEASED or job.lease_owner != owner:
        return job.state if job is not None else JobState.DONE
    ended: dict[str, object] = {"last_error": _printable(error), "lease_owner": "", "lease_until": None}
    if _given_up(job, now, max_attempts, away):
        ended |= {"state": JobState.DEAD, "finished_at": now, "told_at": now}
        changed_rows(session, _held(job_id, owner).values(ended))
        return JobState.DEAD
    try:
        with session.begin_nested():
            again = _once_more(job, now, retry_after, away)
            changed_rows(session, _held(job_id, owner).values(ended | again | {"state": JobState.QUEUED}))
    except IntegrityError:
        done = {"state": JobState.DONE, "finished_at": now, "dedupe": None}
        changed_rows(session, _held(job_id, owner).values(ended | done))
    return JobState.QUEUED


def _given_up(job: Job, now: datetime, max_attempts: int, away: Away | None) -> bool:
    if away is None:
        return job.attempts >= max_attempts
    return job.waits_since is not None and now - job.waits_since > away.patience


def _once_more(job: Job, now: datetime, retry_after: float | None, away: Away | None) -> dict[str, object]:
    if away is None:
        again = now + timedelta(seconds=back_off(job.attempts, retry_after))
        return {"not_before": again, "waits": 0, "waits_for": "", "waits_since": None}
    return {
        "not_before": now + timedelta(seconds=pause(job.waits, retry_after)),
        "attempts": max(0, job.attempts - 1),
        "waits": job.waits + 1,
        "waits_for": away.part,
        "waits_since": job.waits_since or now,
    }


def give_back(session: Session, *, owner: str, jobs: Sequence[str], now: datetime) -> int:
    """Leave these jobs to whoever comes next, at once and with no attempt used: their worker is told to stop."""
    held = update(Job).where(Job.id.in_(jobs), Job.lease_owner == owner, Job.state == JobState.LEASED)
    # Not QUEUED: a job with the same key may wait by now, and two may not. A lease that has ended says as much.
    ended = {"lease_owner": "", "lease_until": now - timedelta(seconds=1), "attempts": Job.attempts - 1}
    return changed_rows(session, held.values(ended))


def awaited(session: Session) -> set[str]:
    """The parts of the outside that some job waits for."""
    waits = select(Job.waits_for).where(Job.state == JobState.QUEUED, Job.waits_for != "")
    return set(session.scalars(waits.distinct()))


def wake(session: Session, part: str, now: datetime) -> int:
    """That part answers again: all that waits for it is due now; how many that are. They were put off, and go on
    counting from there if it does not hold."""
    put_off = update(Job).where(Job.state == JobState.QUEUED, Job.waits_for == part, Job.not_before > now)
    return changed_rows(session, put_off.values(not_before=now))


def pause(waits: int, retry_after: float | None = None) -> float:
    """Seconds until a job that was put off so often is tried again: doubled each time, the latter half by chance."""
    bound = min(LONGEST_WAIT, BACK_OFF * 2.0 ** min(waits, 30))
    return max(retry_after or 0.0, random.uniform(bound / 2, bound))


def back_off(attempts: int, retry_after: float | None = None) -> float:
    """Seconds to wait after that many attempts: evenly between 0 and a bound that doubles, on top of `retry_after`."""
    bound = min(LONGEST_BACK_OFF, BACK_OFF * 2.0 ** min(attempts - 1, 30))
    return (retry_after or 0.0) + random.uniform(0.0, bound)


def any_due(session: Session, now: datetime, kinds: Collection[str]) -> bool:
    """Whether a job of these kinds could be claimed now. Cheaper than to try: it locks nothing."""
    return session.scalar(select(Job.id).where(_claimable(now), Job.kind.in_(kinds)).limit(1)) is not None


def count_due(session: Session, now: datetime, most: int) -> int:
    """How many jobs could be claimed now, counted up to `most`."""
    some = select(Job.id).where(_claimable(now)).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def next_due(session: Session, kinds: Collection[str] | None = None) -> datetime | None:
    """The earliest moment at which a job (of these kinds) can be claimed; None if there is nothing to wait for."""
    known = true() if kinds is None else Job.kind.in_(kinds)
    queued = select(func.min(Job.not_before).label("at")).where(Job.state == JobState.QUEUED, known)
    leased = select(func.min(Job.lease_until).label("at")).where(Job.state == JobState.LEASED, known)
    moments = session.scalars(select(union_all(queued, leased).subquery().c.at))
    return min((moment for moment in moments if moment is not None), default=None)


def counts(session: Session) -> dict[str, int]:
    """How many jobs are in each state, by the state's name; all states are there."""
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {state.value: 0 for state in JobState} | {state.value: count for state, count in rows}


def prune(session: Session, before: datetime) -> int:
    """Delete jobs that were done before then; how many. Dead ones stay until somebody has looked."""
    return changed_rows(session, delete(Job).where(Job.state == JobState.DONE, Job.finished_at < before))


def _held(job_id: str, owner: str) -> Any:
    return update(Job).where(Job.id == job_id, Job.lease_owner == owner, Job.state == JobState.LEASED)


def _printable(error: str) -> str:
    """What both databases can store: PostgreSQL refuses NUL, and both refuse lone surrogates."""
    return sendable(error.replace("\x00", ""))[:LONGEST_ERROR]
