"""Jobs that are in trouble: those that were given up, which can be taken up again, and those that wait for something
outside. For who leads the whole organization; an operator sees all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.actions.briefs import wording
from service.actions.drafts import make as drafts_make
from service.actions.galleries import make as galleries_make
from service.domain.errors import NotFound, NotNow
from service.domain.roles import Actor, require_lead
from service.store import audit
from service.store.tables import Job, JobState

AT_ONCE = 500
"""Jobs taken up again in one transaction."""


def dead(session: Session, actor: Actor, *, after: str | None = None, limit: int = AT_ONCE) -> list[Job]:
    """Jobs that were given up, the newest first. Raises NotAllowed."""
    return _some(session, _of(actor, JobState.DEAD), after, limit)


def waiting(session: Session, actor: Actor, *, after: str | None = None, limit: int = AT_ONCE) -> list[Job]:
    """Jobs that wait for something outside that did not answer, the newest first. Raises NotAllowed."""
    return _some(session, _of(actor, JobState.QUEUED).where(Job.waits_for != ""), after, limit)


def retry(session: Session, actor: Actor, id_: str, *, now: datetime) -> Job:
    """Take up a job that was given up, with all its attempts, as if it were new; what it was for waits for it again.

    Raises NotAllowed; NotFound; NotNow if it was not given up.
    """
    row = session.scalar(_of(actor).where(Job.id == id_).with_for_update(key_share=True))
    if row is None:
        raise NotFound
    if row.state is not JobState.DEAD:
        raise NotNow("This job was not given up; there is nothing to take up again.")
    _revive(session, row, now=now)
    act, facts = "job.retry", {"kind": row.kind}
    audit.record(session, organization=row.organization_id, actor=actor.name, act=act, subject=id_, now=now, **facts)
    return row


def retry_all(session: Session, actor: Actor, *, now: datetime) -> int:
    """The same for all that were given up, some at once; how many. Call it until it is 0. Raises NotAllowed."""
    rows = dead(session, actor)
    for row in rows:
        retry(session, actor, row.id, now=now)
    return len(rows)


def _of(actor: Actor, *states: JobState) -> Select[Job]:
    require_lead(actor)
    query = select(Job).where(Job.organization_id == actor.organization)
    return query.where(Job.state.in_(states)) if states else query


def _some(session: Session, query: Select[Job], after: str | None, limit: int) -> list[Job]:
    if after is not None:
        query = query.where(Job.id < after)
    return list(session.scalars(query.order_by(Job.id.desc()).limit(limit)))


def _revive(session: Session, row: Job, *, now: datetime) -> None:
    match row.kind:
        case "draft":
            row.generation = drafts_make.wait_again(session, row.subject_id, row.generation, now=now)
        case "gallery":
            galleries_make.wait_again(session, row.subject_id, row.generation, now=now)
        case "brief":
            wording.wait_again(session, row.subject_id, row.generation)
    session.flush()
    try:
        with session.begin_nested():
            row.state, row.attempts, row.not_before, row.finished_at, row.told_at = JobState.QUEUED, 0, now, None, None
            row.waits, row.waits_for, row.waits_since = 0, "", None
            session.flush()
    except IntegrityError:  # a job with the same key was asked for meanwhile: that one does it
        session.refresh(row)
        row.state, row.dedupe = JobState.DONE, None
