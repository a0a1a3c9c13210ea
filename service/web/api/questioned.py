"""Passages of documents that work contradicts, or that are asked about."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from service.actions.questioned import find, passages
from service.domain.questioned import QuestionedState
from service.web.calls import Reading, Writing
from service.web.docs import v1
from service.web.fields import QuestionedId
from service.web.schemas.questioned import (
    QuestionedDecisionAsked,
    QuestionedList,
    QuestionedSearchShown,
    QuestionedShown,
)

router = v1("Context")


@router.get("/questioned", summary="Passages that work contradicts")
def list_questioned(
    call: Reading, state: Annotated[QuestionedState, Query(description="Which ones.")] = QuestionedState.OPEN
) -> QuestionedList:
    """Or that are asked about; most signs first. Only what you may read of others' work now. With a person's token."""
    return QuestionedList(
        items=[QuestionedShown.of(one) for one in passages.listed(call.session, call.actor, state=state)]
    )


@router.post("/questioned/look", summary="Compare the documents with what people write", status_code=202)
def look_for_questioned(call: Writing) -> QuestionedSearchShown:
    """It is done by a job; nothing is decided."""
    find.look(call.session, call.actor, now=call.now)
    return QuestionedSearchShown(state="queued")


@router.post("/questioned/{id}/decide", summary="Say what becomes of a questioned passage")
def decide_on_questioned(call: Writing, id: QuestionedId, body: QuestionedDecisionAsked) -> QuestionedShown:
    """`to_change`: closed by itself with the version that changes the passage. `fine`: not asked again for as long as
    the passage reads as it does. `undo` takes either back."""
    found = passages.decide(
        call.session, call.actor, id, body.domain_act, version=body.version, note=body.note, now=call.now
    )
    return QuestionedShown.of(found)
