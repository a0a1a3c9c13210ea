"""The one way of every approval, whatever it is of: given for exactly what was seen, undone while that is open, let out
when it is due and still stands. What else happens to a draft, a gallery or an introduction is written with each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.domain import drafts, galleries, introductions
from service.domain.access import organization_settings
from service.domain.audit import salted
from service.domain.lifecycle import Lifecycle
from service.domain.requests import found as found_work
from service.store import audit, jobs
from service.store.tables import (
    Approval,
    DraftRow,
    FoundWork,
    FoundWorkApproval,
    FoundWorkShowing,
    Gallery,
    GalleryApproval,
    GalleryShowing,
    Introduction,
    IntroductionApproval,
    IntroductionQuestion,
    Organization,
    Release,
)
from service.store.tables.approvals import ApprovalColumns, ReleaseColumns

Approvable = DraftRow | Gallery | Introduction | FoundWork
A = TypeVar("A", bound=ApprovalColumns)
R = TypeVar("R", bound=Approvable)
WhenUndone = Callable[[Deciding, R, str, str, Any], object]
"""Records, as each kind does, that this person did this act, and puts the thing into the state it leads to."""

UNDO: Final = timedelta(seconds=10)
"""How long an approval can be undone where neither the organization nor the installation says so."""
SOMEBODY_WAITS: Final = 20
"""Priority of letting out over all other work: it is quickly done, and its hour was promised."""


@dataclass(frozen=True, slots=True)
class ApprovalKind(Generic[A]):
    """One kind of what is approved. `name` begins its acts in the trail, `subject` is the column that names what an
    approval and a release are of, `job` lets it out, and `release` is how the trail calls that."""

    name: str
    subject: str
    life: Lifecycle[Any, Any, Any]
    approvals: type[A]
    releases: type[ReleaseColumns]
    job: str
    release: str


DRAFT: Final = ApprovalKind("draft", "draft_id", drafts.LIFE, Approval, Release, "release", "release")
GALLERY: Final = ApprovalKind(
    "gallery", "gallery_id", galleries.LIFE, GalleryApproval, GalleryShowing, "gallery_show", "show"
)
INTRODUCTION: Final = ApprovalKind(
    "introduction", "introduction_id", introductions.LIFE, IntroductionApproval, IntroductionQuestion, "ask", "ask"
)
FOUND_WORK: Final = ApprovalKind(
    "found_work", "found_id", found_work.LIFE, FoundWorkApproval, FoundWorkShowing, "found_show", "show"
)


def in_force(session: Session, kind: ApprovalKind[A], subject: str) -> A | None:
    """The approval that was not undone, if there is one."""
    rows, of = kind.approvals, getattr(kind.approvals, kind.subject)
    query = select(rows).where(of == subject, rows.undone_at.is_(None)).order_by(rows.id.desc()).limit(1)
    return session.scalars(query).one_or_none()


def undo_window(session: Session, organization: str, otherwise: timedelta) -> timedelta:
    """How long an approval can be undone: what the organization says, for all that is approved; else what is given."""
    seconds = session.get_one(Organization, organization).settings.get(organization_settings.UNDO)
    return otherwise if seconds is None else timedelta(seconds=float(seconds))


def give(
    session: Session,
    kind: ApprovalKind[A],
    row: Approvable,
    person: str,
    approved: tuple[str, Mapping[str, Any]],
    *,
    undo: timedelta = UNDO,
    told: Mapping[str, object] | None = None,
    now: datetime,
    **facts: Any,
) -> A:
    """Keep that this person approved this (hash, body), and have it let out when the undo window has passed. `told`
    goes into the trail with it."""
    release_at = now + undo_window(session, row.organization_id, undo)
    approval = keep(session, kind, row, person, approved, release_at=release_at, told=told, now=now, **facts)
    jobs.enqueue(
        session,
        organization=row.organization_id,
        kind=kind.job,
        subject=row.id,
        now=now,
        not_before=release_at,
        dedupe=f"{kind.job}:{approval.id}",
        priority=SOMEBODY_WAITS,
    )
    return approval


def keep(
    session: Session,
    kind: ApprovalKind[A],
    row: Approvable,
    person: str,
    approved: tuple[str, Mapping[str, Any]],
    *,
    release_at: datetime,
    told: Mapping[str, object] | None = None,
    now: datetime,
    act: str = "approve",
    **facts: Any,
) -> A:
    """Write down who approved what. `facts` are columns of this kind's own."""
    text_hash, body = approved
    approval = kind.approvals(
        organization_id=row.organization_id,
        text_hash=text_hash,
        body=dict(body),
        facilitator_id=person,
        approved_at=now,
        release_at=release_at,
        **{kind.subject: row.id},
        **facts,
    )
    session.add(approval)
    session.flush()
    _trail(session, kind, row, f"person:{person}", act, approval, now, **(told or {}))
    return approval


def undo(at: Deciding, kind: ApprovalKind[A], opened: tuple[R, str], decided: WhenUndone[R]) -> R:
    """Take back what was approved, before it is let out; `opened` is the thing as it was seen, held, and who decides.
    Raises NotNow."""
    row, person = opened
    act, by = kind.life.undo
    state = kind.life.step(row.state, act, by)
    end(at.session, kind, row, now=at.now)
    decided(at, row, person, act.value, state)
    return row


def end(session: Session, kind: ApprovalKind[A], row: Approvable, *, now: datetime) -> None:
    """The approval in force, if any, holds no more."""
    approval = in_force(session, kind, row.id)
    if approval is not None:
        approval.undone_at = now


def due(session: Session, kind: ApprovalKind[A], row: Approvable, *, now: datetime) -> A | None:
    """The approval by which this is to be let out now; None if it does not stand approved, or can still be undone."""
    approval = in_force(session, kind, row.id) if row.state is kind.life.approved else None
    return approval if approval is not None and approval.release_at <= now else None


def let_out(session: Session, kind: ApprovalKind[A], row: Approvable, approval: A, by: str, *, now: datetime) -> None:
    """The one place where anything approved comes out; the database refuses it without its approval."""
    release = kind.releases(
        organization_id=row.organization_id,
        text_hash=approval.text_hash,
        approval_id=approval.id,
        released_at=now,
        **{kind.subject: row.id},
    )
    session.add(release)
    session.flush()
    _trail(session, kind, row, by, kind.release, approval, now)


def _trail(
    session: Session,
    kind: ApprovalKind[A],
    row: Approvable,
    by: str,
    act: str,
    approval: A,
    now: datetime,
    **told: object,
) -> None:
    """The text by a digest that nobody can try words against once the approval, whose id salts it, is erased."""
    audit.record(
        session,
        organization=row.organization_id,
        actor=by,
        act=f"{kind.name}.{act}",
        subject=row.id,
        now=now,
        text_digest=salted(approval.text_hash, approval.id),
        **told,
    )
