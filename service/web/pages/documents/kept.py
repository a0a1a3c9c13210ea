"""The context documents: the organization's own documents, read by those who review and kept by its coordinators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from fastapi import Form, Query
from markupsafe import Markup
from pydantic import BaseModel, Field

from service.actions.documents import kept, versions
from service.actions.documents.kept import DocumentAtVersion, DocumentUsage, DocumentWish, ListedDocuments
from service.actions.questioned import passages as questioned_passages
from service.actions.questioned.passages import one as doubted
from service.domain.access.keys import KeyScope
from service.domain.documents import markup
from service.domain.documents.diff import changes, shortened
from service.domain.errors import PeerloomError
from service.domain.files import TAKEN as FILE_KINDS
from service.domain.files import FileKind
from service.domain.roles import require_lead
from service.domain.texts.worddiff import DiffPiece
from service.web import errors
from service.web.fields import ExternalId, Id, OneOrMore, OwnId, typed
from service.web.files import FileBody, FileChosen
from service.web.pages.forms import TAKEN, checked, lines
from service.web.pages.routes import FilePageRoute, Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, Visit, WritingVisit
from service.web.schemas.documents import DocumentAsked

router = pages(writes=KeyScope.SUBMIT)
file_router = pages(FilePageRoute, writes=KeyScope.SUBMIT)

HERE = "/desk/context"
TitleSought = Annotated[str, Query(max_length=200)]
DocumentTyped = Annotated[str, Field(max_length=1_200_000)]


class DocumentSent(BaseModel):
    """As it was typed. `kind` is `text/markdown`, `text/plain` or `html`, which becomes markdown."""

    id: DocumentTyped = ""
    title: DocumentTyped = ""
    text: DocumentTyped = ""
    kind: DocumentTyped = "text/markdown"
    tags: DocumentTyped = ""
    seen: DocumentTyped = ""


class _New(BaseModel):
    id: Id


@dataclass(frozen=True)
class ContextDocumentsPage(PageView):
    """The documents there are."""

    template: ClassVar[str] = "documents/list.html"
    shelf: ListedDocuments
    search: str
    now: datetime


@dataclass(frozen=True)
class DocumentPage(PageView):
    """One document to read, at one version. `body` is safe HTML; empty for plain text, which is shown as it is."""

    template: ClassVar[str] = "documents/document.html"
    document: DocumentAtVersion
    body: Markup
    questioned: int  # passages that wait to be looked at


@dataclass(frozen=True)
class ChangesPage(PageView):
    """What a version changed."""

    template: ClassVar[str] = "documents/changes.html"
    document: DocumentAtVersion
    pieces: tuple[DiffPiece, ...]


@dataclass(frozen=True)
class UsagePage(PageView):
    """Where its passages were used in feedback."""

    template: ClassVar[str] = "documents/usage.html"
    document: DocumentAtVersion
    usage: DocumentUsage


@dataclass(frozen=True)
class DocumentFormPage(PageView):
    """A document to write or change; what was typed, and what is wrong about it."""

    template: ClassVar[str] = "documents/form.html"
    document: DocumentAtVersion | None
    sent: DocumentSent
    faults: Mapping[str, str] = field(default_factory=dict)
    passage: str = ""  # that the change is about
    kinds: str = FILE_KINDS


@dataclass(frozen=True)
class DocumentConflictPage(PageView):
    """Somebody changed the document meanwhile: what stands there, beside what was typed."""

    template: ClassVar[str] = "documents/conflict.html"
    status: ClassVar[int] = errors.KINDS["changed-since"].status
    document: DocumentAtVersion
    sent: DocumentSent
    edits: tuple[DiffPiece, ...]


@router.get(HERE)
def shelf(visit: ReadingVisit, search: TitleSought = "", page: OneOrMore = 1) -> Shown:
    found = kept.shelf(visit.session, visit.actor, search=search.strip(), page=page)
    return ContextDocumentsPage(found, search, visit.now)


@router.get(HERE + "/new")
def new(visit: ReadingVisit) -> Shown:
    require_lead(visit.actor)
    return DocumentFormPage(None, DocumentSent())


@router.get(HERE + "/{id}")
def read(visit: ReadingVisit, id: ExternalId, version: OneOrMore | None = None) -> Shown:
    document = kept.read(visit.session, visit.actor, id, number=version)
    waits = len(questioned_passages.listed(visit.session, visit.actor, document=id))
    plain = document.media_type != "text/markdown"
    body = Markup("" if plain else markup.to_html(document.text))  # noqa: S704 - cleaned
    return DocumentPage(document, body, waits)


@router.get(HERE + "/{id}/changes")
def show_changes(visit: ReadingVisit, id: ExternalId, version: OneOrMore = 1) -> Shown:
    pieces = kept.changes(visit.session, visit.actor, id, version)
    return ChangesPage(kept.read(visit.session, visit.actor, id, number=version), pieces)


@router.get(HERE + "/{id}/usage")
def usage(visit: ReadingVisit, id: ExternalId, page: OneOrMore = 1) -> Shown:
    found = kept.usage(visit.session, visit.actor, id, page=page)
    return UsagePage(kept.read(visit.session, visit.actor, id), found)


@router.get(HERE + "/{id}/edit")
def edit(visit: ReadingVisit, id: ExternalId, questioned: OwnId | None = None) -> Shown:
    require_lead(visit.actor)
    document = kept.read(visit.session, visit.actor, id)
    passage = doubted(visit.session, visit.actor, questioned).quote if questioned else ""
    return DocumentFormPage(document, _sent(document), passage=passage)


def _sent(document: DocumentAtVersion) -> DocumentSent:
    return DocumentSent(
        id=document.id,
        title=document.title,
        text=document.text,
        kind=document.media_type,
        tags=", ".join(document.tags),
        seen=document.seen,
    )


@file_router.post(HERE)
def add(visit: WritingVisit, posted: Annotated[DocumentSent, Form()], file: FileChosen) -> Shown:
    require_lead(visit.actor)
    sent, wrong = _with_file(posted, file)
    wish, faults = _wish(sent)
    id_, bad_id = checked(_New, {"id": sent.id.strip()})
    faults = {**faults, **bad_id, **wrong}
    if wish is None or id_ is None or faults:
        return _again(visit, None, sent, faults)
    if kept.add(visit.session, visit.actor, id_.id, wish, now=visit.now) is None:
        return _again(visit, None, sent, {"id": TAKEN})
    return Goto(f"{HERE}/{quote(id_.id, safe='')}", said="saved")


@file_router.post(HERE + "/{id}")
def change(visit: WritingVisit, id: ExternalId, posted: Annotated[DocumentSent, Form()], file: FileChosen) -> Shown:
    require_lead(visit.actor)
    sent, wrong = _with_file(posted, file)
    wish, faults = _wish(sent)
    if wish is None or wrong:
        return _again(visit, kept.read(visit.session, visit.actor, id), sent, {**faults, **wrong})
    there = kept.change(visit.session, visit.actor, id, wish, seen=sent.seen, now=visit.now)
    if there is not None:
        return DocumentConflictPage(there, sent, tuple(shortened(changes(there.text, wish.text))))
    return Goto(f"{HERE}/{quote(id, safe='')}", said="saved")


@router.post(HERE + "/{id}/remove")
def remove(visit: WritingVisit, id: ExternalId) -> Shown:
    versions.remove_document(visit.session, visit.actor, id, now=visit.now)
    return Goto(HERE, said="removed")


def _again(visit: Visit, document: DocumentAtVersion | None, sent: DocumentSent, faults: Mapping[str, str]) -> PageView:
    visit.status = errors.KINDS["invalid"].status
    return DocumentFormPage(document, sent, faults)


def _wish(sent: DocumentSent) -> tuple[DocumentWish | None, dict[str, str]]:
    """What was typed as a document, HTML turned to markdown; or what is wrong."""
    text, kind, title = typed(sent.text), sent.kind, " ".join(sent.title.split())
    if kind == "html":
        with errors.Caught(ValueError) as caught:
            title, text, kind = title or markup.title_of(text), markup.from_html(text), "text/markdown"
        if caught.error is not None:
            return None, {"text": str(caught.error)}
    given: dict[str, Any] = {"title": title, "text": text, "media_type": kind, "tags": lines(sent.tags)}
    asked, faults = checked(DocumentAsked, given)
    if not text.strip():
        faults["text"] = "There is no text yet. Type or paste it, or choose a file."
    if asked is None or faults:
        return None, {name.partition(".")[0]: words for name, words in faults.items()}
    return DocumentWish(asked.title, asked.text, asked.media_type, tuple(asked.tags)), {}


def _with_file(sent: DocumentSent, file: FileBody | PeerloomError | None) -> tuple[DocumentSent, dict[str, str]]:
    """The form with the file's text in it; or what is wrong with the file. No file chosen: the form as it is."""
    if file is None:
        return sent, {}
    if isinstance(file, PeerloomError):
        return sent, {"file": file.detail}
    if not file.read.text:
        return sent, {"file": " ".join(file.read.remarks) or "There is no text in this file."}
    plain = file.read.kind in (FileKind.PDF, FileKind.PLAIN_TEXT, FileKind.CODE)
    update = {
        "text": file.read.text,
        "kind": "text/plain" if plain else "text/markdown",
        "title": sent.title or _title_from(file),
    }
    return sent.model_copy(update=update), {}


def _title_from(file: FileBody) -> str:
    page = file.read.kind is FileKind.WEB_PAGE
    found = markup.title_of(file.sent.decode("utf-8", "replace")) if page else ""
    return found or file.name.rpartition(".")[0].replace("_", " ").replace("-", " ").strip().capitalize()
