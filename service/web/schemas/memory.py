"""What is remembered of decisions: where else one fits, which contradict each other, what is not understood, advice."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AliasPath, ConfigDict, Field

from pipelines.values import PointKind
from service.actions.decisions.points import PointWish
from service.actions.memory.decided import Applied, Target
from service.actions.memory.outward import AlertSeen, QuestionSeen, ReachSeen
from service.domain.memory.clarifying import QuestionCause
from service.domain.memory.consistency import ContradictionKind, KinshipGround
from service.store.tables import PointState, RightDecision
from service.web.fields import Key, Line, OwnId, RequestBody, ResponseBody, Version, Words, Work
from service.web.schemas.decisions import POINT_KIND


class ReachedPointShown(ResponseBody):
    """A point that waits elsewhere and that a decision on this one would fit."""

    draft: str = Field(description="Id of its draft.")
    version: int = Field(description="The draft's version; send it back when you apply a decision.")
    point: str = Field(validation_alias="id", description="The point's id.")
    submission: str = Field(description="Id of the submission.")
    group: str = Field(description="Id of the group in which it is reviewed.")
    kind: PointKind = Field(description=POINT_KIND)
    state: PointState = Field(description="What was made of it: `proposed`, `accepted`, `edited` or `added`.")
    text: str = Field(description="What it says.")
    quote: str = Field(description="The place in its submission, verbatim.")
    why: KinshipGround = Field(description="In what it is alike: `wording`, or the `passage` that it is about.")
    alike: float = Field(description="How alike, as a share of content words, up to 1.")

    @classmethod
    def of(cls, seen: ReachSeen) -> ReachedPointShown:
        draft, kinship = seen.row.draft, seen.row.kinship
        return cls.mirror(
            seen.row.point,
            draft=draft.id,
            version=draft.version,
            submission=seen.submission,
            group=seen.group,
            why=kinship.why,
            alike=round(kinship.alike, 3),
        )


class ReachedPointList(ResponseBody):
    """Where else a decision would fit."""

    items: list[ReachedPointShown] = Field(description="The most alike first; at most 200.")


class DecisionTargetAsked(RequestBody):
    """One of the points that were listed, with the version of its draft as it was listed."""

    draft: OwnId = Field(description="Id of the draft.")
    version: Version = Field(description="The draft's version as you saw it.")
    point: OwnId = Field(description="Id of the point.")


class DecisionAppliedAsked(RequestBody):
    """To which of the listed points the decision is to be applied."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"to": [{"draft": "0" * 32, "version": 3, "point": "0" * 32}]}}
    )

    to: Annotated[list[DecisionTargetAsked], Field(min_length=1, max_length=200)] = Field(
        description="The points, as the reach listed them."
    )

    def targets(self) -> list[Target]:
        return [Target(one.draft, one.version, one.point) for one in self.to]


class DecisionAppliedToShown(ResponseBody):
    """What became of one point."""

    draft: str = Field(description="Id of the draft.")
    point: str = Field(description="Id of the point.")
    done: bool = Field(description="Whether it was decided on.")
    version: int | None = Field(description="The draft's version now; null where nothing was changed.")
    kind: str = Field(description="Why not, for programs: the `kind` of a problem; empty where it was done.")
    detail: str = Field(description="Why not, in words.")

    @classmethod
    def of(cls, one: Applied) -> DecisionAppliedToShown:
        return cls(
            draft=one.target.draft,
            point=one.target.point,
            done=one.problem is None,
            version=one.version,
            kind=one.problem.kind if one.problem else "",
            detail=one.problem.detail if one.problem else "",
        )


class DecisionAppliedList(ResponseBody):
    """What became of each of the points."""

    items: list[DecisionAppliedToShown] = Field(description="In the order they were sent.")


class OppositeDecisionShown(ResponseBody):
    """One of two opposite decisions."""

    point: str = Field(validation_alias=AliasPath("said", "point"), description="The point's id.")
    draft: str = Field(validation_alias=AliasPath("row", "draft"), description="Id of its draft.")
    submission: str = Field(description="Id of the submission.")
    group: str = Field(description="Id of the group in which it was reviewed.")
    kind: PointKind = Field(validation_alias=AliasPath("said", "kind"), description=POINT_KIND)
    text: str = Field(validation_alias=AliasPath("said", "text"), description="What it says.")
    quote: str = Field(
        validation_alias=AliasPath("said", "quote"), description="The place in its submission, verbatim."
    )
    dismissed: bool = Field(
        validation_alias=AliasPath("said", "dismissed"), description="True: it was dismissed; false: it was approved."
    )
    reason: str = Field(validation_alias=AliasPath("row", "reason"), description="Why it was dismissed.")
    decided_by: str | None = Field(validation_alias="by", description="Id of the facilitator who decided.")
    name: str = Field(description="The facilitator's name.")
    decided_at: datetime = Field(validation_alias=AliasPath("row", "at"), description="When that was.")


RIGHT = "`first`, `second`, or `both` where both are fine."


class AlertSettlementShown(ResponseBody):
    """What was said of two opposite decisions."""

    right: RightDecision = Field(description=f"Which of the two is to be followed: {RIGHT}")
    note: str = Field(description="Why.")
    settled_by: str | None = Field(description="Id of the person who settled it.")
    at: datetime = Field(description="When that was.")


