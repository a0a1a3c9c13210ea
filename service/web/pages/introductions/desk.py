"""Introductions and requests on the desk: queues, one introduction on one screen, and the decisions as forms."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Form, Query
from pydantic import BaseModel, ConfigDict

from service.actions.introductions import desk, review, suggest
from service.actions.introductions.review import IntroductionDismissalReason
from service.actions.questioned import signs
from service.actions.requests import desk as requests_desk
from service.actions.requests import found
from service.domain.requests.need import RequestState
from service.domain.roles import leads
from service.web.fields import FoundWorkId, Hash, Id, IntroductionId, Line, OwnId, RequestId, Version, Words
from service.web.pages.introductions.views import IntroductionPage, IntroductionsPage, RequestsPage
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit
from service.web.schemas.introductions import WhichIntroductions

router = pages()

HERE = "/desk/introductions"


class IntroductionSent(BaseModel):
    """What every decision carries: the version that was seen."""

    model_config = ConfigDict(frozen=True)

    version: Version


class ReviseSent(IntroductionSent):
    """All of the text."""

    reason: Words = ""
    first_brings: Words = ""
    second_brings: Words = ""
    step: Words = ""
    message_to_first: Words = ""
    message_to_second: Words = ""


class IntroductionApprovalSent(IntroductionSent):
    """The text that was seen, by its hash."""

    seen: Hash


class IntroductionDismissalSent(IntroductionSent):
    """Why not."""

    reason: IntroductionDismissalReason
    note: Line = ""


class LookSent(BaseModel):
    """For which group; empty: the whole organization."""

    group: Id | Literal[""] = ""


class FoundWorkSent(IntroductionSent):
    """The version of found work that was seen."""


class FoundWorkApprovalSent(FoundWorkSent):
    """What was seen, by its hash."""

    seen: Hash


class ReplySent(BaseModel):
    """An answer to a request."""

    text: Line = ""


@router.get(HERE)
def show_queue(visit: ReadingVisit, view: WhichIntroductions = "suggested") -> PageView:
    session, actor = visit.session, visit.actor
    return IntroductionsPage(
        view=view,
        rows=tuple(desk.queue(session, actor, view=view, now=visit.now)),
        counts=desk.counts(session, actor, now=visit.now),
        groups=tuple(suggest.choices(session, actor)),
        everywhere=leads(actor),
        now=visit.now,
    )


@router.get(HERE + "/next")
def go_on(visit: ReadingVisit, done: Annotated[OwnId | None, Query()] = None) -> Goto:
    """To whatever waits next, or to the queue."""
    waiting = desk.queue(visit.session, visit.actor, now=visit.now)
    if not waiting:
        return Goto(HERE, said="none-waits", query={"view": "approved" if done else "suggested"})
    return Goto(f"{HERE}/{waiting[0].id}", query={"done": done} if done else {})


@router.post(HERE + "/search")
def search_introductions(visit: WritingVisit, sent: Annotated[LookSent, Form()]) -> Goto:
    suggest.look_for(visit.session, visit.actor, group=sent.group or None, now=visit.now)
    return Goto(HERE, said="looking")


@router.get(HERE + "/{id}")
def show_one(visit: ReadingVisit, id: IntroductionId, done: Annotated[OwnId | None, Query()] = None) -> PageView:
    session, actor, now = visit.session, visit.actor, visit.now
    before = desk.show(session, actor, done, now=now) if done else None
    one = desk.show(session, actor, id, now=now)
    visit.disclose(desk.shown(actor, one))
    return IntroductionPage(
        one=one,
        left=desk.counts(session, actor, now=now)["suggested"],
        done=before if before is not None and before.may("undo") else None,
    )


@router.post(HERE + "/{id}/revise")
def revise(visit: WritingVisit, id: IntroductionId, sent: Annotated[ReviseSent, Form()]) -> Goto:
    review.revise(visit.deciding(id, sent.version), wording=sent.model_dump(exclude={"version"}))
    return Goto(f"{HERE}/{id}", said="saved")


@router.post(HERE + "/{id}/unquote")
def unquote(visit: WritingVisit, id: IntroductionId, sent: Annotated[IntroductionSent, Form()]) -> Goto:
    review.drop_quotes(visit.deciding(id, sent.version))
    return Goto(f"{HERE}/{id}", said="saved")


@router.post(HERE + "/{id}/approve")
def approve(visit: WritingVisit, id: IntroductionId, sent: Annotated[IntroductionApprovalSent, Form()]) -> Goto:
    review.approve(visit.deciding(id, sent.version), seen=sent.seen, undo=visit.services.undo)
    return Goto(f"{HERE}/next", query={"done": id})


@router.post(HERE + "/{id}/undo")
def undo(visit: WritingVisit, id: IntroductionId, sent: Annotated[IntroductionSent, Form()]) -> Goto:
    review.undo(visit.deciding(id, sent.version))
    return Goto(f"{HERE}/{id}", said="introduction-undone")


@router.post(HERE + "/{id}/dismiss")
def dismiss(visit: WritingVisit, id: IntroductionId, sent: Annotated[IntroductionDismissalSent, Form()]) -> Goto:
    review.dismiss(visit.deciding(id, sent.version), reason=sent.reason, note=sent.note)
    return Goto(f"{HERE}/next", said="introduction-dismissed")


@router.get("/desk/requests")
def show_requests(visit: ReadingVisit, view: RequestState = RequestState.OPEN) -> PageView:
    session, actor = visit.session, visit.actor
    is_open = view is RequestState.OPEN
    clusters = tuple(requests_desk.clusters(session, actor)) if is_open else ()
    rows = () if is_open else tuple(requests_desk.listed(session, actor, state=view))
    visit.disclose(requests_desk.shown(actor, (*rows, *(one for some in clusters for one in some.requests))))
    return RequestsPage(
        view=view.value,
        clusters=clusters,
        rows=rows,
        counts=requests_desk.counts(session, actor),
        asked_about=tuple(signs.asked_about(session, actor)) if is_open else (),
        now=visit.now,
    )


@router.post("/desk/requests/{id}/reply")
def reply(visit: WritingVisit, id: RequestId, sent: Annotated[ReplySent, Form()]) -> Goto:
    requests_desk.reply(visit.session, visit.actor, id, text=sent.text, now=visit.now)
    return Goto("/desk/requests", said="need-answered")


@router.post("/desk/requests/found/{id}/approve")
def approve_found(visit: WritingVisit, id: FoundWorkId, sent: Annotated[FoundWorkApprovalSent, Form()]) -> Goto:
    found.approve(visit.deciding(id, sent.version), seen=sent.seen, undo=visit.services.undo)
    return Goto("/desk/requests", said="found-approved")


@router.post("/desk/requests/found/{id}/undo")
def undo_found(visit: WritingVisit, id: FoundWorkId, sent: Annotated[FoundWorkSent, Form()]) -> Goto:
    found.undo(visit.deciding(id, sent.version))
    return Goto("/desk/requests", said="found-undone")


@router.post("/desk/requests/found/{id}/keep-back")
def keep_back_found(visit: WritingVisit, id: FoundWorkId, sent: Annotated[FoundWorkSent, Form()]) -> Goto:
    found.keep_back(visit.deciding(id, sent.version))
    return Goto("/desk/requests", said="found-kept-back")
