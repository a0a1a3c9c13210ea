"""Takes away what was erased: rows and words in steps, then vectors, the index's files and the database's.

Files are written anew once for all erasures that wait: it costs as much for one as for a hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import structlog
from sqlalchemy import delete, select

from pipelines.ports import Rewriting
from service.actions.erasure import finish
from service.domain.erasure.erased import ErasureState
from service.domain.texts import digest
from service.jobs import indexing
from service.jobs.indexed import everything
from service.jobs.leases import keep, settle
from service.jobs.tools import JobTools
from service.store.erasure import bytes as data_files
from service.store.erasure import rows
from service.store.session import changed_rows
from service.store.tables import Erasure, Job, JobState, Organization, VectorRow

log = structlog.get_logger(__name__)

StepTaken = Callable[[str], None]
"""Told what was just done, in a few words."""


def erase(tools: JobTools, owner: str, job: Job) -> None:
    """One erasure. The last of those that wait has the files written anew."""
    while not _step(tools, owner, job):
        pass
    write_anew(tools, job=job.id)
    with tools.sessions.writing() as session:
        if session.get(Organization, job.organization_id) is not None:  # else the job went with it
            settle(session, tools, owner, job)


def _step(tools: JobTools, owner: str, job: Job) -> bool:
    """Whether that was all."""
    with tools.sessions.reading() as session:
        erasure = session.get(Erasure, job.subject_id)
        step = finish.plan(session, erasure) if erasure is not None else None
    if step is None:
        return True
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        finish.carry_out(session, session.get_one(Erasure, job.subject_id), step, now=tools.now())
    return False


def write_anew(tools: JobTools, told: StepTaken = lambda _: None, *, job: str = "") -> int:
    """Write the files anew for all erasures whose rows are gone, unless jobs other than this one wait that will do so;
    for how many. May be called again after any crash."""
    coming = (Job.kind == "erase", Job.state.in_((JobState.QUEUED, JobState.LEASED)), Job.id != job)
    with tools.sessions.reading() as session:
        waiting = session.scalar(select(Job.id).where(*coming).limit(1))
        gone = session.scalars(select(Erasure).where(Erasure.state == ErasureState.GONE)).all()
    if waiting is not None or not gone:
        return 0
    left = _rewrite(tools, gone, told)
    with tools.sessions.writing() as session:
        finish.done(session, [one.id for one in gone], left, now=tools.now())
    return len(gone)


def _rewrite(tools: JobTools, gone: Sequence[Erasure], told: StepTaken) -> str:
    for organization in sorted({one.organization_id for one in gone}):
        sweep_vectors(tools, organization)
        told("vectors")
        parts = {part for one in gone if one.organization_id == organization for part in one.counts.get("parts", ())}
        rewrite_index(tools, organization, indexing.collections(organization, sorted(parts)))
        told("index")
    left = data_files.write_anew(tools.sessions.engine)
    told("database")
    return left


def sweep_vectors(tools: JobTools, organization: str) -> int:
    """Forget vectors of texts that nobody says any more; how many. What is needed again is made again."""
    with tools.sessions.reading() as session:
        if session.get(Organization, organization) is None:
            return 0
        said = {digest(text) for text in _texts(tools, organization)}
        known = session.scalars(select(VectorRow.text_hash).where(VectorRow.organization_id == organization)).all()
    nobodys = sorted(set(known) - said)
    for part in rows.chunks(nobodys):
        with tools.sessions.writing() as session:
            of = VectorRow.organization_id == organization
            changed_rows(session, delete(VectorRow).where(of, VectorRow.text_hash.in_(part)))
    return len(nobodys)


def _texts(tools: JobTools, organization: str) -> Iterable[str]:
    """All that the index is made of, as it is embedded."""
    with tools.sessions.reading() as session:
        subjects = everything(session, organization)
    for at in range(0, len(subjects), indexing.AT_ONCE):
        yield from indexing.texts(tools, organization, subjects[at : at + indexing.AT_ONCE])


def rewrite_index(tools: JobTools, organization: str, names: Sequence[str]) -> None:
    """What belongs to no row leaves these collections, and what was deleted leaves their files."""
    indexing.drop_strays(tools, organization, names)
    if isinstance(tools.index, Rewriting) and tools.index.rewrite(names):
        indexing.rebuild(tools, organization, lambda _done, _all: None)  # another process may have written meanwhile
