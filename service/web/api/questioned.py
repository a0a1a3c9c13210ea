"""Passages of documents that work contradicts, or that are asked about."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Query

from service.actions.questioned import make, passages
from service.actions.questioned.passages import QuestionedItem
from service.actions.questioned.shown import shown
from service.domain.access.keys import KeyScope
from service.domain.questioned import QuestionedState
from service.web.calls import Call, Reading, Seen, Writing
from service.web.fields import QuestionedId
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.questioned import (
    QuestionedDecisionAsked,
    QuestionedSearchShown,
    QuestionedShown,
)

router = v1("Context", reads=KeyScope.READ, writes=KeyScope.ACT)


@router.get("/questioned", summary="Passages that work contradicts")
def list_questioned(
    call: Reading,
    cut: Sliced,
    state: Annotated[QuestionedState, Query(description="Which ones.")] = QuestionedState.OPEN,
) -> Page[QuestionedShown]:
    """Or that are asked about; most signs first. Only what you may read of others' work now. With a person's token."""
    found = passages.listed(call.session, call.actor, state=state)
    return cut.page_of_all(call, found, partial(_shown, call), lambda one: (-one.signs, one.title, one.id))


@router.post("/questioned/look", summary="Compare the documents with what people write", status_code=202)
def look_for_questioned(call: Writing) -> QuestionedSearchShown:
    """It is done by a job; nothing is decided."""
    make.queue_search(call.session, call.actor, now=call.now)
    return QuestionedSearchShown(state="queued")


@router.post("/questioned/{id}/decide", summary="Say what becomes of a questioned passage")
def decide_on_questioned(call: Writing, id: QuestionedId, seen: Seen, body: QuestionedDecisionAsked) -> QuestionedShown:
    """`to_change`: closed by itself with the version that changes the passage. `fine`: not asked again for as long as
    the passage reads as it does. `undo` takes either back."""
    return _shown(call, passages.decide(call.deciding(id, seen), body.domain_act, note=body.note))


def _shown(call: Call, one: QuestionedItem) -> QuestionedShown:
    """Whose words are in what is sent is told, and of no more than that."""
    call.disclose(shown(call.actor, [one]))
    return QuestionedShown.of(one)
