"""Passages of documents that work contradicts or that are asked about, and what is decided on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar
from urllib.parse import quote

from fastapi import Form
from pydantic import BaseModel, ConfigDict

from service.actions.questioned import make, passages
from service.actions.questioned.passages import QuestionedItem
from service.actions.questioned.shown import shown
from service.domain.questioned import QuestionedAct, QuestionedState
from service.web.fields import Line, QuestionedId, Version
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()

HERE = "/desk/context/questioned"
VIEWS: Mapping[str, str] = {
    "open": "To look at",
    "to_change": "To be changed",
    "fine": "Not a problem",
    "changed": "Changed",
}


class QuestionedDecisionSent(BaseModel):
    """The version that was seen, and why."""

    model_config = ConfigDict(frozen=True)

    version: Version
    note: Line = ""


@dataclass(frozen=True)
class QuestionedPage(PageView):
    """Passages in one state, most signs first."""

    template: ClassVar[str] = "questioned/list.html"
    view: str
    items: tuple[QuestionedItem, ...]
    counts: Mapping[str, int]
    now: datetime
    views: Mapping[str, str] = field(default_factory=lambda: VIEWS)


@router.get(HERE)
def show_questioned(visit: ReadingVisit, view: QuestionedState = QuestionedState.OPEN) -> PageView:
    items = passages.by_state(visit.session, visit.actor)
    visit.disclose(shown(visit.actor, items[view]))
    counts = {state.value: len(ones) for state, ones in items.items()}
    return QuestionedPage(view.value, items[view], counts, visit.now)


@router.post(HERE + "/look")
def search_questioned(visit: WritingVisit) -> Goto:
    make.queue_search(visit.session, visit.actor, now=visit.now)
    return Goto(HERE, said="looking")


@router.post(HERE + "/{id}/to_change")
def change(visit: WritingVisit, id: QuestionedId, sent: Annotated[QuestionedDecisionSent, Form()]) -> Goto:
    item = _decide(visit, id, QuestionedAct.TO_CHANGE, sent)
    if not item.may_edit:
        return Goto(HERE, said="saved", query={"view": QuestionedState.TO_CHANGE.value})
    return Goto(f"/desk/context/{quote(item.document, safe='')}/edit", query={"questioned": item.id})


@router.post(HERE + "/{id}/fine")
def accept(visit: WritingVisit, id: QuestionedId, sent: Annotated[QuestionedDecisionSent, Form()]) -> Goto:
    _decide(visit, id, QuestionedAct.FINE, sent)
    return Goto(HERE, said="saved")


@router.post(HERE + "/{id}/undo")
def undo(visit: WritingVisit, id: QuestionedId, sent: Annotated[QuestionedDecisionSent, Form()]) -> Goto:
    _decide(visit, id, QuestionedAct.UNDO, sent)
    return Goto(HERE, said="taken-back")


def _decide(visit: WritingVisit, id: str, act: QuestionedAct, sent: QuestionedDecisionSent) -> QuestionedItem:
    return passages.decide(visit.deciding(id, sent.version), act, note=sent.note)
