"""An erasure begins: in one transaction nobody reads any of it any more, and a job is written that takes the rest away.

Everybody who shows others' work reads anew whether it was taken back, so work is hidden by that; what else a person
said goes at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.actions.challenges import calibrating
from service.actions.erasure.reach import Erasable, Reach, named, reach
from service.domain.drafts import DraftState
from service.domain.erasure.erased import BLANK, FORMER, ErasureKind
from service.domain.errors import Conflict
from service.domain.events import Event
from service.domain.galleries import GalleryState
from service.domain.roles import Actor, require_lead
from service.domain.visibility import ShowWork
from service.store import audit, holding, jobs, outbox, visible
from service.store.erasure import replay, rows
from service.store.session import changed_rows
from service.store.tables import (
    Approval,
    Challenge,
    Credential,
    DraftRow,
    Erasure,
    Gallery,
    Group,
    Organization,
    Person,
    SignIn,
    Submission,
)

FIRST = 20
"""Priority of the job: before all that the machine would still make of it."""


def erase(session: Session, actor: Actor, kind: ErasureKind, external_id: str, *, now: datetime) -> Erasure:
    """Erase it. Raises NotAllowed, NotFound, Conflict where a person erases the own account."""
    require_lead(actor)
    row = named(session, actor.organization, kind, external_id)
    if actor.person is not None and row.id == actor.person:
        raise Conflict("You cannot erase yourself; ask another coordinator of the whole organization.")
    return hide(session, actor.organization, kind, row, by=actor.name, now=now)


def hide(session: Session, organization: str, kind: ErasureKind, row: Erasable, *, by: str, now: datetime) -> Erasure:
    """Nobody reads any of it any more. With a group, its people and challenges are erased each for itself."""
    far = reach(session, kind, row.id)
    if kind is ErasureKind.GROUP:
        _with_group(session, organization, far, by=by, now=now)
    if isinstance(row, Person):
        holding.consent_to_change(session, row.id)  # who just hands in for them is heard before this, or not at all
    _take_back(session, far, now=now)
    if kind not in (ErasureKind.CHALLENGE, ErasureKind.ORGANIZATION):
        for challenge in sorted(session.scalars(select(Submission.challenge_id).where(far.work).distinct())):
            calibrating.moved(session, challenge, now=now)
    rows.take_away(session, "submissions", far.submissions, but={"revisions", "drafts"})
    rows.take_away(session, "revisions", far.revisions, but={"drafts"})
    drafts = select(DraftRow.id).where(DraftRow.submission_id.in_(far.submissions))
    rows.take_away(session, "drafts", drafts, only={"asks", "reactions"})
    erasure = Erasure(
        organization_id=organization,
        kind=kind,
        digest=replay.digest(replay.salt(session), kind, row.id),
        subject_id=row.id,
        name=row.name if isinstance(row, Person | Group | Organization) else "",
        external_id=row.external_id,
        asked_by=by,
        counts={},
        asked_at=now,
    )
    session.add(erasure)
    session.flush()
    _unname(session, row, erasure, now=now)
    _announce(session, erasure, row.id, by=by, now=now)
    return erasure


def _with_group(session: Session, organization: str, far: Reach, *, by: str, now: datetime) -> None:
    for challenge in sorted(far.challenges):
        hide(session, organization, ErasureKind.CHALLENGE, session.get_one(Challenge, challenge), by=by, now=now)
    for person in sorted(far.people):
        hide(session, organization, ErasureKind.PERSON, session.get_one(Person, person), by=by, now=now)


def _take_back(session: Session, far: Reach, *, now: datetime) -> None:
    """All this work at once, as when each author had taken it back. Whatever is still being made comes too late."""
    of_work = DraftRow.submission_id.in_(far.submissions)
    drafts = select(DraftRow.id).where(of_work)
    done: list[Any] = [
        update(Submission).where(far.work, ~visible.withdrawn()).values(withdrawn_at=now),
        update(Approval).where(Approval.draft_id.in_(drafts), Approval.undone_at.is_(None)).values(undone_at=now),
        update(DraftRow)
        .where(of_work)
        .values(
            state=DraftState.WITHDRAWN,
            generation=DraftRow.generation + 1,
            version=DraftRow.version + 1,
            claimed_by=None,
            changed_at=now,
        ),
        update(Gallery)
        .where(Gallery.submission_id.in_(far.submissions))
        .values(state=GalleryState.WITHDRAWN, generation=Gallery.generation + 1, version=Gallery.version + 1),
    ]
    for statement in done:
        session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()


def _unname(session: Session, row: Erasable, erasure: Erasure, *, now: datetime) -> None:
    """The name goes from where it is shown; the erasure keeps it until it is taken out of all that repeats it."""
    row.external_id = f"erased-{erasure.id}"
    match row:
        case Person():
            row.name, row.language, row.erased_at = FORMER, "", now
            row.consent.show_work, row.consent.introduce, row.consent.ai = ShowWork.NO, False, AI.NONE
            row.consent.changed_at = now
            session.flush()
            rows.take_away(session, "people", [row.id], but={"submissions", "consents"})
        case Group():
            row.name = BLANK
        case Challenge():
            row.title = BLANK
            row.prompt = row.outcome = row.reference = row.notes = ""
            row.version += 1
        case Organization():
            row.name = BLANK
            session.flush()
            for table in (SignIn, Credential):
                changed_rows(session, delete(table).where(table.organization_id == row.id))
    session.flush()
    session.expire_all()


def _announce(session: Session, erasure: Erasure, subject: str, *, by: str, now: datetime) -> None:
    organization = erasure.organization_id
    kind = erasure.kind.value
    outbox.tell(session, organization, Event.ERASED, now=now, kind=kind, erasure=erasure.id)
    if erasure.kind is ErasureKind.PERSON:
        outbox.tell(session, organization, Event.PERSON_ERASED, now=now, erasure=erasure.id)
    audit.record(session, organization=organization, actor=by, act=f"erase.{kind}", subject=subject, now=now)
    jobs.enqueue(
        session,
        organization=organization,
        kind="erase",
        subject=erasure.id,
        now=now,
        dedupe=f"erase:{erasure.id}",
        priority=FIRST,
    )
