"""Learners' solutions, the feedback on them, and work that is like some text."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Query

from service.actions.decisions import given_elsewhere, release
from service.actions.drafts import outward as outward_drafts
from service.actions.drafts import read
from service.actions.drafts.read import SubmissionFilter
from service.actions.work import outward, similar, submit
from service.domain.access.keys import KeyScope
from service.domain.drafts import NOT_MADE_YET, DraftState
from service.domain.errors import Unavailable
from service.web.calls import Asking, Reading, Writing
from service.web.fields import ExternalId, Id, Moment
from service.web.needs import needs
from service.web.openapi import made, v1
from service.web.paging import Page, Sliced
from service.web.schemas.decisions import FeedbackAsked, FeedbackRead
from service.web.schemas.drafts import DraftShown
from service.web.schemas.work import SimilarAsked, SimilarList, SimilarShown, SubmissionAsked, SubmissionShown

router = v1("Submissions", reads=KeyScope.READ, writes=KeyScope.SUBMIT)
search_router = v1("Search", reads=KeyScope.READ, writes=KeyScope.SUBMIT)

_WHERE: dict[str, Any] = {
    "status": {
        "operationId": "get_submission",
        "parameters": {"id": "$request.path.id"},
        "description": "How far the feedback is.",
    },
    "feedback": {
        "operationId": "get_feedback",
        "parameters": {"id": "$request.path.id"},
        "description": "The feedback, once a facilitator has approved it.",
    },
}
_WAITED_FOR: dict[int | str, dict[str, Any]] = {
    202: {"model": SubmissionShown, "description": "Taken in; a draft is waited for.", "links": _WHERE}
}


@router.put(
    "/submissions/{id}",
    summary="Hand in a solution, or its next revision",
    response_description="Taken in, or there already; no draft is waited for.",
    responses={**made(SubmissionShown, "Taken in; no machine drafts on it."), **_WAITED_FOR},
)
def put_submission(call: Writing, id: ExternalId, body: SubmissionAsked) -> SubmissionShown:
    """202 while a draft is waited for: look at Location. The same text again changes nothing.

    A platform's ids are the platform's. An id given with a person's token is that person's own: it takes no other's
    place, `id` shows how everybody else calls it, and the person may use either."""
    most = call.services.limits.hand_ins
    done = submit.submit(call.session, call.actor, id, body.wish(), now=call.now, most=most)
    call.made(done.created)
    if done.draft.state in NOT_MADE_YET:
        call.status, call.headers["Location"] = 202, f"/v1/submissions/{quote(id, safe='')}"
    return SubmissionShown.of(outward.submissions(call.session, call.actor, [done.submission])[0])


@router.get("/submissions/{id}", summary="See how far the feedback is")
def get_submission(call: Reading, id: ExternalId) -> SubmissionShown:
    """For the author, those who review, and platforms. `draft.next` says what happens next."""
    return SubmissionShown.of(outward.submission(call.session, call.actor, id))


async def _filter(
    state: Annotated[
        list[DraftState],
        Query(max_length=10, description="Only those with the draft on their latest revision there; repeatable."),
    ] = [],  # noqa: B006 - FastAPI copies it
    challenge: Annotated[Id | None, Query(description="Only submissions on this challenge.")] = None,
    person: Annotated[Id | None, Query(description="Only this person's.")] = None,
    group: Annotated[Id | None, Query(description="Only those handed in for this group.")] = None,
    since: Annotated[
        Moment | None, Query(description="Only those whose latest revision was handed in then or later.")
    ] = None,
) -> SubmissionFilter:
    return SubmissionFilter(tuple(state), challenge, person, group, since)


FilteredWork = Annotated[SubmissionFilter, Depends(_filter)]


@router.get("/submissions", summary="List submissions")
def list_submissions(call: Reading, wanted: FilteredWork, cut: Sliced) -> Page[SubmissionShown]:
    """For facilitators and platforms, in the order in which they came. An id that is not there, or not yours to see,
    gives an empty list."""
    rows = read.submissions(call.session, call.actor, wanted, after=cut.after, limit=cut.wanted)
    seen = outward.submissions(call.session, call.actor, rows)
    return cut.page(call, seen, SubmissionShown.of, lambda one: one.row.id)


@router.delete("/submissions/{id}", summary="Take a submission back")
def withdraw_submission(call: Writing, id: ExternalId) -> SubmissionShown:
    """By its author, or by a platform. Nothing of it is shown or quoted from now on. Cannot be undone."""
    row = submit.withdraw(call.session, call.actor, id, now=call.now)
    return SubmissionShown.of(outward.submissions(call.session, call.actor, [row])[0])


@router.put("/submissions/{id}/feedback", summary="Take in feedback given elsewhere", responses=made(DraftShown))
def put_feedback(call: Writing, id: ExternalId, body: FeedbackAsked) -> DraftShown:
    """It is released as it is; its points become precedents for later drafts. The same again changes nothing."""
    row, created = given_elsewhere.take_in_feedback(call.session, call.actor, id, body.wish(), now=call.now)
    call.made(created)
    return DraftShown.of(outward_drafts.drafts(call.session, call.actor, [row])[0])


@router.get("/submissions/{id}/feedback", summary="Read the released feedback")
def get_feedback(call: Reading, id: ExternalId) -> FeedbackRead:
    """What the learner may read: exactly the text that a facilitator approved. 404 while there is none."""
    return FeedbackRead.of(release.feedback_of(call.session, call.actor, id))


@search_router.post("/search", summary="Find similar work")
@needs(KeyScope.READ)
def search(call: Asking, body: SimilarAsked) -> SimilarList:
    """For facilitators: passages of others' work that are like a text, or like a submission."""
    if call.services.similar is None:
        raise Unavailable("Search is not set up here: no vector index is connected to this process.")
    found = call.services.similar(call.actor, **body.model_dump(), now=call.now)
    call.disclose(similar.shown(call.actor, (body.challenge, body.submission, body.text), found))
    return SimilarList(items=[SimilarShown.of(one) for one in found])
