"""The organization's own documents. A new text is a new version; the old one stays for what was drafted from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.drafts import outdated
from service.actions.goals import make
from service.actions.work import consequences
from service.domain.documents import markup
from service.domain.errors import Invalid, NotFound
from service.domain.roles import Actor, require_lead
from service.domain.texts import digest, rich
from service.store import audit, find
from service.store.tables import Document, DocumentVersion


@dataclass(frozen=True, slots=True)
class DocumentWithText:
    """A document with the text of its latest version, if that was asked for."""

    row: Document
    text: str


def put_document(
    session: Session,
    actor: Actor,
    external_id: str,
    *,
    title: str,
    text: str,
    media_type: str = "text/markdown",
    tags: Sequence[str] = (),
    now: datetime,
) -> tuple[Document, bool]:
    """Make or change a context document. The same text again is the same version. HTML is kept as markdown, also what a
    rich-text editor wrote and nobody called so. Raises Invalid for HTML of which no text is left."""
    require_lead(actor)
    text, media_type = _as_kept(text, media_type)
    row = find.maybe(session, Document, actor.organization, external_id)
    created = row is None
    if row is None:
        row = Document(
            organization_id=actor.organization, external_id=external_id, title=title, version=0, created_at=now
        )
        session.add(row)
        session.flush()
    as_it_was = (row.title, row.media_type, row.removed_at is None)
    with_tags = (*as_it_was, row.tags)
    row.title, row.media_type, row.tags, row.removed_at = title, media_type, list(tags), None
    new_text = created or text_of(session, row).text_hash != digest(text)
    if new_text:
        row.version += 1
        session.add(
            DocumentVersion(
                organization_id=row.organization_id,
                document_id=row.id,
                number=row.version,
                text=text,
                text_hash=digest(text),
                created_at=now,
            )
        )
        session.flush()
    if new_text or as_it_was != (title, media_type, True):
        consequences.sync(session, actor.organization, [row.id], now=now)
    if new_text or with_tags != (title, media_type, True, list(tags)):
        make.changed(session, row, now=now)
    if new_text or not as_it_was[2]:
        outdated.document_changed(session, row, now=now)
    if new_text or with_tags != (title, media_type, True, list(tags)):
        _record(session, actor, "context.put", row, now=now, version=row.version)
    return row, created


def _as_kept(text: str, media_type: str) -> tuple[str, str]:
    if media_type != rich.HTML and (media_type == rich.PLAIN or not rich.looks_like_an_editors(text)):
        return text, media_type
    try:
        kept = markup.from_html(text)
    except ValueError as error:
        raise Invalid(str(error)) from error
    if not kept.strip():
        raise Invalid("There is no text in this HTML.")
    return kept, "text/markdown"


def text_of(session: Session, document: Document) -> DocumentVersion:
    """The latest version's row."""
    return session.scalars(
        select(DocumentVersion).where(
            DocumentVersion.document_id == document.id, DocumentVersion.number == document.version
        )
    ).one()


def get_document(session: Session, actor: Actor, external_id: str) -> Document:
    """A document that has not been removed. Raises NotFound."""
    row = find.one(session, Document, actor.organization, external_id)
    if row.removed_at is not None:
        raise NotFound
    return row


def remove_document(session: Session, actor: Actor, external_id: str, *, now: datetime) -> None:
    """Nothing cites it from now on; what was released with it says that the source is no longer there."""
    require_lead(actor)
    row = get_document(session, actor, external_id)
    row.removed_at = now
    session.flush()
    outdated.document_changed(session, row, now=now)
    consequences.sync(session, actor.organization, [row.id], now=now)
    _record(session, actor, "context.remove", row, now=now)


def _record(session: Session, actor: Actor, act: str, row: Document, *, now: datetime, **facts: object) -> None:
    audit.record(session, organization=actor.organization, actor=actor.name, act=act, subject=row.id, now=now, **facts)


def with_text(session: Session, row: Document) -> DocumentWithText:
    return DocumentWithText(row, text_of(session, row).text)
