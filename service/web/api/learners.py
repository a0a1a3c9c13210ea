"""What learners make of feedback: by themselves, or by a platform for them. A facilitator answers what is asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from service.actions.learners import asks, commitments, feedback, progress, reactions
from service.domain.access.keys import KeyScope
from service.web.calls import Reading, Seen, Writing, tag
from service.web.fields import ExternalId, OwnId
from service.web.openapi import made, v1
from service.web.paging import Page, Sliced
from service.web.schemas.learners import (
    AskAnswerAsked,
    AskAsked,
    AskList,
    AskShown,
    CommitmentAsked,
    CommitmentList,
    CommitmentOutcomeAsked,
    CommitmentShown,
    FeedbackReadingAsked,
    FeedbackReadingShown,
    ReactionAsked,
    ReactionList,
    ReactionShown,
    RevisionChangesShown,
    RevisionList,
    RevisionShown,
)

router = v1("Learning", reads=KeyScope.READ, writes=KeyScope.ACT)

AskId = Annotated[OwnId, Path(description="The question's id.")]
CommitmentId = Annotated[OwnId, Path(description="The commitment's id.")]
About = Annotated[str, Path(pattern=r"^(whole|[0-9a-f]{32})$", description="The point's id, or `whole`.")]
RevisionAsked = Annotated[int | None, Query(ge=1, le=1_000_000, description="Number of a revision.")]


@router.get("/submissions/{id}/revisions", summary="Read every revision and its feedback")
def list_revisions(call: Reading, id: ExternalId) -> RevisionList:
    """The latest first; there is one page. 404 where it was taken back."""
    rows = feedback.revisions(call.session, call.actor, id)
    return RevisionList(items=[RevisionShown.of(one) for one in rows])


@router.get("/submissions/{id}/changes", summary="See what a revision changed")
def get_changes(
    call: Reading, id: ExternalId, after: RevisionAsked = None, before: RevisionAsked = None
) -> RevisionChangesShown:
    """Word by word, from `before` (the revision just before) to `after` (the latest), and which points of the earlier
    feedback were taken up. Words are compared, meanings are not: `cannot_tell` is an answer."""
    return RevisionChangesShown.of(progress.changes(call.session, call.actor, id, after=after, before=before))


@router.post(
    "/submissions/{id}/readings", summary="Note that feedback was opened", responses=made(FeedbackReadingShown)
)
def note_reading(call: Writing, id: ExternalId, body: FeedbackReadingAsked) -> FeedbackReadingShown:
    """Call it when your own page has shown the feedback to its learner. Only the first time counts."""
    row, first = feedback.read(call.session, call.actor, id, revision=body.revision, now=call.now)
    call.made(first)
    return FeedbackReadingShown.of(row)


@router.get("/submissions/{id}/reactions", summary="Read what the learner said of feedback")
def list_reactions(call: Reading, id: ExternalId) -> ReactionList:
    """There is one page."""
    rows = reactions.reactions(call.session, call.actor, id)
    return ReactionList(items=[ReactionShown.of(one) for one in rows])


@router.put("/submissions/{id}/reactions/{about}", summary="Say whether it helped", responses=made(ReactionShown))
def put_reaction(call: Writing, id: ExternalId, about: About, body: ReactionAsked) -> ReactionShown:
    """One word on each point and one on the whole; saying it again changes it."""
    seen, first = reactions.react(
        call.session,
        call.actor,
        id,
        about=_point(about),
        helpful=body.helpful,
        why=body.why,
        revision=body.revision,
        now=call.now,
    )
    call.made(first)
    return ReactionShown.of(seen)


@router.delete("/submissions/{id}/reactions/{about}", summary="Take back what was said", status_code=204)
def delete_reaction(call: Writing, id: ExternalId, about: About, revision: RevisionAsked = None) -> None:
    """For the whole, `revision` says of which; without it, the latest that has feedback."""
    reactions.take_back(call.session, call.actor, id, about=_point(about), revision=revision)


def _point(about: str) -> str:
    return reactions.WHOLE if about == "whole" else about


@router.get("/submissions/{id}/asks", summary="Read what the learner asked, and the answers")
def list_asks(call: Reading, id: ExternalId) -> AskList:
    """Questions and replies, oldest first; there is one page."""
    return AskList(items=[AskShown.of(one) for one in asks.asks(call.session, call.actor, id)])


@router.post("/submissions/{id}/asks", summary="Ask a person, or reply", status_code=201)
def ask(call: Writing, id: ExternalId, body: AskAsked) -> AskShown:
    """The facilitators of the group see it, and one of them answers."""
    return AskShown.of(asks.ask(call.session, call.actor, id, body.wish(), now=call.now))


@router.get("/asks", summary="List questions that wait for an answer")
def list_open_asks(call: Reading, cut: Sliced) -> Page[AskShown]:
    """Of learners in the groups that you review, oldest first."""
    rows = asks.asks_open(call.session, call.actor, after=cut.after, limit=cut.wanted)
    return cut.page(call, rows, AskShown.of, lambda one: one.id)


@router.put("/asks/{id}/answer", summary="Answer a learner")
def answer_ask(call: Writing, id: AskId, seen: Seen, body: AskAnswerAsked) -> AskShown:
    """As a facilitator of the group. You can word your own answer anew."""
    row = asks.answer(call.deciding(id, seen), body.text)
    call.headers["ETag"] = tag(row.version)
    return AskShown.of(row)


@router.get("/people/{id}/commitments", summary="List a person's next steps")
def list_commitments(call: Reading, id: ExternalId) -> CommitmentList:
    """Those still open first, by day; there is one page."""
    rows = commitments.commitments(call.session, call.actor, id, now=call.now)
    return CommitmentList(items=[CommitmentShown.of(one) for one in rows])


@router.post("/people/{id}/commitments", summary="Commit to a next step", status_code=201)
def commit_to(call: Writing, id: ExternalId, body: CommitmentAsked) -> CommitmentShown:
    """With a day. When that has come, the event `commitment.due` says so once."""
    return CommitmentShown.of(commitments.make(call.session, call.actor, id, body.wish(), now=call.now))


@router.put("/commitments/{id}/outcome", summary="Say what became of a next step")
def put_outcome(call: Writing, id: CommitmentId, body: CommitmentOutcomeAsked) -> CommitmentShown:
    """It can be said anew."""
    return CommitmentShown.of(
        commitments.tell_outcome(call.session, call.actor, id, body.outcome, said=body.said, now=call.now)
    )
