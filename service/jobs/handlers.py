"""What is done for each kind of job. Every handler may be run twice: a job may be handed out again at any step.

The rule of this file: no transaction is open while anything thinks or waits, and the last transaction holds both the
effect and the job's end, so that a worker that lost its lease writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import structlog
from sqlalchemy.orm import Session

from pipelines import feedback
from pipelines.drafting import may_ask
from pipelines.ports import Embedder, LanguageModel
from service.actions.briefs import wording as briefs_wording
from service.actions.bundles import take_in
from service.actions.decisions import release
from service.actions.drafts import make as drafts_make
from service.actions.drafts import read_by_model
from service.actions.drafts.guarded import guarded
from service.actions.galleries import make
from service.actions.notifications import mailing
from service.domain.events import Event
from service.domain.ids import new_id
from service.jobs import (
    assessment,
    briefs,
    calibration,
    erasure,
    following,
    galleries,
    goals,
    indexing,
    introductions,
    memory,
    notifications,
    outages,
    paying,
    questioned,
    subjects,
)
from service.jobs.leases import LeaseLost, held, keep, settle
from service.jobs.tools import JobTools
from service.store import jobs, outbox, spending
from service.store.tables import Job, JobState

log = structlog.get_logger(__name__)

SYNC_BATCH = 128
"""Index jobs done together: one embedding call and one write cost little more than for one."""


def kinds() -> frozenset[str]:
    """What can be done here, beside what integrations do. While a release is rolled out there may be jobs of a kind
    that only the new one knows: they are left to it, whole, with all their attempts."""
    return frozenset({*KINDS, "sync"})


def kinds_of_integrations(tools: JobTools) -> frozenset[str]:
    """What is done for integrations."""
    return frozenset(kind for one in tools.integrations for kind in one.kinds)


def waiting_kinds(tools: JobTools) -> frozenset[str]:
    """Of these, those that wait for machines of others."""
    return frozenset(kind for one in tools.integrations for kind in one.waiting)


def work_one(tools: JobTools, *, job: str | None = None, of: Collection[str] | None = None) -> bool:
    """Claim the most urgent job that is due (of these kinds, or of all known here; this one, if named) and do it. False
    if there was none to claim."""
    owner = new_id()
    claimed = _claim(tools, owner, job, kinds() | kinds_of_integrations(tools) if of is None else of)
    if claimed is None:
        return False
    if claimed:
        with held(tools, owner, claimed):
            _attempt(tools, owner, claimed)
    return True


def _claim(tools: JobTools, owner: str, job: str | None, of: Collection[str]) -> list[Job] | None:
    """Jobs to do, none if those that were due are not to be done; None where nothing was due."""
    with tools.sessions.writing() as session:
        claimed = _take(session, tools, owner, job=job, of=of)
        if claimed and claimed[0].kind == "sync":
            claimed += _take(session, tools, owner, limit=SYNC_BATCH - 1, of=["sync"])
        dead = jobs.buried(session)
        others = subjects.foreign(session, [*claimed, *dead], _subjects(tools))
        for one in dead:
            if one.id not in others:
                _give_up(session, tools, one, one.last_error)
            one.told_at = tools.now()
        _leave_alone(session, tools, owner, [one for one in claimed if one.id in others])
        return [one for one in claimed if one.id not in others] if claimed else None


def _subjects(tools: JobTools) -> dict[str, tuple[type[Any], ...]]:
    found = dict(subjects.SUBJECTS)
    for one in tools.integrations:
        found |= one.subjects
    return found


def _leave_alone(session: Session, tools: JobTools, owner: str, claimed: Iterable[Job]) -> None:
    """Jobs about what is another organization's end here: nothing of it is read, and nobody is told of it."""
    for job in claimed:
        settle(session, tools, owner, job)
        log.error("job left alone: its subject is another organization's", job=job.id, kind=job.kind)


def _take(
    session: Session,
    tools: JobTools,
    owner: str,
    *,
    of: Collection[str],
    job: str | None = None,
    limit: int = 1,
) -> list[Job]:
    return jobs.claim(
        session,
        owner=owner,
        now=tools.now(),
        lease=tools.lease,
        limit=limit,
        job=job,
        kinds=of,
        max_attempts=tools.attempts,
    )


def _attempt(tools: JobTools, owner: str, claimed: list[Job]) -> None:
    """Do the jobs. Whatever goes wrong ends here: it is told, tried again later, or given up with its reason."""
    try:
        _do(tools, owner, claimed)
        outages.over(tools, {job.waits_for for job in claimed} - {""})
    except LeaseLost as lost:
        log.warning("lease lost; nothing was written", job=str(lost), kind=claimed[0].kind)
    except Exception as trouble:
        if len(claimed) > 1 and not outages.away(trouble):
            _one_by_one(tools, owner, claimed)
            return
        for job in claimed:
            _failed(tools, owner, job, trouble)


def _do(tools: JobTools, owner: str, claimed: list[Job]) -> None:
    if claimed[0].kind == "sync":
        indexing.run(tools, owner, claimed)
        return
    doing = dict(KINDS)
    for one in tools.integrations:
        doing |= one.kinds
    for job in claimed:
        doing[job.kind](tools, owner, job)
        log.info("job done", job=job.id, kind=job.kind, subject=job.subject_id, request_id=job.request_id)


def _one_by_one(tools: JobTools, owner: str, claimed: list[Job]) -> None:
    """A batch failed: one of them may be at fault, and the others should not wait for it."""
    for job in claimed:
        _attempt(tools, owner, [job])


