"""A challenge's calibration: criteria to look at again, pieces to judge first, and how far that is."""

from __future__ import annotations

from datetime import datetime

from pydantic import AliasPath, Field

from pipelines.looked_at import CalibrationReason, CriteriaRemarkCode
from service.actions.calibration.progress import CalibrationSeen
from service.actions.calibration.remarks import CriteriaRemarkSaid
from service.domain.drafts import DraftState
from service.web.fields import ResponseBody


class CriteriaRemarkShown(ResponseBody):
    """Something in the criteria that may be worth a second thought. It stops nothing."""

    code: CriteriaRemarkCode = Field(description="What it is, such as `alike` or `two_things`.")
    criteria: list[str] = Field(description="Ids of the criteria: one, or two that are too near each other.")
    what: str = Field(description="What was seen.")
    why: str = Field(description="What it means for feedback.")
    do: str = Field(description="What could be done.")

    @classmethod
    def of(cls, one: CriteriaRemarkSaid) -> CriteriaRemarkShown:
        return cls.mirror(one, code=one.code, criteria=list(one.criteria))


class PieceToJudgeShown(ResponseBody):
    """A piece of work that was chosen to be judged first, for spread and without a verdict."""

    draft: str = Field(description="Its draft's id; judge it at /v1/drafts/{id}/readings.")
    submission: str = Field(description="Id of the submission.")
    state: DraftState = Field(description="Where its draft is.")
    reason: CalibrationReason = Field(description="Why it was chosen, such as `longest` or `typical`.")
    chosen_of: int = Field(validation_alias="of", description="Of how many works it was chosen.")
    judged: bool = Field(description="Whether it counts as judged.")


class CriterionJudgedShown(ResponseBody):
    """How much was judged on a criterion."""

    id: str = Field(validation_alias="key", description="The criterion's id.")
    judged: int = Field(description="Works that people judged on it.")
    needed: int = Field(description="Works from which the comparison with judged work may say how another stands.")


class CalibrationShown(ResponseBody):
    """How far a challenge's calibration is."""

    challenge: str = Field(
        validation_alias=AliasPath("lens", "challenge", "external_id"), description="Id of the challenge."
    )
    wanted: int = Field(description="Pieces that are to be judged before the rest is drafted; 0: nothing waits.")
    awaits: bool = Field(description="Whether drafts wait for it now.")
    done_at: datetime | None = Field(description="Since when they do not wait any more; null if they do, or never did.")
    judged: int = Field(description="Works that count as judged: on all criteria, or with approved feedback.")
    waiting: int = Field(description="Drafts that wait for it, in the groups that you see.")
    pieces: list[PieceToJudgeShown] = Field(description="What was chosen, in the order in which it is judged.")
    elsewhere: int = Field(description="Pieces that were chosen besides, for other facilitators to judge.")
    criteria: list[CriterionJudgedShown] = Field(description="How much was judged on each criterion.")
    remarks: list[CriteriaRemarkShown] = Field(description="What may be worth a second thought in the criteria.")
    looked: bool = Field(description="Whether the criteria were looked at as they stand.")

    @classmethod
    def of(cls, seen: CalibrationSeen) -> CalibrationShown:
        return cls.mirror(
            seen,
            pieces=[PieceToJudgeShown.mirror(one) for one in seen.pieces],
            criteria=[CriterionJudgedShown.mirror(one) for one in seen.criteria],
            remarks=[CriteriaRemarkShown.of(one) for one in seen.remarks],
        )
