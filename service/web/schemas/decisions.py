"""What a facilitator sends to decide on a draft, and feedback: taken in from elsewhere, or released here and read."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from pipelines.values import PointKind, SourceKind, Standing
from service.actions.decisions.assigning import LARGEST
from service.actions.decisions.given_elsewhere import FeedbackWish
from service.actions.decisions.judging import CriterionReadingWish
from service.actions.decisions.points import PointWish
from service.domain.texts import LONGEST_WORK
from service.web.fields import (
    Hash,
    Id,
    Key,
    Line,
    Moment,
    RequestBody,
    ResponseBody,
    ShareOfMarks,
    SomeWords,
    Words,
    Work,
)

STANDING = "`met`, `partly`, `not_yet` or `cannot_tell`."
POINT_KIND = "`strength` (keep this), `next_step` (do this next) or `question` (check this)."


class DismissalReason(StrEnum):
    """Why a point is dismissed."""

    WRONG = "wrong"
    NOT_IN_TEXT = "not_in_text"
    NOT_USEFUL = "not_useful"
    TOO_HARSH = "too_harsh"
    ALREADY_SAID = "already_said"
    ABOUT_PERSON = "about_person"
    OTHER = "other"


class PointAcceptedAsked(RequestBody):
    """The point is good as it is."""

    act: Literal["accept"] = Field(description="`accept`.")


class PointEditedAsked(RequestBody):
    """The point says this instead."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"act": "edit", "text": "Which question would they agree on?"}}
    )

    act: Literal["edit"] = Field(description="`edit`.")
    text: SomeWords = Field(min_length=1, description="What it says instead.")


class PointDismissedAsked(RequestBody):
    """The point goes, and neither it nor its near-twins come back on this challenge."""

    model_config = ConfigDict(json_schema_extra={"example": {"act": "dismiss", "reason_code": "already_said"}})

    act: Literal["dismiss"] = Field(description="`dismiss`.")
    reason_code: DismissalReason = Field(
        description="Why: `wrong`, `not_in_text`, `not_useful`, `too_harsh`, `already_said`, `about_person` or `other`."
    )
    note: Line = Field(default="", description="More on why, for colleagues and for later drafts.")


PointDecidedAsked = Annotated[PointAcceptedAsked | PointEditedAsked | PointDismissedAsked, Field(discriminator="act")]


class DraftChangeAsked(RequestBody):
    """Another summary, a judgement, or both. What is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"summary": "Who and when are clear; what to look for is open.", "standing": "partly"}
        }
    )

    summary: Words | None = Field(default=None, description="The whole in one line.")
    standing: Standing | None = Field(default=None, description=f"How the submission stands: {STANDING}")
    score: ShareOfMarks | None = Field(default=None, description="Share of full marks, from 0 to 1.")
    judgements: Annotated[dict[Key, Standing], Field(max_length=50)] = Field(
        default={}, description=f"How it stands on each criterion, by key: {STANDING}"
    )

    @property
    def judges(self) -> bool:
        return self.standing is not None or self.score is not None or bool(self.judgements)

    @model_validator(mode="after")
    def _something(self) -> DraftChangeAsked:
        if self.summary is None and not self.judges:
            raise ValueError("Nothing to change: send a summary, standing, score or judgements.")
        return self


class CriterionReadingAsked(RequestBody):
    """How the work stands on one criterion, and where that shows. Without a place the one on the sheet holds."""

    criterion: Key = Field(description="Key of the criterion.")
    standing: Literal[Standing.MET, Standing.PARTLY, Standing.NOT_YET] = Field(
        description="`met`, `partly` or `not_yet`."
    )
    quote: Work = Field(default="", description="The words of the work where that shows, letter for letter.")
    start: Annotated[int, Field(ge=0, le=LONGEST_WORK)] | None = Field(
        default=None, description="About where they begin, in characters, should they stand there more than once."
    )
    end: Annotated[int, Field(ge=1, le=LONGEST_WORK)] | None = Field(
        default=None, description="Without a quote: the place is from `start` to here, exclusive."
    )
    nowhere: bool = Field(default=False, description="True: it shows nowhere in the work.")

    def wish(self) -> CriterionReadingWish:
        return CriterionReadingWish(self.criterion, self.standing, self.quote, self.start, self.end, self.nowhere)

    @model_validator(mode="after")
    def _one_place(self) -> CriterionReadingAsked:
        if self.nowhere and self.quote:
            raise ValueError("is somewhere or nowhere: send a quote, or nowhere, not both.")
        return self


class CriterionReadingsAsked(RequestBody):
    """How the work stands, criterion by criterion. What is left out was read by nobody."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "readings": [
                    {"criterion": "k1", "standing": "met", "quote": "across grades"},
                    {"criterion": "k2", "standing": "not_yet", "nowhere": True},
                ]
            }
        }
    )

    readings: Annotated[list[CriterionReadingAsked], Field(max_length=50)] = Field(
        description="One for each criterion read."
    )

    def wishes(self) -> list[CriterionReadingWish]:
        return [one.wish() for one in self.readings]


