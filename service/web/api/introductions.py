"""Who should meet whom: a facilitator decides, the two answer, each for themselves."""

from __future__ import annotations

from typing import Any

from service.actions.introductions import answers, desk, own, review, suggest
from service.domain.access.keys import KeyScope
from service.web.calls import Call, Reading, Seen, Writing, tag
from service.web.fields import IntroductionId
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.introductions import (
    IntroductionAnswerAsked,
    IntroductionApprovedAsked,
    IntroductionDecided,
    IntroductionDismissedAsked,
    IntroductionListed,
    IntroductionReportAsked,
    IntroductionRevisedAsked,
    IntroductionSearchAsked,
    IntroductionSearchShown,
    IntroductionShown,
    OwnIntroductionList,
    WhichIntroductions,
)

router = v1("Introductions", reads=KeyScope.READ, writes=KeyScope.ACT)

_OK: dict[int | str, dict[str, Any]] = {200: {"headers": {"ETag": {"$ref": "#/components/headers/ETag"}}}}
_NOBODY = IntroductionSearchAsked()


def _own(call: Call) -> OwnIntroductionList:
    """Kept for repeats without who it was: by then they may wish it no longer."""
    shown = OwnIntroductionList.of(own.mine(call.session, call.actor, now=call.now))
    call.secret = shown.model_copy(update={"items": []}).model_dump_json()
    return shown


@router.get("/introductions", summary="Introductions to decide on")
def list_introductions(call: Reading, cut: Sliced, view: WhichIntroductions = "suggested") -> Page[IntroductionListed]:
    """Of people in groups that you review, the likeliest to be useful first. What single people answered is told to
    nobody."""
    rows = desk.queue(call.session, call.actor, view=view, after=cut.after, limit=cut.wanted, now=call.now)
    return cut.page(call, rows, IntroductionListed.of, lambda row: row.id)


@router.post("/introductions/search", summary="Have introductions looked for", status_code=202)
def look_for_introductions(call: Writing, body: IntroductionSearchAsked = _NOBODY) -> IntroductionSearchShown:
    """For a person, a group, or the organization. What is found waits for facilitators; nobody is asked before."""
    suggest.look_for(call.session, call.actor, person=body.person, group=body.group, now=call.now)
    return IntroductionSearchShown()


@router.get("/introductions/mine", summary="Your own introductions")
def get_own_introductions(call: Reading) -> OwnIntroductionList:
    """What you are asked, and to whom you were introduced, as far as it is not over. With a token of a person. There is
    one page."""
    return _own(call)


@router.get("/introductions/{id}", summary="One introduction to decide on", responses=_OK)
def get_introduction(call: Reading, id: IntroductionId) -> IntroductionShown:
    """With what both bring, the passages that show it, and the text to approve."""
    found = desk.show(call.session, call.actor, id, now=call.now)
    call.headers["ETag"] = tag(found.line.version)
    call.disclose(desk.shown(call.actor, found))
    return IntroductionShown.of(found)


@router.patch("/introductions/{id}", summary="Change the text")
def revise_introduction(
    call: Writing, id: IntroductionId, seen: Seen, body: IntroductionRevisedAsked
) -> IntroductionDecided:
    """An approval ends with it."""
    return IntroductionDecided.of(review.revise(call.deciding(id, seen), wording=body.wording()))


@router.post("/introductions/{id}/approve", summary="Approve exactly the text seen")
def approve_introduction(
    call: Writing, id: IntroductionId, seen: Seen, body: IntroductionApprovedAsked
) -> IntroductionDecided:
    """Both are asked, separately, when the undo window has passed."""
    at, undo = call.deciding(id, seen), call.services.undo
    return IntroductionDecided.of(review.approve(at, seen=body.seen, undo=undo))


@router.post("/introductions/{id}/undo", summary="Take the approval back")
def undo_introduction(call: Writing, id: IntroductionId, seen: Seen) -> IntroductionDecided:
    """As long as nobody was asked."""
    return IntroductionDecided.of(review.undo(call.deciding(id, seen)))


@router.post("/introductions/{id}/dismiss", summary="Decide against it")
def dismiss_introduction(
    call: Writing, id: IntroductionId, seen: Seen, body: IntroductionDismissedAsked
) -> IntroductionDecided:
    """These two are not suggested to each other again. Where both were asked, it closes for both."""
    at = call.deciding(id, seen)
    return IntroductionDecided.of(review.dismiss(at, reason=body.reason, note=body.note))


@router.post("/introductions/{id}/answer", summary="Say whether you would like to be introduced")
def answer_introduction(call: Writing, id: IntroductionId, body: IntroductionAnswerAsked) -> OwnIntroductionList:
    """Only two yeses introduce. A no is told to nobody: the other sees what they would see without any answer.
    Given again for its Idempotency-Key, the list is empty: read it anew."""
    answers.answer(call.session, call.actor, id, yes=body.yes, now=call.now)
    return _own(call)


@router.post("/introductions/{id}/report", summary="Say whether you met, and whether it was useful")
def report_introduction(call: Writing, id: IntroductionId, body: IntroductionReportAsked) -> OwnIntroductionList:
    """Later suggestions learn from it. Given again for its Idempotency-Key, the list is empty: read it anew."""
    answers.report(call.session, call.actor, id, met=body.met, useful=body.useful, note=body.note, now=call.now)
    return _own(call)
