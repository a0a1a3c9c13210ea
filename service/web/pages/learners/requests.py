"""A person's own requests: what somebody needs, and what became of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from pydantic import BaseModel

from pipelines.values import AI
from service.actions.requests import need
from service.web.fields import Line, RequestId
from service.web.pages.introductions.views import OwnRequestsPage
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()


class NeedSent(BaseModel):
    """What somebody needs. `people_only`: no machine reads it."""

    text: Line = ""
    people_only: bool = False


class RequestSettlementSent(BaseModel):
    """What became of it."""

    answered: bool


@router.get("/learn/requests")
def show_requests(visit: ReadingVisit) -> PageView:
    rows = need.mine(visit.session, visit.actor)
    return OwnRequestsPage(tuple(rows), visit.now, need.LONGEST, need.SHORTEST)


@router.post("/learn/requests")
def state(visit: WritingVisit, sent: Annotated[NeedSent, Form()]) -> Goto:
    ai = AI.NONE if sent.people_only else AI.ANY
    need.state(visit.session, visit.actor, text=sent.text, ai=ai, now=visit.now)
    return Goto("/learn/requests", said="need-stated")


@router.post("/learn/requests/{id}/settle")
def settle(visit: WritingVisit, id: RequestId, sent: Annotated[RequestSettlementSent, Form()]) -> Goto:
    need.settle(visit.session, visit.actor, id, answered=sent.answered, now=visit.now)
    return Goto("/learn/requests", said="need-settled")