class AlertShown(ResponseBody):
    """Two opposite decisions on passages that are nearly identical."""

    id: str = Field(validation_alias=AliasPath("row", "id"), description="The alert's id.")
    version: int = Field(
        validation_alias=AliasPath("row", "version"),
        description="Another as soon as one of the two, or what was said of them, is; the ETag, for If-Match, is this "
        "in quotation marks.",
    )
    criterion: str = Field(
        validation_alias=AliasPath("row", "first", "said", "criterion"),
        description="Key of the criterion that both are about, or empty.",
    )
    clash: ContradictionKind = Field(
        validation_alias=AliasPath("row", "clash"),
        description="`kept_and_dismissed` for nearly the same point, or `strength_and_gap`: one praises what the other "
        "wants changed.",
    )
    raised_at: datetime = Field(
        validation_alias=AliasPath("row", "at"), description="When the later of the two was decided."
    )
    first: OppositeDecisionShown = Field(description="The point that came first.")
    second: OppositeDecisionShown = Field(description="The other one.")
    settlement: AlertSettlementShown | None = Field(description="What was said of it; null where nothing was.")

    @classmethod
    def of(cls, seen: AlertSeen) -> AlertShown:
        said = seen.row.settlement
        shown = AlertSettlementShown.mirror(said, settled_by=seen.settled_by) if said else None
        return cls.mirror(seen, settlement=shown)


class AlertSettledShown(ResponseBody):
    """That an alert was settled; without anybody's words."""

    id: str = Field(description="The alert's id.")
    version: int = Field(description="Its version now, for If-Match.")
    right: RightDecision = Field(description=f"Which of the two is to be followed: {RIGHT}")
    settled_by: str | None = Field(description="Id of the person who settled it.")
    at: datetime = Field(description="When that was.")

    @classmethod
    def of(cls, seen: AlertSeen) -> AlertSettledShown:
        said = seen.row.settlement
        assert said is not None, "An alert that was not settled was shown as settled."  # noqa: S101
        return cls.mirror(said, id=seen.row.id, version=seen.row.version, settled_by=seen.settled_by)


class AlertSettledAsked(RequestBody):
    """Which of two opposite decisions is to be followed."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"right": "second", "note": "We take notes, on a card, from now on."}}
    )

    right: RightDecision = Field(description=f"Which of the two is to be followed: {RIGHT}")
    note: Line = Field(default="", description="Why, for colleagues.")


class OpenQuestionShown(ResponseBody):
    """What facilitators are asked."""

    criterion: str = Field(description="Key of the criterion that is not understood.")
    cause: QuestionCause = Field(description="What showed it: `dismissals`, a `contradiction`, or `cannot_tell`.")
    text: str = Field(description="The question.")
    asked_at: datetime = Field(validation_alias="at", description="Since when it is open.")


class QuestionAnswerShown(ResponseBody):
    """What was answered before."""

    criterion: str = Field(description="Key of the criterion.")
    question: str = Field(description="What was asked.")
    answer: str = Field(description="What was answered; empty where the question was left.")
    answered_by: str | None = Field(description="Id of the facilitator who answered.")
    at: datetime = Field(description="When that was.")


class ChallengeQuestionsShown(ResponseBody):
    """The one question that may be open on a challenge, and earlier ones."""

    version: int = Field(
        description="Another with every answer, other words of the question, and every version of the challenge; the "
        "ETag, for If-Match, is this in quotation marks."
    )
    open: OpenQuestionShown | None = Field(description="The open question; null where nothing is asked.")
    answered: list[QuestionAnswerShown] = Field(
        description="What was answered, the latest first; of a criterion, it counts."
    )

    @classmethod
    def of(cls, seen: QuestionSeen) -> ChallengeQuestionsShown:
        answered = [
            QuestionAnswerShown.mirror(row, answered_by=seen.people.get(row.person_id or ""))
            for row in seen.row.answered
        ]
        return cls.mirror(seen.row, answered=answered)


class QuestionAnsweredShown(ResponseBody):
    """That a question was answered; without anybody's words."""

    criterion: str = Field(description="Key of the criterion.")
    version: int = Field(description="The challenge's version now; drafts made from an earlier one are stale.")
    open: str | None = Field(description="Key of the criterion that is asked about next; null where nothing is.")


class QuestionAnswerAsked(RequestBody):
    """An answer to the open question, or another one to a question that was answered before."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"criterion": "k2", "answer": "One question that the pair agrees on before the visit."}
        }
    )

    criterion: Key = Field(description="Key of the criterion that the question is about.")
    answer: Line = Field(description="What you would accept; later drafts follow it. Empty leaves the question.")


class PointAdviceAsked(RequestBody):
    """A point that is being written."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"kind": "next_step", "text": "Great work! 7/10.", "quote": "twice", "criterion": "k1"}
        }
    )

    kind: PointKind = Field(description=POINT_KIND)
    text: Words = Field(description="What the learner would be told.")
    quote: Work = Field(default="", description="The place in the submission, letter for letter.")
    criterion: Key | None = Field(default=None, description="Key of the criterion it is about, if any.")

    def wish(self) -> PointWish:
        return PointWish(self.kind, self.text, self.quote, self.criterion or "")


class PointAdviceShown(ResponseBody):
    """What could be better; nothing of it stands in the way of approving."""

    code: str = Field(description="What kind of advice, for programs.")
    message: str = Field(description="What could be better.")
    start: int | None = Field(description="Where in the point's text the words are; null where it is about no words.")
    end: int | None = Field(description="Where they end, exclusive.")


class PointAdviceList(ResponseBody):
    """Advice on a point."""

    items: list[PointAdviceShown] = Field(description="Empty where there is nothing to say.")
