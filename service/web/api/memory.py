"""Memory of decisions: where else one fits, which contradict each other, what is asked about, and advice on words."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from service.actions.challenges import setting
from service.actions.desk import advice
from service.actions.memory import alerts, clarifying, decided, outward
from service.domain.access.keys import KeyScope
from service.web.calls import Reading, Seen, Writing, tag
from service.web.fields import AlertId, DraftId, ExternalId, PointId
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.memory import (
    AlertSettledAsked,
    AlertSettledShown,
    AlertShown,
    ChallengeQuestionsShown,
    DecisionAppliedAsked,
    DecisionAppliedList,
    DecisionAppliedToShown,
    PointAdviceAsked,
    PointAdviceList,
    PointAdviceShown,
    QuestionAnswerAsked,
    QuestionAnsweredShown,
    ReachedPointList,
    ReachedPointShown,
)

router = v1("Memory", reads=KeyScope.READ, writes=KeyScope.ACT)


@router.get("/drafts/{id}/points/{point}/reach", summary="Where else a decision would fit")
def reach(call: Reading, id: DraftId, point: PointId) -> ReachedPointList:
    """Points about the same in drafts that wait, in the groups that you review: there is one page, of the 200 most
    alike. Look before you apply a decision."""
    rows = decided.reach(call.session, call.actor, id, point)
    return ReachedPointList(items=[ReachedPointShown.of(one) for one in outward.reach(call.session, rows)])


@router.post("/drafts/{id}/points/{point}/apply", summary="Decide likewise on others")
def apply_decision(
    call: Writing, id: DraftId, point: PointId, seen: Seen, body: DecisionAppliedAsked
) -> DecisionAppliedList:
    """The decision made on this point, on the listed ones only. One whose draft has changed since is left as it is."""
    done = decided.apply_to(call.deciding(id, seen), point, to=body.targets())
    return DecisionAppliedList(items=[DecisionAppliedToShown.of(one) for one in done])


@router.post("/drafts/{id}/lint", summary="Advice on a point")
def lint(call: Reading, id: DraftId, body: PointAdviceAsked) -> PointAdviceList:
    """By the rules that drafted points are held to. It stores nothing and stands in nobody's way."""
    found = advice.on_wish(call.session, call.actor, id, body.wish())
    return PointAdviceList(items=[PointAdviceShown.of(one) for one in found])


@router.get("/challenges/{id}/alerts", summary="Opposite decisions")
def list_alerts(
    call: Reading,
    id: ExternalId,
    cut: Sliced,
    settled: Annotated[bool, Query(description="Those that were settled, instead of those that are open.")] = False,
) -> Page[AlertShown]:
    """On passages that are nearly identical, in groups that you may see both; the latest first."""
    rows = alerts.alerts(call.session, call.actor, id, settled=settled)
    seen = outward.alerts(call.session, rows)
    return cut.page_of_all(call, seen, AlertShown.of, lambda one: (-one.row.at.timestamp(), one.row.id))


@router.put("/alerts/{id}", summary="Settle an alert")
def settle_alert(call: Writing, id: AlertId, seen: Seen, body: AlertSettledAsked) -> AlertSettledShown:
    """It stays quiet until one of the two is decided on anew. Needs a person who reviews both groups."""
    row = alerts.settle(call.deciding(id, seen), right=body.right, note=body.note)
    call.headers["ETag"] = tag(row.version)
    return AlertSettledShown.of(outward.alerts(call.session, [row])[0])


@router.get("/challenges/{id}/question", summary="What facilitators are asked")
def get_question(call: Reading, id: ExternalId) -> ChallengeQuestionsShown:
    """At most one question at a time: about a criterion that decisions show not to be understood."""
    row = clarifying.challenge_questions(call.session, call.actor, id)
    call.headers["ETag"] = tag(row.version)
    challenge = setting.get(call.session, call.actor, id)
    return ChallengeQuestionsShown.of(outward.question(call.session, challenge, row))


@router.put("/challenges/{id}/question", summary="Answer it")
def answer_question(call: Writing, id: ExternalId, seen: Seen, body: QuestionAnswerAsked) -> QuestionAnsweredShown:
    """Later drafts follow the answer, and those made before it become stale. Learners are not shown it."""
    row = clarifying.answer(call.deciding(id, seen), criterion=body.criterion, text=body.answer)
    call.headers["ETag"] = tag(row.version)
    version = setting.get(call.session, call.actor, id).version
    following = row.open.criterion if row.open else None
    return QuestionAnsweredShown(criterion=body.criterion, version=version, open=following)
