"""What would go, counted before anything does; and what was erased, as far as that is still known."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from service.actions.erasure.reach import Reach, named, reach
from service.domain.erasure.erased import ErasureKind
from service.domain.errors import NotFound
from service.domain.roles import Actor, require_lead
from service.store.tables import (
    AskRow,
    CommitmentRow,
    Disclosure,
    DraftRow,
    Erasure,
    GalleryItem,
    Introduction,
    PointRow,
    Request,
    Revision,
    SourceRow,
    Submission,
)

MOST = 200


def would_go(session: Session, actor: Actor, kind: ErasureKind, external_id: str) -> dict[str, int]:
    """How much of what, nothing left out for being none. Changes nothing. Raises NotAllowed, NotFound."""
    require_lead(actor)
    row = named(session, actor.organization, kind, external_id)
    return counts(session, reach(session, kind, row.id))


def counts(session: Session, far: Reach) -> dict[str, int]:
    """The same for what is in reach."""
    drafts = select(DraftRow.id).where(DraftRow.submission_id.in_(far.submissions))
    people = far.people
    wheres: dict[str, tuple[type, ColumnElement[bool]]] = {
        "work": (Submission, far.work),
        "revisions": (Revision, Revision.submission_id.in_(far.submissions)),
        "drafts": (DraftRow, DraftRow.submission_id.in_(far.submissions)),
        "questions": (AskRow, or_(AskRow.draft_id.in_(drafts), AskRow.person_id.in_(people))),
        "next steps": (
            CommitmentRow,
            or_(CommitmentRow.submission_id.in_(far.submissions), CommitmentRow.person_id.in_(people)),
        ),
        "requests": (Request, Request.person_id.in_(people)),
        "introductions": (Introduction, or_(Introduction.first_id.in_(people), Introduction.second_id.in_(people))),
        "quotations in others' drafts": (SourceRow, _quoted(far)),
        "places in others' galleries": (GalleryItem, GalleryItem.revision_id.in_(far.revisions)),
        "showings that stay without a name": (
            Disclosure,
            or_(Disclosure.revision_id.in_(far.revisions), Disclosure.person_id.in_(people)),
        ),
    }
    found = {
        name: session.scalar(select(func.count()).select_from(t).where(of)) or 0 for name, (t, of) in wheres.items()
    }
    return {"people": len(people), "groups": len(far.groups), "challenges": len(far.challenges), **found}


def _quoted(far: Reach) -> ColumnElement[bool]:
    """Sources in these revisions of points that are not on the same work."""
    own = (
        select(PointRow.id)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .where(DraftRow.submission_id.in_(far.submissions))
    )
    return SourceRow.owner_id.in_(far.revisions) & SourceRow.point_id.not_in(own)


def erasures(session: Session, actor: Actor) -> list[Erasure]:
    """The latest erasures of the organization. Raises NotAllowed."""
    require_lead(actor)
    query = select(Erasure).where(Erasure.organization_id == actor.organization)
    return list(session.scalars(query.order_by(Erasure.asked_at.desc(), Erasure.id.desc()).limit(MOST)))


def erasure(session: Session, actor: Actor, id_: str) -> Erasure:
    """One of them, by our own id. Raises NotAllowed, NotFound."""
    require_lead(actor)
    row = session.get(Erasure, id_)
    if row is None or row.organization_id != actor.organization:
        raise NotFound
    return row
