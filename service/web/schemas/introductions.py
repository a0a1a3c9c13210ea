"""Introductions, as a facilitator and as the two people see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import ConfigDict, Field

from service.actions.introductions.desk import DeskIntroduction
from service.actions.introductions.review import IntroductionDismissalReason
from service.domain.introductions import OwnIntroductionState
from service.store.tables import IntroductionUseful
from service.web.fields import Hash, Id, Line, RequestBody, ResponseBody, Words

STATE = (
    "`suggested`, `approved`, `asked`, `introduced`, `met`, `missed`, `dismissed`, `expired`, `withdrawn` or `ended`."
)
KIND = "Why: `complementary`, `same_problem`, `triangle`, `bridge`, `same_role` or `expert`."


class IntroductionQuoteShown(ResponseBody):
    """Words of somebody's work, as far as you may read them now."""

    name: str = Field(description="Whose words; empty where the author is not named.")
    title: str = Field(description="The challenge or document in which they stand.")
    text: str = Field(description="The words, verbatim.")


class IntroducedPersonShown(ResponseBody):
    """One of the two people."""

    person: str = Field(validation_alias="external_id", description="Id of the person.")
    name: str = Field(description="Name of the person.")
    groups: list[str] = Field(description="Names of the groups that the person is in.")
    load: int = Field(description="Introductions that weigh on the person now.")


class IntroductionListed(ResponseBody):
    """An introduction in a list."""

    id: str = Field(description="Its id.")
    version: int = Field(description="Grows with every change; the ETag, for If-Match, is this in quotation marks.")
    state: str = Field(description=STATE)
    kind: str = Field(description=KIND)
    first: IntroducedPersonShown = Field(description="One of the two.")
    second: IntroducedPersonShown = Field(description="The other.")
    reason: str = Field(description="Why they should meet, in words.")
    created_at: datetime = Field(description="When it was suggested.")


class IntroductionWordingShown(ResponseBody):
    """Every text that either of the two would read."""

    reason: str = Field(description="Why they should meet.")
    first_brings: str = Field(description="What the first brings.")
    second_brings: str = Field(description="What the second brings.")
    step: str = Field(description="A small first step.")
    message_to_first: str = Field(description="The question to the first.")
    message_to_second: str = Field(description="The question to the second.")


class IntroductionShown(IntroductionListed):
    """One introduction, to decide on."""

    kinds: list[str] = Field(description="All kinds of reason that hold, the strongest first.")
    wording: IntroductionWordingShown = Field(description="The text.")
    quotes: list[IntroductionQuoteShown] = Field(description="Passages that show it, as far as you may read them.")
    unquoted: int = Field(description="Passages that their authors do not share with you.")
    text_hash: str = Field(description="Hash of all of the text; an approval names it.")
    hindrance: str = Field(description="Why nobody can be asked now; empty if both can.")
    acts: list[str] = Field(description="What you can do now.")

    @classmethod
    def of(cls, one: DeskIntroduction) -> IntroductionShown:
        names = ("kinds", "wording", "quotes", "unquoted", "text_hash", "hindrance", "acts")
        return cls.mirror(one.line, **{name: getattr(one, name) for name in names})


class IntroductionDecided(ResponseBody):
    """What became of it."""

    id: str = Field(description="Its id.")
    version: int = Field(description="Its version now.")


class IntroductionSearchAsked(RequestBody):
    """For whom introductions are looked for; without either, for the whole organization."""

    model_config = ConfigDict(json_schema_extra={"example": {"group": "year-8"}})

    person: Id | None = Field(None, description="Id of a person.")
    group: Id | None = Field(None, description="Id of a group; those below it are in it.")


class IntroductionSearchShown(ResponseBody):
    """It is being looked; what is found waits for facilitators."""

    looking: bool = Field(True, description="True.")


class IntroductionRevisedAsked(RequestBody):
    """Other words. What is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"step": "Have tea for ten minutes."}})

    reason: Words | None = Field(None, description="Why they should meet.")
    first_brings: Words | None = Field(None, description="What the first brings.")
    second_brings: Words | None = Field(None, description="What the second brings.")
    step: Words | None = Field(None, description="A small first step.")
    message_to_first: Words | None = Field(None, description="The question to the first.")
    message_to_second: Words | None = Field(None, description="The question to the second.")

    def wording(self) -> dict[str, str]:
        return self.model_dump(exclude_none=True)


class IntroductionApprovedAsked(RequestBody):
    """The text that was seen, by its hash."""

    model_config = ConfigDict(json_schema_extra={"example": {"seen": "0" * 64}})

    seen: Hash = Field(description="`text_hash` of the text that you read.")


class IntroductionDismissedAsked(RequestBody):
    """Why not."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "know_each_other"}})

    reason: IntroductionDismissalReason = Field(
        description="`know_each_other`, `not_useful`, `wrong_time`, `wrong_reading` (of their work) or `other`."
    )
    note: Line = Field("", description="A word to colleagues.")


class OwnIntroductionShown(ResponseBody):
    """An introduction of your own. It never tells what the other has answered, until both have said yes."""

    id: str = Field(description="Its id.")
    seen: OwnIntroductionState = Field(
        description="`question` (yours to answer), `waiting` (you said yes) or `together`."
    )
    other: str = Field(description="Name of the other person.")
    message: str = Field(description="The question to you.")
    reason: str = Field(description="Why you two should meet.")
    own_brings: str = Field(description="What you bring.")
    other_brings: str = Field(description="What the other brings.")
    step: str = Field(description="A small first step.")
    quotes: list[IntroductionQuoteShown] = Field(description="Passages of both of you, as far as you may read them.")
    approved_by: str = Field(description="The facilitator who approved this text.")
    answer_by: datetime = Field(description="After that nobody can answer any more.")
    introduced_at: datetime | None = Field(description="When both had said yes.")
    ask_how: bool = Field(description="Whether it is time to say how it went.")
    met: bool | None = Field(description="What you said of whether you met; null where you said nothing.")
    useful: IntroductionUseful | None = Field(description="What you said of its use: `yes`, `a_little` or `no`.")


class OwnIntroductionList(ResponseBody):
    """All introductions of your own that are not over."""

    open_to: bool = Field(description="Whether you allow to be introduced.")
    items: list[OwnIntroductionShown] = Field(description="The latest first.")


class IntroductionAnswerAsked(RequestBody):
    """Would you like to be introduced?"""

    model_config = ConfigDict(json_schema_extra={"example": {"yes": True}})

    yes: bool = Field(description="A no is told to nobody.")


class IntroductionReportAsked(RequestBody):
    """Did you meet, and was it useful?"""

    model_config = ConfigDict(json_schema_extra={"example": {"met": True, "useful": "yes"}})

    met: bool = Field(description="Whether you two have met.")
    useful: IntroductionUseful | None = Field(
        None, description="`yes`, `a_little` or `no`; passed over if you have not met."
    )
    note: Line = Field("", description="A word on it; nobody but you reads it.")


WhichIntroductions = Annotated[
    Literal["suggested", "approved", "asked", "made", "ended"], Query(description="Which ones; those to decide on.")
]
