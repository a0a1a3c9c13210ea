"""A facilitator's decisions. Every one names the version that was seen, and answers with the draft as it is then."""

from __future__ import annotations

from typing import Any

from service.actions.decisions import assigning, judging, points, release, review
from service.actions.decisions import claim as decisions_claim
from service.actions.drafts import outward
from service.actions.memory import alerts
from service.domain.access.keys import KeyScope
from service.store.tables import DraftRow
from service.web.calls import Call, Seen, Writing, tag
from service.web.fields import DraftId, ExternalId, PointId
from service.web.openapi import v1
from service.web.schemas.decisions import (
    AssignmentAsked,
    AssignmentShown,
    AssignmentTakenBackAsked,
    AssignmentTakenBackShown,
    CriterionReadingsAsked,
    DraftApprovedAsked,
    DraftChangeAsked,
    DraftClaimedAsked,
    DraftDeclinedAsked,
    DraftRedraftedAsked,
    DraftRetractedAsked,
    PointAcceptedAsked,
    PointAsked,
    PointDecidedAsked,
    PointDismissedAsked,
)
from service.web.schemas.drafts import DraftDecided, DraftShown

router = v1("Review", reads=KeyScope.READ, writes=KeyScope.ACT)

_ETAG: dict[str, Any] = {"headers": {"ETag": {"$ref": "#/components/headers/ETag"}}}
_OK: dict[int | str, dict[str, Any]] = {200: _ETAG}
_NO_REASON, _NO_TAKE_OVER, _NO_INSTRUCTION = DraftDeclinedAsked(), DraftClaimedAsked(), DraftRedraftedAsked()
_NO_WHY = DraftRetractedAsked()


def _shown(call: Call, row: DraftRow) -> DraftShown:
    call.headers["ETag"] = tag(row.version)
    return DraftShown.of(outward.drafts(call.session, call.actor, [row])[0])


def _decided(call: Call, row: DraftRow) -> DraftDecided:
    call.headers["ETag"] = tag(row.version)
    return DraftDecided.at(outward.drafts(call.session, call.actor, [row])[0], alerts.raised_by(call.session, row))


@router.post("/drafts/{id}/points", summary="Add a point of your own", status_code=201, responses={201: _ETAG})
def add_point(call: Writing, id: DraftId, seen: Seen, body: PointAsked) -> DraftDecided:
    """At most three points reach a learner; a quotation must be in the submission letter for letter."""
    return _decided(call, points.add_point(call.deciding(id, seen), wish=body.wish()))


@router.patch("/drafts/{id}/points/{point}", summary="Accept, edit or dismiss a point", responses=_OK)
def decide_point(call: Writing, id: DraftId, point: PointId, seen: Seen, body: PointDecidedAsked) -> DraftDecided:
    """A dismissed point, and what is nearly the same, does not come back on this challenge."""
    at = call.deciding(id, seen)
    if isinstance(body, PointAcceptedAsked):
        return _decided(call, points.accept_point(at, point))
    if isinstance(body, PointDismissedAsked):
        why = body.reason_code.value
        return _decided(call, points.dismiss_point(at, point, reason_code=why, note=body.note))
    return _decided(call, points.edit_point(at, point, text=body.text))


@router.patch("/drafts/{id}", summary="Change the summary or the judgement", responses=_OK)
def change_draft(call: Writing, id: DraftId, seen: Seen, body: DraftChangeAsked) -> DraftShown:
    """The judgement is for colleagues and for later drafts; the learner is not shown it."""
    summary, version = body.summary, seen
    if summary is not None:
        row = points.set_summary(call.deciding(id, seen), text=summary)
        version = row.version
    if body.judges:
        at, standing = call.deciding(id, version), body.standing
        row = points.judge(at, standing=standing, score=body.score, criteria=body.judgements)
    return _shown(call, row)


@router.put("/drafts/{id}/readings", summary="Judge how the work stands", responses=_OK)
def judge(call: Writing, id: DraftId, seen: Seen, body: CriterionReadingsAsked) -> DraftDecided:
    """Criterion by criterion, each at its place. Feedback is composed from that at once, to be edited and approved."""
    return _decided(call, judging.read(call.deciding(id, seen), body.wishes(), call.services.drafter))


@router.post("/drafts/{id}/approve", summary="Approve exactly the text seen", responses=_OK)
def approve(call: Writing, id: DraftId, seen: Seen, body: DraftApprovedAsked) -> DraftDecided:
    """It is released when the undo window has passed. 412 if the text is another than the one seen."""
    return _decided(call, review.approve(call.deciding(id, seen), seen=body.seen, undo=call.services.undo))