def _failed(tools: JobTools, owner: str, job: Job, trouble: Exception) -> None:
    part = outages.away(trouble)
    said = f"{type(trouble).__name__}: {trouble}"[:500]
    log.warning("job failed", job=job.id, kind=job.kind, subject=job.subject_id, error=said, exc_info=not part)
    outages.until_written(tools, lambda: _write_failure(tools, owner, job, trouble, said))


def _write_failure(tools: JobTools, owner: str, job: Job, trouble: Exception, said: str) -> None:
    part = outages.away(trouble)
    with tools.sessions.writing() as session:
        state = jobs.fail(
            session,
            job.id,
            owner=owner,
            now=tools.now(),
            error=said,
            retry_after=getattr(trouble, "retry_after", None),
            max_attempts=tools.attempts,
            away=jobs.Away(part, tools.patience) if part else None,
        )
        if state in (JobState.DEAD, JobState.QUEUED):  # else another worker has the job, and what is set aside for it
            spending.release(session, job.id)
        if state is JobState.DEAD:
            _give_up(session, tools, job, said)
        elif state is JobState.QUEUED and job.kind == "draft":
            drafts_make.requeue(session, job.subject_id, job.generation, now=tools.now())


def _give_up(session: Session, tools: JobTools, job: Job, said: str) -> None:
    """The job is dead: whoever waits for it is told, in the same transaction (rule 7)."""
    now = tools.now()
    if job.kind == "mail" and job.waits_since is not None:  # nothing is lost, and nobody has anything to mend here
        mailing.put_back(session, job.subject_id, now=now)
        return
    tried = f"{job.attempts} tries" if job.waits_since is None else f"{tools.patience.total_seconds() / 3600:g} hours"
    if job.kind == "draft":
        reason = f"No draft could be made after {tried} ({said}). Write it yourself, or ask for another draft."
        drafts_make.fail(session, job.subject_id, job.generation, drafts_make.GAVE_UP, reason, now=now)
    if job.kind == "gallery":
        reason = f"Nothing could be chosen after {tried} ({said}). Choose by hand, or have it chosen anew."
        make.fail(session, job.subject_id, job.generation, reason, now=now)
    if job.kind == "brief":
        briefs_wording.fail(session, job.subject_id, job.generation, f"It failed {job.attempts} times ({said}).")
    outbox.tell(
        session, job.organization_id, Event.JOB_FAILED, now=now, job=job.id, kind=job.kind, subject=job.subject_id
    )


def _draft(tools: JobTools, owner: str, job: Job) -> None:
    embedder = tools.embedder(job.organization_id)
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        brief = drafts_make.begin(session, job.subject_id, job.generation, now=tools.now(), embedder=embedder.name)
        if brief is None:  # withdrawn, superseded or taken over by a person meanwhile
            settle(session, tools, owner, job)
            return
        model = None if brief.judge_first else paying.affordable(session, tools, job, brief)
        asked = model is not None and may_ask(brief, model)
        others = guarded(session, brief) if asked else ()
    made = feedback.make(brief, _tools(tools, embedder, model), guarded=others)
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        cost = paying.book(session, tools, job, made.usage)
        sent = paying.asked(model)
        if sent is not None and may_ask(brief, sent):
            told = read_by_model.told(job.subject_id, sent.name, local=sent.local)
            read_by_model.note(session, {brief.submission, *made.sent}, told, now=tools.now())
        drafts_make.finish(session, job.subject_id, job.generation, made, now=tools.now(), cost=cost)
        settle(session, tools, owner, job)


def _tools(tools: JobTools, embedder: Embedder, model: LanguageModel | None) -> feedback.Tools:
    return feedback.Tools(
        embedder=embedder,
        shelves=tools.shelves,
        desks=tools.desks,
        model=model,
        fallback=tools.fallback,
        budget=tools.budget,
    )


def _release(tools: JobTools, owner: str, job: Job) -> None:
    with tools.sessions.writing() as session:
        release.release_due(session, job.subject_id, now=tools.now())  # False: undone or withdrawn meanwhile
        settle(session, tools, owner, job)


def _import(tools: JobTools, owner: str, job: Job) -> None:
    more = True
    while more:
        with tools.sessions.writing() as session:
            keep(session, tools, owner, job)
            more = take_in.take_chunk(session, job.subject_id, now=tools.now())
            if not more:
                settle(session, tools, owner, job)


def _fit(tools: JobTools, owner: str, job: Job) -> None:
    fitted = assessment.fit(tools, job.organization_id)
    with tools.sessions.writing() as session:
        assessment.store(session, job.organization_id, fitted, now=tools.now())
        settle(session, tools, owner, job)


KINDS: dict[str, Callable[[JobTools, str, Job], None]] = {
    "draft": _draft,
    "release": _release,
    "import": _import,
    "fit": _fit,
    "gallery": galleries.make,
    "gallery_again": galleries.again,
    "gallery_show": galleries.show,
    "introduce": introductions.introduce,
    "ask": introductions.ask,
    "request": introductions.request,
    "found_show": introductions.show_found,
    "question": questioned.find_questioned,
    "goals": goals.find_goals_and_work,
    "uptake": following.compare_uptake,
    "oppose": memory.compare,
    "brief": briefs.word,
    "calibrate": calibration.calibrate,
    "criteria": calibration.look_at_criteria,
    "erase": erasure.erase,
    "notify": notifications.notify,
    "mail": notifications.mail,
}
"""Every kind but `sync`, which is done in batches."""
