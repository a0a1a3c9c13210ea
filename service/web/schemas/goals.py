"""Goals and their evidence, as those see them who review."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from service.actions.goals.progress import GoalSeen
from service.domain.goals import EvidenceAct, EvidenceStanding
from service.web.fields import RequestBody, ResponseBody


class GoalShareShown(BaseModel):
    """How many of how many."""

    model_config = ResponseBody.model_config  # one of its fields has the name by which other answers are made

    count: int = Field(description="Those with confirmed work.")
    of: int = Field(description="All those in which work was handed in, as far as you review them.")


class GoalMonthShown(ResponseBody):
    """A month of handing in (UTC)."""

    month: str = Field(validation_alias="name", description="As `2026-10`.")
    pieces: int = Field(description="Confirmed pieces that were handed in then.")


class GoalFiguresShown(ResponseBody):
    """Only confirmed work counts as progress."""

    offered: int = Field(description="Pieces that speak to the goal, on which nobody has decided.")
    confirmed: int = Field(description="Pieces that a person said show progress.")
    hidden: int = Field(description="Confirmed pieces that are not shared now; they count nowhere.")
    groups: GoalShareShown = Field(description="Groups with confirmed work.")
    challenges: GoalShareShown = Field(description="Challenges with confirmed work.")
    months: list[GoalMonthShown] = Field(description="From the first month to the last.")


class GoalShown(ResponseBody):
    """A goal in one wording."""

    id: str = Field(description="Its id.")
    title: str = Field(description="Its heading, or its first line.")
    text: str = Field(description="Its words, verbatim.")
    version: int = Field(description="The last version of the document that holds it.")
    start: int = Field(description="Where its words begin in that version, in characters.")
    end: int = Field(description="Where they end.")
    present: bool = Field(description="False: an earlier wording, which the document holds no more.")
    figures: GoalFiguresShown = Field(description="What there is on it.")


class GoalPlanShown(ResponseBody):
    """A document with its goals."""

    document: str = Field(description="Id of the document.")
    title: str = Field(description="Its title.")
    version: int = Field(description="Its present version.")
    looked_at: datetime | None = Field(description="When work was last looked for; null: not yet.")
    behind: bool = Field(description="True: this version waits to be read.")
    new_work: int = Field(description="Texts that came in since work was last looked for.")
    goals: list[GoalShown] = Field(description="In the document's order.")
    earlier: list[GoalShown] = Field(description="Goals that it holds no more, with confirmed work.")


class GoalPlanList(ResponseBody):
    """All goals."""

    items: list[GoalPlanShown] = Field(description="By the document's title.")


class GoalEvidenceShown(ResponseBody):
    """A piece of work for a goal, as far as you may read it now."""

    id: str = Field(description="Its id.")
    version: int = Field(
        description="Another with each decision and for another passage; the ETag, for If-Match, is this in quotation "
        "marks."
    )
    text: str = Field(description="The passage, verbatim.")
    start: int = Field(description="Where it begins in its revision, in characters.")
    end: int = Field(description="Where it ends.")
    revision: int = Field(description="Number of the revision.")
    latest: bool = Field(description="False: the work was handed in anew since.")
    challenge: str = Field(description="Id of the challenge.")
    challenge_title: str = Field(description="Its title.")
    group: str = Field(description="Name of the group.")
    name: str = Field(description="The author's name; empty where it is not shown.")
    handed_in: datetime = Field(description="When that was.")
    standing: EvidenceStanding = Field(description="`offered`, `confirmed` or `dismissed`.")
    decided_by: str = Field(description="Name of who decided.")
    decided_at: datetime | None = Field(description="When that was.")
    draft: str = Field(description="Id of the draft on this revision; empty for a platform.")


class GoalWordedBefore(ResponseBody):
    """An earlier wording, with what was confirmed for it."""

    goal: GoalShown = Field(description="The wording.")
    confirmed: list[GoalEvidenceShown] = Field(description="Confirmed for it; counts for it alone.")


class GoalInFull(ResponseBody):
    """One goal with its evidence."""

    goal: GoalShown = Field(description="The goal.")
    document: str = Field(description="Id of its document.")
    confirmed: list[GoalEvidenceShown] = Field(description="A person said that these show progress.")
    offered: list[GoalEvidenceShown] = Field(description="These speak to the goal; nobody has decided.")
    dismissed: list[GoalEvidenceShown] = Field(
        description="A person said that these do not; they are not offered again."
    )
    before: list[GoalWordedBefore] = Field(description="Wordings that it took the place of, the latest first.")

    @classmethod
    def of(cls, one: GoalSeen) -> GoalInFull:
        return cls.mirror(one, before=[{"goal": goal, "confirmed": pieces} for goal, pieces in one.before])


class GoalSearchShown(ResponseBody):
    """What is being looked through."""

    documents: int = Field(description="Documents whose goals are looked at.")


class GoalEvidenceAsked(RequestBody):
    """Whether a piece shows progress."""

    model_config = ConfigDict(json_schema_extra={"example": {"act": "confirm"}})

    act: EvidenceAct = Field(description="`confirm`, `dismiss`, or `undo` of either.")


class GoalEvidenceDecided(ResponseBody):
    """What it is now."""

    id: str = Field(description="The piece's id.")
    version: int = Field(description="Its version now.")
    standing: EvidenceStanding = Field(description="`offered`, `confirmed` or `dismissed`.")
