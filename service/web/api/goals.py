"""The organization's goals, and the work that shows progress on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from service.actions.goals import decisions, make, progress
from service.domain.access.keys import KeyScope
from service.web.calls import Reading, Seen, Writing, tag
from service.web.fields import GoalId, OwnId
from service.web.openapi import v1
from service.web.schemas.goals import (
    GoalEvidenceAsked,
    GoalEvidenceDecided,
    GoalInFull,
    GoalPlanList,
    GoalPlanShown,
    GoalSearchShown,
)

router = v1("Goals", reads=KeyScope.READ, writes=KeyScope.ACT)

PieceId = Annotated[OwnId, Path(description="The id of the piece of work.")]


@router.get("/goals", summary="All goals, with what there is on them")
def list_goals(call: Reading) -> GoalPlanList:
    """By the documents that hold them: those with the tag `strategy` or `goals`; there is one page."""
    return GoalPlanList(items=[GoalPlanShown.of(one) for one in progress.listed(call.session, call.actor)])


@router.post("/goals/look-again", summary="Look for work again", status_code=202)
def look_for_work(call: Writing) -> GoalSearchShown:
    """For all goals. It is done beside; what was decided stays."""
    return GoalSearchShown(documents=make.search_all_again(call.session, call.actor, now=call.now))


@router.get("/goals/{id}", summary="One goal with its evidence")
def get_goal(call: Reading, id: GoalId) -> GoalInFull:
    """Work of the groups that you review, as far as its authors share it now."""
    return GoalInFull.of(progress.show(call.session, call.actor, id))


@router.post("/goals/{id}/pieces/{piece}/decide", summary="Say whether a piece shows progress")
def decide_evidence(
    call: Writing, id: GoalId, piece: PieceId, seen: Seen, body: GoalEvidenceAsked
) -> GoalEvidenceDecided:
    """By a facilitator of the work's group. Only confirmed pieces count."""
    row = decisions.decide(call.deciding(piece, seen), id, body.act)
    call.headers["ETag"] = tag(row.version)
    return GoalEvidenceDecided.of(row)
