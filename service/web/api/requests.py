"""What learners need, what speaks to it, and what many need."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Query

from service.actions.questioned import signs
from service.actions.requests import desk, found, need
from service.actions.requests.desk import DeskRequest
from service.domain.access.keys import KeyScope
from service.domain.requests.need import RequestState
from service.web.calls import Call, Reading, Seen, Writing
from service.web.fields import FoundWorkId, RequestId
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.requests import (
    DeskRequestShown,
    FoundWorkApprovedAsked,
    FoundWorkDecided,
    OwnRequestList,
    PassageAskedAboutShown,
    RequestAsked,
    RequestClusterShown,
    RequestNeedsShown,
    RequestReplyAsked,
    RequestSettledAsked,
    RequestShown,
    RequestStateShown,
)

router = v1("Requests", reads=KeyScope.READ, writes=KeyScope.ACT)


@router.post("/requests", summary="State a need", status_code=201)
def state_request(call: Writing, body: RequestAsked) -> RequestStateShown:
    """People, work and documents that speak to it are looked for; your facilitators see it. With a person's token."""
    return RequestStateShown.of(need.state(call.session, call.actor, text=body.text, ai=body.ai, now=call.now))


@router.get("/requests", summary="Requests of those whom you review")
def list_requests(
    call: Reading, cut: Sliced, state: Annotated[RequestState, Query(description="Which ones.")] = RequestState.OPEN
) -> Page[DeskRequestShown]:
    """Open, answered or closed; the latest first."""
    rows = desk.listed(call.session, call.actor, state=state, after=cut.after, limit=cut.wanted)
    return cut.page(call, rows, partial(_shown, call), lambda one: one.id)


def _shown(call: Call, one: DeskRequest) -> DeskRequestShown:
    """Whose words are in what is sent is told, and of no more than that."""
    call.disclose(desk.shown(call.actor, [one]))
    return DeskRequestShown.of(one)


@router.get("/requests/mine", summary="Your own requests")
def get_own_requests(call: Reading) -> OwnRequestList:
    """The latest first, with what was found, as far as you may see it now; there is one page."""
    return OwnRequestList(items=[RequestShown.of(one) for one in need.mine(call.session, call.actor)])


@router.get("/requests/needs", summary="What many need")
def get_needs(call: Reading) -> RequestNeedsShown:
    """Open requests that ask for the same, and passages of documents that several people ask about."""
    clustered = desk.clusters(call.session, call.actor)
    about = signs.asked_about(call.session, call.actor)
    call.disclose(desk.shown(call.actor, (one for some in clustered for one in some.requests)))
    return RequestNeedsShown(
        clusters=[RequestClusterShown.of(one) for one in clustered],
        asked_about=[PassageAskedAboutShown.of(one) for one in about],
    )


@router.post("/requests/found/{id}/approve", summary="Let found work be shown to whoever asked")
def approve_found_work(call: Writing, id: FoundWorkId, seen: Seen, body: FoundWorkApprovedAsked) -> FoundWorkDecided:
    """It is shown when the undo window has passed. 412 if it reads otherwise than what was seen."""
    at, undo = call.deciding(id, seen), call.services.undo
    return FoundWorkDecided.of(found.approve(at, seen=body.seen, undo=undo))


@router.post("/requests/found/{id}/undo", summary="Take the approval of found work back")
def undo_found_work(call: Writing, id: FoundWorkId, seen: Seen) -> FoundWorkDecided:
    """As long as the undo window is open."""
    return FoundWorkDecided.of(found.undo(call.deciding(id, seen)))


@router.post("/requests/found/{id}/keep-back", summary="Do not show found work")
def keep_back_found_work(call: Writing, id: FoundWorkId, seen: Seen) -> FoundWorkDecided:
    """What is shown already is taken back."""
    return FoundWorkDecided.of(found.keep_back(call.deciding(id, seen)))


@router.post("/requests/{id}/reply", summary="Answer a request")
def reply_to_request(call: Writing, id: RequestId, body: RequestReplyAsked) -> RequestStateShown:
    """In your own words; its author reads them at once."""
    return RequestStateShown.of(desk.reply(call.session, call.actor, id, text=body.text, now=call.now))


@router.post("/requests/{id}/settle", summary="Say what became of your request")
def settle_request(call: Writing, id: RequestId, body: RequestSettledAsked) -> RequestStateShown:
    """It is answered, or you do not need it any more."""
    return RequestStateShown.of(need.settle(call.session, call.actor, id, answered=body.answered, now=call.now))
