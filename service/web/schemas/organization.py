"""The organization itself: what its coordinators set."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from service.domain.organization_settings import (
    LARGEST_BUDGET,
    LONGEST_UNDO,
    MOST_ORIGINS,
    OrganizationWish,
)
from service.domain.reminders import AGAIN_DAYS, MOST_DAYS
from service.web.fields import AnswerBody, Language, Name, RequestBody

UNDO = "Seconds for which an approval can be undone; null for what the installation says."
BUDGET = "What models may cost in a day, in the currency of the prices; 0 is no limit, null what the installation says."
REMIND = f"Days before the same person is reminded of the same thing again; null for {AGAIN_DAYS}."
ANSWER = "Days within which learners are promised an answer; work that waits longer is told of. Null promises nothing."
LOOK = "Whether introductions are looked for every week, for all. Facilitators decide on what is found."
ORIGINS = "Sites on whose pages the learner's pages may stand in a frame, such as `https://courses.example.org`."


class OrganizationAsked(RequestBody):
    """All that is set; what is left out goes back to what the installation says."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"name": "Harbor School", "language": "en", "embed_origins": ["https://courses.example.org"]}
        }
    )

    name: Name = Field(description="What people call it.")
    language: Language = Field(default="en", min_length=2, description="BCP 47 tag, where a text says nothing else.")
    undo_seconds: int | None = Field(default=None, ge=0, le=LONGEST_UNDO, description=UNDO)
    model_budget_per_day: float | None = Field(
        default=None, ge=0, le=LARGEST_BUDGET, allow_inf_nan=False, description=BUDGET
    )
    embed_origins: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=MOST_ORIGINS)] = Field(
        default=[], description=ORIGINS
    )
    remind_again_days: int | None = Field(default=None, ge=1, le=MOST_DAYS, description=REMIND)
    answer_within_days: int | None = Field(default=None, ge=1, le=MOST_DAYS, description=ANSWER)
    look_for_introductions_weekly: bool = Field(default=False, description=LOOK)

    def wish(self) -> OrganizationWish:
        return OrganizationWish(
            self.name,
            self.language,
            self.undo_seconds,
            self.model_budget_per_day,
            tuple(self.embed_origins),
            self.remind_again_days,
            self.answer_within_days,
            self.look_for_introductions_weekly,
        )


class OrganizationShown(AnswerBody):
    """The organization, and what is set."""

    id: str = Field(description="Its id on this installation.")
    name: str = Field(description="What people call it.")
    language: str = Field(description="BCP 47 tag, where a text says nothing else.")
    undo_seconds: int | None = Field(description=UNDO)
    model_budget_per_day: float | None = Field(description=BUDGET)
    embed_origins: list[str] = Field(description=ORIGINS)
    remind_again_days: int | None = Field(description=REMIND)
    answer_within_days: int | None = Field(description=ANSWER)
    look_for_introductions_weekly: bool = Field(description=LOOK)

    @classmethod
    def of(cls, found: tuple[str, OrganizationWish]) -> OrganizationShown:
        id_, wish = found
        return cls(
            id=id_,
            name=wish.name,
            language=wish.language,
            undo_seconds=wish.undo_seconds,
            model_budget_per_day=wish.model_budget_per_day,
            embed_origins=list(wish.embed_origins),
            remind_again_days=wish.remind_again_days,
            answer_within_days=wish.answer_within_days,
            look_for_introductions_weekly=wish.look_for_introductions_weekly,
        )