class DraftApprovedAsked(RequestBody):
    """The text that was seen, by its hash."""

    model_config = ConfigDict(json_schema_extra={"example": {"seen": "9f86d081884c7d659a2feaa0c55ad015" * 2}})

    seen: Hash = Field(description="`text_hash` of the draft as you read it. If the text is another by now: 412.")


class DraftDeclinedAsked(RequestBody):
    """Why no feedback is given."""

    reason_code: Annotated[str, Field(pattern=r"^[a-z_]{0,64}$")] = Field(
        default="", description="Why, for programs: a word of your own in small letters."
    )
    note: Line = Field(default="", description="Why, in words.")


class DraftRedraftedAsked(RequestBody):
    """What to do differently."""

    model_config = ConfigDict(json_schema_extra={"example": {"instruction": "Ask about the second visit."}})

    instruction: Line = Field(
        default="",
        description="A word to the drafter. Only a language model reads it: where none drafts, it changes nothing, and "
        "the new draft says so by the finding `wish_unread`.",
    )


class DraftRetractedAsked(RequestBody):
    """Why it is taken back."""

    reason: Line = Field(default="", description="Why, for the record.")


class DraftClaimedAsked(RequestBody):
    """Whether to take it from somebody who is at it."""

    take_over: bool = Field(default=False, description="True: even if somebody else is at it.")


class PointAsked(RequestBody):
    """A point of a person's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "kind": "question",
                "text": "Who writes down what you hear, and where will somebody who missed the meeting find it?",
                "quote": "talk about it in the staff meeting",
                "criterion": "k3",
            }
        }
    )

    kind: PointKind = Field(description=POINT_KIND)
    text: SomeWords = Field(min_length=1, description="What the learner is told.")
    quote: Work = Field(
        default="", description="The place in the submission, letter for letter; empty for the submission as a whole."
    )
    criterion: Key | None = Field(default=None, description="Key of the criterion it is about, if any.")

    def wish(self) -> PointWish:
        return PointWish(self.kind, self.text, self.quote, self.criterion or "")


class FeedbackAsked(RequestBody):
    """Feedback that a facilitator gave on the platform. It is released as it is; its points become precedents."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "approved_by": "lindiwe",
                "summary": "Who and when are clear; what to look for is still open.",
                "points": [{"kind": "strength", "text": "Dates make this doable.", "quote": "before half-term"}],
                "verdict": "partly",
            }
        }
    )

    approved_by: Id = Field(description="Id of the facilitator who gave it.")
    summary: Words = Field(default="", description="The whole in one line.")
    points: Annotated[list[PointAsked], Field(max_length=20)] = Field(default=[], description="Points, in order.")
    revision: int | None = Field(
        default=None, ge=1, le=1_000_000, description="Number of the revision; the latest, if null."
    )
    verdict: Standing | None = Field(default=None, description=f"How the submission stands as a whole: {STANDING}")
    score: ShareOfMarks | None = Field(default=None, description="Share of full marks, from 0 to 1.")
    criteria: Annotated[dict[Key, Standing], Field(max_length=50)] = Field(
        default={}, description=f"How it stands on each criterion, by key: {STANDING}"
    )
    released_at: Moment | None = Field(default=None, description="When the learner was told; now, if left out.")

    def wish(self) -> FeedbackWish:
        return FeedbackWish(
            approved_by=self.approved_by,
            summary=self.summary,
            points=tuple(point.wish() for point in self.points),
            revision=self.revision,
            verdict=self.verdict,
            score=self.score,
            criteria=self.criteria,
            released_at=self.released_at,
        )


