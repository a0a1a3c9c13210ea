"""What the vector index should hold, read from the rows: for a revision, a context document, or a decided point.

The Library's rules (`service.store.visible`), but for those that ask who the reader is: the index may hold what a
reader may not see, since everything found is read again under a scope; it may not hold what no machine may read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, select, true
from sqlalchemy.orm import Session

from pipelines.values import Shelf
from service.store.tables import (
    Consent,
    Document,
    DocumentVersion,
    DraftRow,
    PointRow,
    PointState,
    Revision,
    Submission,
)
from service.store.visible import latest, machines_may, precedent


@dataclass(frozen=True, slots=True)
class IndexShare:
    """One thing's share of the index. `owners` are all ids under which it may be there; `owner` is the one that should
    be, with its text, or empty if nothing of it should."""

    subject: str
    shelf: Shelf
    part: str  # challenge, or organization for context
    owners: tuple[str, ...]
    owner: str = ""
    text: str = ""
    title: str = ""
    media_type: str = "text/plain"

    @property
    def collection(self) -> str:
        return f"{self.shelf.value}-{self.part}"


def wanted(session: Session, organization: str, subjects: Sequence[str]) -> dict[str, IndexShare]:
    """By subject; one that has no row any more is left out."""
    found = [
        *(_work(row) for row in session.execute(_revisions(organization, subjects))),
        *(_point(row) for row in session.execute(_points(organization, subjects))),
        *_documents(session, organization, subjects),
    ]
    return {one.subject: one for one in found}


def _revisions(organization: str, subjects: Sequence[str]) -> Select[Any]:
    stays = and_(machines_may(), latest())
    return (
        select(
            Revision.id,
            Submission.challenge_id,
            stays.label("stays"),
            case((stays, Revision.text), else_="").label("text"),
        )
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(Revision.organization_id == organization, Revision.id.in_(subjects))
    )


def _work(row: Any) -> IndexShare:
    return IndexShare(row.id, Shelf.WORK, row.challenge_id, (row.id,), row.id if row.stays else "", row.text)


def _points(organization: str, subjects: Sequence[str]) -> Select[Any]:
    stays = precedent()
    return (
        select(
            PointRow.id,
            DraftRow.challenge_id,
            stays.label("stays"),
            case((stays, PointRow.quote), else_="").label("text"),
        )
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(PointRow.organization_id == organization, PointRow.id.in_(subjects))
    )


def _point(row: Any) -> IndexShare:
    return IndexShare(row.id, Shelf.PRECEDENTS, row.challenge_id, (row.id,), row.id if row.stays else "", row.text)


def _documents(session: Session, organization: str, subjects: Sequence[str]) -> Iterable[IndexShare]:
    rows = session.execute(
        select(Document, DocumentVersion.id, DocumentVersion.number, DocumentVersion.text)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .where(Document.organization_id == organization, Document.id.in_(subjects))
        .order_by(Document.id, DocumentVersion.number)
    )
    found: dict[str, IndexShare] = {}
    for document, version, number, text in rows:
        before = found[document.id].owners if document.id in found else ()
        latest = document.removed_at is None and number == document.version
        found[document.id] = IndexShare(
            document.id,
            Shelf.CONTEXT,
            organization,
            (*before, version),
            version if latest else "",
            text if latest else "",
            document.title,
            document.media_type,
        )
    return found.values()


def everything(session: Session, organization: str) -> list[str]:
    """All subjects of an organization that the index might hold."""
    decided = PointRow.state != PointState.PROPOSED
    queries: tuple[tuple[Any, ColumnElement[bool]], ...] = (
        (Revision, true()),
        (Document, true()),
        (PointRow, decided),
    )
    return [
        id_
        for table, condition in queries
        for id_ in session.scalars(select(table.id).where(table.organization_id == organization, condition))
    ]
