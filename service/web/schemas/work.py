"""Submissions: what comes in, what has become of it, and work that is like some text."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AliasPath, ConfigDict, Field, model_validator

from pipelines.values import AI
from service.actions.work.outward import SubmissionSeen
from service.actions.work.submit import SubmissionWish
from service.domain.drafts import DraftState
from service.domain.files import MOST_FILES
from service.web.fields import Id, Language, Moment, OwnId, RequestBody, ResponseBody, Work
from service.web.schemas.files import FileShown

NEXT = {
    DraftState.WAITING: "A draft will be made. Look again shortly, or read /v1/events for draft.ready.",
    DraftState.AWAITS_CALIBRATION: "It waits for calibration: a few other pieces are judged first, then it is drafted.",
    DraftState.DRAFTING: "A draft is being made. Look again shortly, or read /v1/events for draft.ready.",
    DraftState.TO_JUDGE: "A facilitator judges the work on an evidence sheet; feedback is composed from that.",
    DraftState.READY: "A facilitator reads the draft and decides.",
    DraftState.STUCK: "No draft could be made. A facilitator writes the feedback, has it drafted again, or declines.",
    DraftState.APPROVED: "The feedback is approved and is released when the undo window has passed.",
    DraftState.RELEASED: "The feedback can be read at its address.",
    DraftState.DECLINED: "A facilitator decided to give no feedback on this. It can be reopened.",
    DraftState.RETRACTED: "The feedback was taken back. A facilitator may approve another.",
    DraftState.SUPERSEDED: "A later revision came first; see that one.",
    DraftState.WITHDRAWN: "The submission was taken back; nothing follows.",
}
"""What happens next, by the draft's state, in words for whoever asks."""


class SubmissionAsked(RequestBody):
    """A solution, or its next revision. The same text again changes nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "challenge": "peer-observation",
                "person": "amara",
                "text": "We pair teachers across grades and visit each other twice before half-term.",
                "language": "en",
            }
        }
    )

    challenge: Id = Field(description="Id of the challenge.")
    person: Id = Field(description="Id of the author.")
    text: Work = Field(description="The solution, whole, with what is to be read of its files.")
    media_type: Literal["text/plain", "text/html"] | None = Field(
        default=None,
        description="What the text is. Of `text/html` the text is taken out and kept. If it is left out, what looks "
        "like the HTML of a rich-text editor is refused.",
    )
    files: tuple[OwnId, ...] = Field(
        default=(), max_length=MOST_FILES, description="Ids of files that the person sent before, to go with it."
    )
    language: Language = Field(default="", description="BCP 47 tag; empty for the challenge's.")
    ai: AI = Field(
        default=AI.ANY,
        description="Which machines may read this text: `none`, `local` or `any`. "
        "It only ever narrows what the person allows.",
    )
    group: Id | None = Field(
        default=None,
        description="Id of the group it is handed in for; may be left out if the author learns in one only.",
    )
    revision: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="Number of the revision; may be left out where calls come in order. A revision never changes.",
    )
    submitted_at: Moment | None = Field(default=None, description="When it was handed in; now, if left out.")

    def wish(self) -> SubmissionWish:
        return SubmissionWish(**self.model_dump())


class DraftStateShown(ResponseBody):
    """Where a draft is, and what follows."""

    id: str | None = Field(description="The draft's id at /v1/drafts; null for those who do not review.")
    state: DraftState = Field(description="Where the draft is.")
    reason: str = Field(description="Why, where there is something to say; empty for those who do not review.")
    next: str = Field(description="What happens next, or what can be done.")


class SubmissionShown(ResponseBody):
    """A submission, its latest revision, and how far the feedback on that is."""

    id: str = Field(validation_alias=AliasPath("row", "external_id"), description="The platform's id.")
    challenge: str = Field(description="Id of the challenge.")
    person: str = Field(description="Id of the author.")
    group: str = Field(description="Id of the group it was handed in for.")
    revision: int = Field(
        validation_alias=AliasPath("revision", "number"), description="Number of the latest revision."
    )
    text_hash: str = Field(
        validation_alias=AliasPath("revision", "text_hash"),
        description="sha256 of the latest revision's text in UTF-8.",
    )
    language: str = Field(
        validation_alias=AliasPath("revision", "language"), description="BCP 47 tag; empty for the challenge's."
    )
    ai: AI = Field(
        validation_alias=AliasPath("revision", "ai"),
        description="Which machines may read it: the stricter of what the person and the call allowed.",
    )
    submitted_at: datetime = Field(
        validation_alias=AliasPath("revision", "submitted_at"), description="When the latest revision was handed in."
    )
    withdrawn_at: datetime | None = Field(
        validation_alias=AliasPath("row", "withdrawn_at"), description="When it was taken back, if it was."
    )
    files: list[FileShown] = Field(description="Files that were handed in with the latest revision.")
    draft: DraftStateShown = Field(description="How far the feedback is.")

    @classmethod
    def of(cls, seen: SubmissionSeen) -> SubmissionShown:
        draft = DraftStateShown(
            id=seen.draft.id if seen.reviews else None,
            state=seen.draft.state,
            reason=seen.reason,
            next=NEXT[seen.draft.state],
        )
        return cls.mirror(seen, draft=draft)


class SimilarAsked(RequestBody):
    """What to look for: a text on a challenge, or what is like a submission."""

    model_config = ConfigDict(json_schema_extra={"example": {"submission": "amara-observation", "limit": 5}})

    submission: Id | None = Field(default=None, description="Id of a submission: look for work like it.")
    challenge: Id | None = Field(default=None, description="Id of the challenge to search in, with `text`.")
    text: Work | None = Field(default=None, min_length=1, description="A text: look for work like it.")
    limit: int = Field(default=10, ge=1, le=50, description="How many to find at most.")

    @model_validator(mode="after")
    def _one_or_the_other(self) -> SimilarAsked:
        by_text = self.text is not None and self.challenge is not None
        if by_text == (self.submission is not None) or (self.text is None) != (self.challenge is None):
            raise ValueError("Send either 'submission', or 'text' and 'challenge'.")
        return self


class SimilarShown(ResponseBody):
    """A piece of work that is like what was asked for."""

    submission: str = Field(description="Id of the submission.")
    revision: int = Field(description="Number of its revision.")
    person: str = Field(description="Id of its author.")
    quote: str = Field(description="The passage, verbatim.")
    start: int = Field(description="Where it begins in its text, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    similarity: float = Field(description="Cosine, from -1 to 1.")


class SimilarList(ResponseBody):
    """What was found, most similar first."""

    items: list[SimilarShown] = Field(description="Passages of others' work.")
