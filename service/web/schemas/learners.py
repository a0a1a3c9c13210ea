"""What learners make of feedback: readings, reactions, questions, next steps, and what a revision changed."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import AliasPath, ConfigDict, Field

from pipelines.values import Band, PointKind
from service.actions.learners.asks import AskSeen, AskWish
from service.actions.learners.commitments import CommitmentSeen, CommitmentWish
from service.actions.learners.feedback import FeedbackStage, RevisionSeen
from service.actions.learners.progress import Changes, PointUptake
from service.actions.learners.reactions import ReactionSeen
from service.domain.following.uptake import UptakeVerdict
from service.domain.texts.worddiff import ChangeKind
from service.store.tables import AskKind, CommitmentOutcome
from service.web.fields import Id, Note, OwnId, RequestBody, ResponseBody, SomeNote
from service.web.schemas.decisions import POINT_KIND, FeedbackRead

REVISION = "Number of the revision; the latest that has feedback, if null."
OUTCOME = "`kept`, `partly`, `not` or `changed`."


class RevisionShown(ResponseBody):
    """One revision, and the feedback on it as its learner may read it."""

    revision: int = Field(validation_alias="number", description="Its number.")
    text: str = Field(description="What was handed in.")
    language: str = Field(description="BCP 47 tag; empty for the challenge's.")
    submitted_at: datetime = Field(description="When it was handed in.")
    stage: FeedbackStage = Field(
        description="`awaited`, `there`, `taken_back`, `declined`, or `passed` (a later revision came first)."
    )
    feedback: FeedbackRead | None = Field(description="The released feedback, while it is there.")
    read_at: datetime | None = Field(description="When the learner opened it first.")
    taken_back_at: datetime | None = Field(description="When feedback that had been released was taken back.")

    @classmethod
    def of(cls, seen: RevisionSeen) -> RevisionShown:
        beside = {name: getattr(seen, name) for name in ("stage", "feedback", "read_at", "taken_back_at")}
        return cls.mirror(seen.row, **beside)


class RevisionList(ResponseBody):
    """All revisions of a submission, the latest first."""

    items: list[RevisionShown] = Field(description="The revisions.")


class FeedbackReadingAsked(RequestBody):
    """Whose feedback was opened."""

    model_config = ConfigDict(json_schema_extra={"example": {"revision": 1}})

    revision: int | None = Field(default=None, ge=1, le=1_000_000, description=REVISION)


class FeedbackReadingShown(ResponseBody):
    """That feedback was read."""

    read_at: datetime = Field(description="When it was opened first.")


class ReactionAsked(RequestBody):
    """Whether it helped."""

    model_config = ConfigDict(json_schema_extra={"example": {"helpful": True, "why": "I know now what to ask."}})

    helpful: bool = Field(description="Whether it helped.")
    why: Note = Field(default="", description="Why, in the learner's own words.")
    revision: int | None = Field(default=None, ge=1, le=1_000_000, description=REVISION)


class ReactionShown(ResponseBody):
    """What a learner said of feedback."""

    about: str = Field(description="The point's id; `whole` for the feedback as a whole.")
    revision: int = Field(description="Number of the revision that the feedback is on.")
    helpful: bool = Field(description="Whether it helped.")
    why: str = Field(description="Why, in the learner's own words.")
    at: datetime = Field(description="When it was said last.")

    @classmethod
    def of(cls, seen: ReactionSeen) -> ReactionShown:
        return cls.mirror(seen.row, about=seen.row.about or "whole", revision=seen.revision)


class ReactionList(ResponseBody):
    """What a learner said of the feedback on a submission, oldest first."""

    items: list[ReactionShown] = Field(description="The reactions.")


class AskAsked(RequestBody):
    """A question to the facilitators of the group, or a reply to them."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"text": "Do you mean one question for each visit, or one for all?"}}
    )

    text: SomeNote = Field(min_length=1, description="What is asked or said.")
    kind: AskKind = Field(default=AskKind.QUESTION, description="`question` (waits for an answer) or `reply`.")
    point: OwnId | None = Field(default=None, description="Id of the released point it is about; null for the whole.")
    revision: int | None = Field(default=None, ge=1, le=1_000_000, description=REVISION)

    def wish(self) -> AskWish:
        return AskWish(self.text, self.kind, self.point or "", self.revision)


class AskAnswerAsked(RequestBody):
    """A facilitator's answer."""

    model_config = ConfigDict(json_schema_extra={"example": {"text": "One for each visit; a small one will do."}})

    text: SomeNote = Field(min_length=1, description="The answer.")


