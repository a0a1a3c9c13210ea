"""The learner's pages: own work with the feedback on it, and what is said and asked about that."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import Form, Query
from pydantic import BaseModel, Field

from service.actions.learners import asks, reactions, work
from service.actions.learners.asks import AskWish
from service.actions.work import submit
from service.domain.access.keys import KeyScope
from service.store.tables import AskKind
from service.web import files as web_files
from service.web.calls import Attachment
from service.web.fields import ExternalId, FileId
from service.web.needs import needs
from service.web.pages.learners.home import TypedNote
from service.web.pages.learners.views import work_page
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()

RevisionNumber = Annotated[int, Field(ge=1, le=1_000_000)]
PointTyped = Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")]
RevisionChosen = Annotated[int | None, Query(ge=1, le=1_000_000)]
AnchorTyped = Annotated[str, Field(pattern=r"^[a-z0-9-]{0,40}$")]


class Reacted(BaseModel):
    """Whether a point, or the whole, helped."""

    revision: RevisionNumber
    about: PointTyped = ""
    helpful: Literal["yes", "no", ""] = ""
    why: TypedNote = ""
    anchor: AnchorTyped = "feedback"


class AskSent(BaseModel):
    """What is asked of a person, or told."""

    revision: RevisionNumber
    point: PointTyped = ""
    kind: AskKind = AskKind.QUESTION
    text: TypedNote = ""


@router.get("/learn/work/{id}")
def show_work(visit: WritingVisit, id: ExternalId, revision: RevisionChosen = None) -> PageView:
    seen = work.show(visit.session, visit.actor, id, revision=revision, now=visit.now)
    return work_page(seen, now=visit.now)


@router.get("/learn/work/{id}/files/{file}")
def file_of_own_work(visit: ReadingVisit, id: ExternalId, file: FileId) -> Attachment:
    return web_files.of_work(visit.session, visit.actor, id, file)


@router.post("/learn/work/{id}/reactions")
def react(visit: WritingVisit, id: ExternalId, form: Annotated[Reacted, Form()]) -> Goto:
    session, actor = visit.session, visit.actor
    if not form.helpful:
        reactions.take_back(session, actor, id, about=form.about, revision=form.revision)
        return Goto(_at(id, form.revision, form.anchor), said="reaction-gone")
    helpful, said = form.helpful == "yes", form.why
    reactions.react(
        session, actor, id, about=form.about, revision=form.revision, helpful=helpful, why=said, now=visit.now
    )
    return Goto(_at(id, form.revision, form.anchor), said="reaction-kept")


@router.post("/learn/work/{id}/asks")
def ask(visit: WritingVisit, id: ExternalId, form: Annotated[AskSent, Form()]) -> Goto:
    wish = AskWish(form.text, form.kind, form.point, form.revision)
    asks.ask(visit.session, visit.actor, id, wish, now=visit.now)
    return Goto(_at(id, form.revision, "asks"), said="asked" if form.kind is AskKind.QUESTION else "replied")


@router.post("/learn/work/{id}/take-back")
@needs(KeyScope.SUBMIT)
def take_back(visit: WritingVisit, id: ExternalId) -> Goto:
    submit.withdraw(visit.session, visit.actor, id, now=visit.now)
    return Goto(f"/learn/work/{quote(id, safe='')}", said="taken-back")


def _at(id: str, revision: int, anchor: str) -> str:
    return f"/learn/work/{quote(id, safe='')}?revision={revision}#{anchor}"
