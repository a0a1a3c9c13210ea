"""The organization's own documents."""

from __future__ import annotations

from service.actions.documents import versions
from service.actions.drafts import read
from service.domain.access.keys import KeyScope
from service.store.tables import Document
from service.web.calls import Reading, Writing
from service.web.fields import ExternalId
from service.web.openapi import made, v1
from service.web.paging import Page, Sliced
from service.web.schemas.documents import DocumentAsked, DocumentInFull, DocumentShown

router = v1("Context", reads=KeyScope.READ, writes=KeyScope.SUBMIT)


@router.put("/context/{id}", summary="Make or change a document", responses=made(DocumentInFull))
def put_document(call: Writing, id: ExternalId, body: DocumentAsked) -> DocumentInFull:
    """Another text is a new version; what was drafted from the old one still cites the old one."""
    row, created = versions.put_document(call.session, call.actor, id, **body.model_dump(), now=call.now)
    call.made(created)
    return DocumentInFull.with_text(versions.with_text(call.session, row))


@router.get("/context/{id}", summary="Read a document")
def get_document(call: Reading, id: ExternalId) -> DocumentInFull:
    """With the text of its latest version."""
    return DocumentInFull.with_text(
        versions.with_text(call.session, versions.get_document(call.session, call.actor, id))
    )


@router.get("/context", summary="List documents")
def list_documents(call: Reading, cut: Sliced) -> Page[DocumentShown]:
    """Without their texts."""
    rows = read.page(call.session, call.actor, Document, after=cut.after, limit=cut.wanted)
    return cut.page(call, rows, DocumentShown.of, lambda row: row.id)


@router.delete("/context/{id}", summary="Remove a document", status_code=204)
def remove_document(call: Writing, id: ExternalId) -> None:
    """From now on nothing cites it, and what cited it says that the source is no longer there."""
    versions.remove_document(call.session, call.actor, id, now=call.now)