class AskShown(ResponseBody):
    """A question or reply, and its answer."""

    id: str = Field(description="Its id.")
    version: int = Field(description="Another with each answer; the ETag, for If-Match, is this in quotation marks.")
    kind: AskKind = Field(description="`question` or `reply`.")
    text: str = Field(description="What is asked or said.")
    asked_at: datetime = Field(description="When.")
    person: str = Field(description="Id of the learner.")
    submission: str = Field(description="Id of the submission.")
    revision: int = Field(description="Number of the revision.")
    challenge: str = Field(description="Id of the challenge.")
    point: str | None = Field(description="Id of the point; null for the feedback as a whole.")
    answer: str = Field(description="The answer; empty while there is none.")
    answered_by: str = Field(description="Name of who answered.")
    answered_at: datetime | None = Field(description="When it was answered.")

    @classmethod
    def of(cls, seen: AskSeen) -> AskShown:
        return cls.mirror(seen, point=seen.point or None)


class AskList(ResponseBody):
    """Questions and replies, oldest first."""

    items: list[AskShown] = Field(description="Questions and replies.")


class ChangePieceShown(ResponseBody):
    """A stretch of text."""

    kind: ChangeKind = Field(description="`same`, `added` or `removed`.")
    text: str = Field(description="The words.")


class PointBecameShown(ResponseBody):
    """What became of an earlier point, as far as words can show it."""

    id: str = Field(description="The point's id.")
    kind: PointKind = Field(description=POINT_KIND)
    text: str = Field(description="What it says.")
    quote: str = Field(description="The place in the earlier revision.")
    verdict: UptakeVerdict = Field(
        validation_alias=AliasPath("became", "verdict"),
        description="`taken_up` (likely), `changed`, `unchanged`, `gone` or `cannot_tell`.",
    )
    sure: Band = Field(
        validation_alias=AliasPath("became", "sure"), description="How sure that is: `high`, `medium` or `low`."
    )
    echoes: list[str] = Field(
        validation_alias=AliasPath("became", "echoes"), description="Words of the point that were newly written."
    )
    start: int | None = Field(description="Where the nearest place in the later text begins, if there is one.")
    end: int | None = Field(description="Where it ends, exclusive.")

    @classmethod
    def of(cls, seen: PointUptake) -> PointBecameShown:
        start, end = seen.became.place or (None, None)
        return cls.mirror(seen, start=start, end=end)


class RevisionChangesShown(ResponseBody):
    """What changed from one revision to a later one."""

    before: int = Field(description="Number of the earlier revision.")
    after: int = Field(description="Number of the later one.")
    pieces: list[ChangePieceShown] = Field(
        description="Same and added pieces joined are the later text; same and removed ones the earlier."
    )
    points: list[PointBecameShown] = Field(
        description="Points released on the earlier revision, and what became of them."
    )

    @classmethod
    def of(cls, seen: Changes) -> RevisionChangesShown:
        return cls.mirror(seen, points=[PointBecameShown.of(point) for point in seen.points])


class CommitmentAsked(RequestBody):
    """A next step of one's own."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"text": "Agree on one question with 4B.", "due_on": "2026-10-09"}}
    )

    text: SomeNote = Field(min_length=1, description="What will be done.")
    due_on: date = Field(description="By which day: from today on, within two years.")
    submission: Id | None = Field(default=None, description="Id of the own work it came from, if any.")
    point: OwnId | None = Field(default=None, description="Id of the released point it came from, if any.")

    def wish(self) -> CommitmentWish:
        return CommitmentWish(self.text, self.due_on, self.submission, self.point or "")


class CommitmentOutcomeAsked(RequestBody):
    """What became of it."""

    model_config = ConfigDict(json_schema_extra={"example": {"outcome": "partly", "said": "We did one of two visits."}})

    outcome: CommitmentOutcome = Field(description=OUTCOME)
    said: Note = Field(default="", description="In the learner's own words.")


class CommitmentShown(ResponseBody):
    """A next step, and what became of it."""

    id: str = Field(description="Its id.")
    text: str = Field(description="What will be done.")
    due_on: date = Field(description="By which day.")
    due: bool = Field(description="The day has come, and nothing was said of it yet.")
    submission: str | None = Field(description="Id of the work it came from, if any.")
    point: str | None = Field(validation_alias="point_id", description="Id of the point it came from, if any.")
    made_at: datetime = Field(description="When it was made.")
    outcome: CommitmentOutcome | None = Field(description=OUTCOME)
    said: str = Field(description="What the learner said of it.")
    said_at: datetime | None = Field(description="When.")

    @classmethod
    def of(cls, seen: CommitmentSeen) -> CommitmentShown:
        return cls.mirror(seen.row, due=seen.due, submission=seen.submission)


class CommitmentList(ResponseBody):
    """A person's next steps; those still open first, by day."""

    items: list[CommitmentShown] = Field(description="The next steps.")