@router.post("/drafts/{id}/undo", summary="Take an approval back", responses=_OK)
def undo(call: Writing, id: DraftId, seen: Seen) -> DraftShown:
    """As long as it is not released."""
    return _shown(call, review.undo(call.deciding(id, seen)))


@router.post("/drafts/{id}/decline", summary="Give no feedback on this", responses=_OK)
def decline(call: Writing, id: DraftId, seen: Seen, body: DraftDeclinedAsked = _NO_REASON) -> DraftShown:
    """It can be reopened."""
    at, why = call.deciding(id, seen), body.reason_code
    return _shown(call, review.decline(at, reason_code=why, note=body.note))


@router.post("/drafts/{id}/reopen", summary="Look again", responses=_OK)
def reopen(call: Writing, id: DraftId, seen: Seen) -> DraftShown:
    """At what was declined or taken back."""
    return _shown(call, review.reopen(call.deciding(id, seen)))


@router.post("/drafts/{id}/redraft", summary="Have it drafted anew", responses=_OK)
def redraft(call: Writing, id: DraftId, seen: Seen, body: DraftRedraftedAsked = _NO_INSTRUCTION) -> DraftShown:
    """With a word on what to do differently, if you like."""
    return _shown(call, review.redraft(call.deciding(id, seen), instruction=body.instruction))


@router.post("/drafts/{id}/release", summary="Release what is approved at once", responses=_OK)
def release_now(call: Writing, id: DraftId, seen: Seen) -> DraftShown:
    """Without waiting for the undo window."""
    return _shown(call, release.release(call.deciding(id, seen)))


@router.post("/drafts/{id}/retract", summary="Take released feedback back", responses=_OK)
def retract(call: Writing, id: DraftId, seen: Seen, body: DraftRetractedAsked = _NO_WHY) -> DraftShown:
    """From now on the learner does not read it. It can be reopened and approved again."""
    return _shown(call, release.retract(call.deciding(id, seen), reason=body.reason))


@router.post("/drafts/{id}/write", summary="Write it by hand", responses=_OK)
def write(call: Writing, id: DraftId, seen: Seen) -> DraftShown:
    """Takes a draft that is stuck, or still with the machine; what the machine makes is dropped."""
    return _shown(call, review.write(call.deciding(id, seen)))


@router.post("/drafts/{id}/claim", summary="Say that you are at it", responses=_OK)
def claim(call: Writing, id: DraftId, seen: Seen, body: DraftClaimedAsked = _NO_TAKE_OVER) -> DraftShown:
    """For a quarter of an hour others are told so, and `next` passes it over for them."""
    over = body.take_over
    return _shown(call, decisions_claim.be_at(call.session, call.actor, id, version=seen, take_over=over, now=call.now))


@router.post("/drafts/{id}/hand-back", summary="Leave it to whoever comes next", responses=_OK)
def hand_back(call: Writing, id: DraftId, seen: Seen) -> DraftShown:
    """Ends your claim."""
    return _shown(call, decisions_claim.let_go(call.session, call.actor, id, version=seen))


@router.post("/challenges/{id}/assignment", summary="Give waiting drafts to colleagues by shares")
def assign_drafts(call: Writing, id: ExternalId, body: AssignmentAsked) -> AssignmentShown:
    """With a coordinator's token. Without `seen` you look, and nothing is given; with it, exactly what was looked at is
    handed over, for two days. What somebody is at or has begun stays, and nobody gets work of their own."""
    if body.seen is None:
        found = assigning.proposed(call.session, call.actor, id, body.weights, now=call.now)
        return AssignmentShown.model_validate(found)
    done = assigning.assign(call.session, call.actor, id, body.weights, seen=body.seen, now=call.now)
    return AssignmentShown.model_validate(done).model_copy(update={"given_at": call.now})


@router.post("/challenges/{id}/assignment/take-back", summary="Take back drafts that were given by shares")
def take_assignment_back(call: Writing, id: ExternalId, body: AssignmentTakenBackAsked) -> AssignmentTakenBackShown:
    """Those that you gave at that moment. The same again takes back nothing."""
    count = assigning.take_back(call.session, call.actor, id, at=body.given_at, now=call.now)
    return AssignmentTakenBackShown(taken_back=count)
