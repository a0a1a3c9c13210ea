"""The context documents as people read and keep it: documents, their versions, what changed, and where they were used.

Writes go through `context`, which platforms use as well; here a person's change is refused if somebody else was first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from pipelines.values import SourceKind
from service.actions.documents import versions as documents_versions
from service.domain.documents import diff
from service.domain.drafts import DraftState
from service.domain.errors import NotFound
from service.domain.roles import Actor, leads, require_desk, require_lead, visible_groups
from service.domain.texts import digest
from service.domain.texts.worddiff import DiffPiece
from service.store import find, visible
from service.store.tables import (
    Challenge,
    Document,
    DocumentVersion,
    DraftRow,
    Person,
    PointRow,
    SourceRow,
    Submission,
)

PAGE = 50


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document in the list. `used` counts points that rest on it, in drafts that the actor may see."""

    id: str
    title: str
    tags: tuple[str, ...]
    version: int
    changed_at: datetime
    characters: int
    used: int


@dataclass(frozen=True, slots=True)
class ListedDocuments:
    """A page of the library. `total` is how many documents there are to the search."""

    documents: tuple[ListedDocument, ...]
    total: int
    page: int
    pages: int
    may_write: bool


@dataclass(frozen=True, slots=True)
class VersionListed:
    """One version; the first is 1."""

    number: int
    at: datetime
    characters: int


