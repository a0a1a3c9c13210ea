"""What several commands share: the parts, the operator as an actor, and doing work until there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service import wiring
from service.actions.access import on_behalf, organizations
from service.cli.console import settings
from service.domain.access.keys import KeyScope, scopes_in
from service.domain.drafts import DraftState
from service.domain.errors import Invalid, NotFound
from service.domain.roles import Actor, CredentialReach
from service.jobs.data_folder import DataFolder, FolderTaken
from service.settings import Dispatch, Settings
from service.store import migrate
from service.store.tables import Credential, DraftRow, ImportRun, Job, JobState, Organization

OfOrganization = Annotated[
    str | None, typer.Option(help="External id of the organization; needed where there are several.")
]
LOOK_SECONDS = 0.2
"""How often progress is looked at."""


def opened() -> wiring.Parts:
    """The parts, with a database that is as this version needs it: made so where it is our own file, else checked."""
    chosen = settings()
    parts = wiring.build(chosen)
    if chosen.embedded:
        migrate.upgrade(parts.sessions.engine)
    else:
        migrate.check(parts.sessions.engine)
    return parts


@dataclass(frozen=True, slots=True)
class OrganizationProgress:
    """How far an organization's work has come, counted in the database."""

    lines: int
    lines_done: int
    to_index: int
    drafts: int
    to_draft: int
    jobs: int

    @property
    def done(self) -> bool:
        return self.jobs == 0 and self.lines_done == self.lines


def progress(session: Session, organization: str, now: datetime) -> OrganizationProgress:
    """What is done and what is left at this moment; a job that may not begin yet is not waited for."""
    lines, kept, failed = session.execute(
        select(func.sum(ImportRun.lines), func.sum(ImportRun.kept), func.sum(ImportRun.failed)).where(
            ImportRun.organization_id == organization
        )
    ).one()
    running = session.scalar(
        select(func.count()).where(ImportRun.organization_id == organization, ImportRun.state != "finished")
    )
    waiting = select(func.count()).where(
        Job.organization_id == organization,
        Job.state.in_((JobState.QUEUED, JobState.LEASED)),
        or_(
            Job.not_before <= now, Job.attempts > 0, Job.waits > 0
        ),  # one that is put off after a failure is still waited for
    )
    drafts = select(func.count()).where(DraftRow.organization_id == organization)
    in_work = drafts.where(DraftRow.state.in_((DraftState.WAITING, DraftState.DRAFTING)))
    return OrganizationProgress(
        lines=lines or 0,
        lines_done=(kept or 0) + (failed or 0) if running else lines or 0,
        to_index=session.scalar(waiting.where(Job.kind == "sync")) or 0,
        drafts=session.scalar(drafts) or 0,
        to_draft=session.scalar(in_work) or 0,
        jobs=session.scalar(waiting) or 0,
    )


@contextmanager
def alone(settings: Settings, parts: wiring.Front) -> Iterator[bool]:
    """While the block runs, no other process does jobs in this data folder, and the database is as this version needs
    it. False: another one does them, here or elsewhere."""
    if settings.dispatch is Dispatch.CELERY:
        migrate.check(parts.sessions.engine)
        yield False
        return
    folder = DataFolder(settings.data)
    try:
        folder.take()
    except FolderTaken:
        migrate.check(parts.sessions.engine)
        yield False
        return
    try:
        if settings.embedded:
            migrate.upgrade(parts.sessions.engine)
        else:
            migrate.check(parts.sessions.engine)
        yield True
    finally:
        folder.free()


@contextmanager
def working(settings: Settings, parts: wiring.Parts) -> Iterator[bool]:
    """While the block runs, this process does the jobs, if nobody else does: False says that another process does.

    What thinks is imported here: a command that lists keys need not wait for it.
    """
    with alone(settings, parts) as here:
        if not here:
            yield False
            return
        from service.jobs.inline import take_over
        from service.jobs.lanes import threads_for

        if settings.embedded:
            take_over(parts)
        threads = threads_for(parts, settings.worker_threads)
        threads.start()
        try:
            yield True
        finally:
            threads.stop()


def wait(
    parts: wiring.Front,
    organization: str,
    show: Callable[[OrganizationProgress], None],
    enough: Callable[[OrganizationProgress], bool] = lambda now: now.done,
) -> OrganizationProgress:
    """Until nothing of the organization's work is left, or what there is is `enough`, showing how far it is."""
    while True:
        with parts.sessions.reading() as session:
            now = progress(session, organization, parts.now())
        show(now)
        if enough(now):
            return now
        time.sleep(LOOK_SECONDS)


def organization(session: Session, external_id: str | None) -> Organization:
    """The organization named; the only one there is, if none is named. Raises NotFound, Invalid."""
    if external_id is not None:
        return organizations.named(session, external_id)
    there = session.scalars(select(Organization).order_by(Organization.external_id).limit(20)).all()
    if not there:
        raise NotFound("There is no organization yet. `peerloom demo` makes one, and so does `peerloom import`.")
    if len(there) > 1:
        raise Invalid(f"Say which organization, with --organization: {', '.join(row.external_id for row in there)}.")
    return there[0]


def operator(session: Session, row: Organization) -> Actor:
    """Whoever sits at this machine, acting for the whole organization, by its newest key that may stand in for people,
    where there is one; of those with the most scopes, since what is made with it has no others."""
    keys = session.scalars(
        select(Credential)
        .where(
            Credential.organization_id == row.id,
            Credential.reach == CredentialReach.PLATFORM,
            Credential.revoked_at.is_(None),
        )
        .order_by(Credential.id.desc())
    )
    now = datetime.now(UTC)
    good = [key for key in keys if not key.groups and on_behalf.lives(session, key, now=now)]
    able = [key for key in good if KeyScope.ACT in scopes_in(key.scopes)]
    newest = max(able, key=lambda key: (len(scopes_in(key.scopes)), key.id), default=None)
    return Actor(row.id, newest.id if newest else "operator", CredentialReach.PLATFORM)