class FeedbackSourceRead(ResponseBody):
    """What a point rests on, as a learner may see it: no peer's words."""

    kind: SourceKind = Field(description="`submission`, `criterion`, `context`, `peer` or `precedent`.")
    title: str = Field(description="Its title, where it may be shown.")
    version: int | None = Field(description="The version of the document it is from.")
    quote: str = Field(description="Its words, where they may be shown.")
    shared: bool = Field(description="False: it is no longer shared.")
    valid: bool = Field(description="False: its document no longer says so; told where the organization says so.")


class FeedbackPointRead(ResponseBody):
    """One piece of feedback, at its place in the text."""

    id: str = Field(description="The point's id.")
    kind: PointKind = Field(description=POINT_KIND)
    criterion: str = Field(description="Key of the criterion, or empty.")
    text: str = Field(description="What it says.")
    quote: str = Field(description="The place it is about, verbatim.")
    start: int = Field(description="Where the place begins in the submission's text, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    sources: list[FeedbackSourceRead] = Field(description="What it rests on.")


class FeedbackRead(ResponseBody):
    """Released feedback: exactly the text that a facilitator approved."""

    submission: str = Field(description="Id of the submission.")
    revision: int = Field(description="Number of the revision that it is about.")
    summary: str = Field(description="The whole in one line.")
    points: list[FeedbackPointRead] = Field(description="Points, most important first.")
    approved_by: str = Field(description="Name of the facilitator who approved it.")
    approved_at: datetime = Field(description="When it was approved.")
    released_at: datetime = Field(description="When it could be read first.")
    drafted_by_machine: bool = Field(description="Whether a machine drafted it before a facilitator approved it.")
    text_hash: str = Field(description="Hash of the approved text.")


class AssignedShareAsked(RequestBody):
    """How much somebody gets, against the others."""

    person: Id = Field(description="Your id of who reviews there.")
    weight: int = Field(ge=1, le=LARGEST, description="Their share: 2 gets twice as much as 1.")


class AssignmentAsked(RequestBody):
    """To whom a challenge's waiting drafts go, by shares."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"shares": [{"person": "lindiwe", "weight": 2}, {"person": "mateo", "weight": 1}]}
        }
    )

    shares: list[AssignedShareAsked] = Field(min_length=1, max_length=200, description="Everybody who gets some.")
    seen: Hash | None = Field(
        None, description="`seen` of the answer to the same without it. Left out, nothing is given, and you only look."
    )

    @property
    def weights(self) -> dict[str, int]:
        return {one.person: one.weight for one in self.shares}


class AssignmentTakenBackAsked(RequestBody):
    """Which giving is taken back."""

    model_config = ConfigDict(json_schema_extra={"example": {"given_at": "2026-10-05T09:00:00.000001Z"}})

    given_at: Moment = Field(description="`given_at` of the answer with which it was given.")


class AssignedShareShown(ResponseBody):
    """Somebody who may review some of what waits."""

    person: str = Field(validation_alias="id", description="Your id of them.")
    name: str = Field(description="Their name.")
    weight: int = Field(description="Their share; 0 if they were not named.")
    has: int = Field(description="How many of the challenge's are theirs already.")
    gets: int = Field(description="How many they get.")


class AssignmentShown(ResponseBody):
    """What sharing out comes to, or came to."""

    challenge: str = Field(description="Your id of the challenge.")
    shares: list[AssignedShareShown] = Field(description="Everybody who may review some of what waits.")
    kept: int = Field(description="How many stay as they are: somebody is at them, or has begun.")
    left: int = Field(description="How many nobody who was named may have.")
    seen: str = Field(description="To be sent as `seen`, to do exactly this.")
    given_at: datetime | None = Field(None, description="When it was done; by it, it can be taken back. Null: not yet.")


class AssignmentTakenBackShown(ResponseBody):
    """What was taken back."""

    taken_back: int = Field(description="How many drafts are anybody's again; who had begun keeps theirs.")