@dataclass(frozen=True, slots=True)
class DocumentAtVersion:
    """A document to read, at one version. `seen` marks all that can be changed, to tell whether somebody did."""

    id: str
    title: str
    media_type: str
    tags: tuple[str, ...]
    text: str
    number: int
    latest: int
    versions: tuple[VersionListed, ...]
    seen: str
    may_write: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A point that rests on a passage, in a draft that the actor may see."""

    draft: str
    person: str
    challenge: str
    state: DraftState
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class PassageUsed:
    """A passage of the document, as it was quoted, with the points that rest on it."""

    version: int
    quote: str
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class DocumentUsage:
    """Where a document was used: `total` points, of which a page is here."""

    passages: tuple[PassageUsed, ...]
    total: int
    page: int
    pages: int


def shelf(session: Session, actor: Actor, *, search: str = "", page: int = 1) -> ListedDocuments:
    """Documents by title, those that were removed left out. Raises NotAllowed for learners."""
    require_desk(actor)
    found = select(Document).where(Document.organization_id == actor.organization, ~visible.removed())
    if search:
        found = found.where(Document.title.icontains(search, autoescape=True))
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    latest = (DocumentVersion.document_id == Document.id) & (DocumentVersion.number == Document.version)
    rows = session.execute(
        found.add_columns(DocumentVersion.created_at, func.length(DocumentVersion.text))
        .join(DocumentVersion, latest)
        .order_by(func.lower(Document.title), Document.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    used = _counts(session, actor, [row[0].id for row in rows])
    kept = tuple(
        ListedDocument(row.external_id, row.title, tuple(row.tags), row.version, at, length, used.get(row.id, 0))
        for row, at, length in rows
    )
    return ListedDocuments(kept, total, page, pages, leads(actor))


def _counts(session: Session, actor: Actor, documents: Sequence[str]) -> dict[str, int]:
    query = _uses(actor, DocumentVersion.document_id, func.count()).where(DocumentVersion.document_id.in_(documents))
    return dict(session.execute(query.group_by(DocumentVersion.document_id)).all())


def _uses(actor: Actor, *columns: Any) -> Select[Any]:
    """Sources that are passages of documents, of points as drafts stand now, that the actor may see."""
    query = (
        select(*columns)
        .select_from(SourceRow)
        .join(DocumentVersion, DocumentVersion.id == SourceRow.owner_id)
        .join(PointRow, PointRow.id == SourceRow.point_id)
        .join(DraftRow, (DraftRow.id == PointRow.draft_id) & (DraftRow.generation == PointRow.generation))
        .where(
            SourceRow.kind == SourceKind.CONTEXT,
            SourceRow.organization_id == actor.organization,
            DraftRow.state != DraftState.WITHDRAWN,
        )
    )
    groups = visible_groups(actor)
    return query if groups is None else query.where(DraftRow.group_id.in_(groups))


def read(session: Session, actor: Actor, external_id: str, *, number: int | None = None) -> DocumentAtVersion:
    """A document at a version, the latest if none is given. Raises NotAllowed, NotFound."""
    require_desk(actor)
    row = documents_versions.get_document(session, actor, external_id)
    text = session.scalar(
        select(DocumentVersion.text).where(
            DocumentVersion.document_id == row.id, DocumentVersion.number == (number or row.version)
        )
    )
    if text is None:
        raise NotFound(f"There is no version {number} of this document.")
    versions = session.execute(
        select(DocumentVersion.number, DocumentVersion.created_at, func.length(DocumentVersion.text))
        .where(DocumentVersion.document_id == row.id)
        .order_by(DocumentVersion.number.desc())
    ).all()
    return DocumentAtVersion(
        row.external_id,
        row.title,
        row.media_type,
        tuple(row.tags),
        text,
        number or row.version,
        row.version,
        tuple(VersionListed(*one) for one in versions),
        _mark(row),
        leads(actor),
    )


def _mark(row: Document) -> str:
    return digest("\n".join((str(row.version), row.title, row.media_type, *row.tags)))


def changes(session: Session, actor: Actor, external_id: str, number: int) -> tuple[DiffPiece, ...]:
    """What version `number` changed in the one before; of the first, all is added. Raises NotAllowed, NotFound."""
    now = read(session, actor, external_id, number=number)
    before = read(session, actor, external_id, number=number - 1).text if number > 1 else ""
    return tuple(diff.shortened(diff.changes(before, now.text)))


def usage(session: Session, actor: Actor, external_id: str, *, page: int = 1) -> DocumentUsage:
    """Passages of a document by version and place, each with the points that rest on it. Raises as `read`."""
    require_desk(actor)
    row = documents_versions.get_document(session, actor, external_id)
    of = DocumentVersion.document_id == row.id
    total = session.scalar(_uses(actor, func.count()).where(of)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    columns = (SourceRow.ref_id, DocumentVersion.number, SourceRow.quote, DraftRow.id, Person.name, Challenge.title)
    rows = session.execute(
        _uses(actor, *columns, DraftRow.state, PointRow.kind, PointRow.text)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .join(Challenge, Challenge.id == DraftRow.challenge_id)
        .where(of)
        .order_by(DocumentVersion.number.desc(), SourceRow.start, SourceRow.ref_id, PointRow.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    found: dict[str, tuple[int, str, list[Use]]] = {}
    for ref, version, quote, draft, person, challenge, state, kind, text in rows:
        uses = found.setdefault(ref, (version, quote, []))[2]
        uses.append(Use(draft, person, challenge, state, kind, text))
    passages = tuple(PassageUsed(version, quote, tuple(uses)) for version, quote, uses in found.values())
    return DocumentUsage(passages, total, page, pages)


@dataclass(frozen=True, slots=True)
class DocumentWish:
    """All of a document, as somebody wants it."""

    title: str
    text: str
    media_type: str = "text/markdown"
    tags: tuple[str, ...] = ()


def add(session: Session, actor: Actor, external_id: str, wish: DocumentWish, *, now: datetime) -> Document | None:
    """A new document; None if there is one by that id already. Raises NotAllowed."""
    require_lead(actor)
    there = find.maybe(session, Document, actor.organization, external_id)
    if there is not None and there.removed_at is None:
        return None
    return _put(session, actor, external_id, wish, now=now)


def change(
    session: Session, actor: Actor, external_id: str, wish: DocumentWish, *, seen: str, now: datetime
) -> DocumentAtVersion | None:
    """Store the wish; if somebody has changed the document since `seen`, store nothing and give what stands there.

    Raises NotAllowed, NotFound.
    """
    require_lead(actor)
    row = find.one(session, Document, actor.organization, external_id)
    session.refresh(row, with_for_update={"key_share": True})
    if row.removed_at is not None:
        raise NotFound("Somebody removed this document meanwhile. What you typed is still in the page before.")
    if _mark(row) != seen:
        return read(session, actor, external_id)
    _put(session, actor, external_id, wish, now=now)
    return None


def _put(session: Session, actor: Actor, external_id: str, wish: DocumentWish, *, now: datetime) -> Document:
    row, _ = documents_versions.put_document(
        session,
        actor,
        external_id,
        title=wish.title,
        text=wish.text,
        media_type=wish.media_type,
        tags=wish.tags,
        now=now,
    )
    return row
