"""What a facilitator sends to decide on a draft."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from pipelines.values import Standing
from service.web.fields import Hash, Key, Line, RequestBody, Share, Words
from service.web.schemas.feedback import STANDING


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
    text: Words = Field(min_length=1, description="What it says instead.")


class PointDismissedAsked(RequestBody):
    """The point goes, and neither it nor its near-twins come back on this challenge."""

    model_config = ConfigDict(json_schema_extra={"example": {"act": "dismiss", "reason_code": "already_said"}})

    act: Literal["dismiss"] = Field(description="`dismiss`.")
    reason_code: DismissalReason = Field(
        description="Why: `wrong`, `not_in_text`, `not_useful`, `too_harsh`, `already_said`, `about_person` or `other`."
    )
    note: Line = Field(default="", description="More on why, for colleagues and for later drafts.")


Decided = Annotated[PointAcceptedAsked | PointEditedAsked | PointDismissedAsked, Field(discriminator="act")]


class DraftChangeAsked(RequestBody):
    """Another summary, a judgement, or both. What is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"summary": "Who and when are clear; what to look for is open.", "standing": "partly"}
        }
    )

    summary: Words | None = Field(default=None, description="The whole in one line.")
    standing: Standing | None = Field(default=None, description=f"How the submission stands: {STANDING}")
    score: Share | None = Field(default=None, description="Share of full marks, from 0 to 1.")
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

    instruction: Line = Field(default="", description="A word to the drafter.")


class DraftRetractedAsked(RequestBody):
    """Why it is taken back."""

    reason: Line = Field(default="", description="Why, for the record.")


class DraftClaimedAsked(RequestBody):
    """Whether to take it from somebody who is at it."""

    take_over: bool = Field(default=False, description="True: even if somebody else is at it.")
