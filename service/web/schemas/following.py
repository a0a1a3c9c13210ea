"""Reminders, and what became of released points."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AliasPath, ConfigDict, Field, StringConstraints

from pipelines.values import Band
from service.actions.following import pairs
from service.actions.following.pairs import Figure, UptakeCounts
from service.actions.following.reminders import MOST, ReminderOffer, ReminderWish, SentReminders
from service.actions.learners.reminders import ReminderSeen
from service.domain.following.reminders import LONGEST, ReminderBar, ReminderKind
from service.domain.following.uptake import UptakeVerdict
from service.web.fields import Id, Language, Line, RequestBody, ResponseBody

ReminderText = Annotated[Line, StringConstraints(max_length=LONGEST)]
KIND = "`not_handed_in`, `unread` (feedback was not opened here) or `not_acted` (read, and nothing followed)."
WHY = "`lately` (of the same thing), `taken_back` or `not_open`"


class ReminderCandidateShown(ResponseBody):
    """Somebody at the stage that the reminder is about."""

    person: str = Field(validation_alias=AliasPath("learner", "person"), description="Id of the person.")
    group: str = Field(validation_alias=AliasPath("learner", "group"), description="Id of the group.")
    language: str = Field(description="Language in which they are written to.")
    bar: ReminderBar | None = Field(description=f"Why they are not reminded now: {WHY}; null where they can be.")
    reminded_at: datetime | None = Field(description="When they were last reminded of anything on this challenge.")


class ReminderOfferShown(ResponseBody):
    """Who could be reminded of one thing, and words to begin with."""

    kind: ReminderKind = Field(description=KIND)
    people: list[ReminderCandidateShown] = Field(description="Everybody at that stage, in the groups that you may see.")
    texts: dict[str, str] = Field(description="Words to begin with, by language of those who can be reminded.")
    again_after_days: int = Field(description="Days before somebody is reminded of the same thing again.")

    @classmethod
    def of(cls, seen: ReminderOffer) -> ReminderOfferShown:
        people = [
            ReminderCandidateShown.mirror(one, reminded_at=max((at for _, at in one.learner.reminded), default=None))
            for one in seen.candidates
        ]
        return cls(kind=seen.kind, people=people, texts=dict(seen.texts), again_after_days=seen.days)


class RemindersAsked(RequestBody):
    """Whom to remind of what, in exactly which words."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"kind": "not_handed_in", "text": "A first attempt is enough.", "people": ["ada"]}
        }
    )

    kind: ReminderKind = Field(description=KIND)
    text: ReminderText = Field(
        default="", description="What those read for whom `texts` has nothing in their language."
    )
    texts: Annotated[dict[Language, ReminderText], Field(max_length=100)] = Field(
        default={}, description="What people read, by language."
    )
    people: Annotated[list[Id], Field(min_length=1, max_length=MOST)] | None = Field(
        default=None, description="Ids of people; null is all who can be reminded of this now."
    )
    group: Id | None = Field(default=None, description="Only in this group and those below it.")

    def wish(self) -> ReminderWish:
        return ReminderWish(self.kind, {**self.texts, "": self.text}, self.people)


class ReminderLeftOut(ResponseBody):
    """Somebody who was not reminded."""

    person: str = Field(description="Id of the person.")
    why: ReminderBar | None = Field(description=f"{WHY}; null where they are not at that stage, or not yours to see.")


class RemindersKept(ResponseBody):
    """What was sent."""

    sent: list[str] = Field(description="Ids of the reminders; each is told of by the event `reminder.sent`.")
    left_out: list[ReminderLeftOut] = Field(description="Who was not reminded, and why.")

    @classmethod
    def of(cls, sent: SentReminders) -> RemindersKept:
        left = [ReminderLeftOut(person=person, why=why) for person, why in sent.left_out.items()]
        return cls(sent=[row.id for row in sent.rows], left_out=left)


class ReminderShown(ResponseBody):
    """A facilitator's word to one learner."""

    id: str = Field(description="Its id.")
    person: str = Field(description="Id of the person who is reminded.")
    challenge: str = Field(description="Id of the challenge.")
    submission: str | None = Field(description="Id of the work that it is about; null where none was handed in.")
    kind: ReminderKind = Field(description=KIND)
    text: str = Field(description="Exactly what the facilitator sent.")
    sent_by: str = Field(description="Name of the facilitator; empty where they are gone.")
    sent_at: datetime = Field(description="When.")
    open: bool = Field(description="Whether it was neither acted on nor dismissed.")

    @classmethod
    def of(cls, seen: ReminderSeen) -> ReminderShown:
        beside = {"person": seen.person, "challenge": seen.challenge, "submission": seen.submission}
        return cls.mirror(seen.row, **beside, sent_by=seen.by, open=seen.open)


class ReminderList(ResponseBody):
    """Reminders that are still open."""

    items: list[ReminderShown] = Field(description="The latest first; there is one page.")


class UptakeMonthShown(ResponseBody):
    """Later revisions that were handed in in one month."""

    month: str = Field(description="Such as `2026-11`, in UTC.")
    points: int = Field(description="Released points that asked for something.")
    told: int = Field(description="Of how many it can be told what became of them.")
    taken_up: float | None = Field(
        description="Share of these that were taken up; null where these are fewer than ten."
    )

    @classmethod
    def made_of(cls, month: str, counts: UptakeCounts) -> UptakeMonthShown:
        return cls(month=month, **_shares(counts))


def _shares(counts: UptakeCounts) -> dict[str, float | int | None]:
    share = pairs.share(counts)
    return {
        "points": pairs.points_of(counts),
        "told": pairs.told(counts),
        "taken_up": None if share is None else round(share, 4),
    }


class UptakeShown(ResponseBody):
    """What became of released points that asked for something, as it was last compared. Words are compared, meanings
    are not."""

    challenge: str = Field(description="Id of the challenge.")
    points: int = Field(description="Released points that asked for something and that a later revision followed.")
    told: int = Field(description="Of how many it can be told what became of them.")
    taken_up: float | None = Field(
        description="Share of these that were taken up; null where these are fewer than ten."
    )
    sure: dict[Band, int] = Field(description="Of those taken up, how sure that is.")
    became: dict[UptakeVerdict, int] = Field(description="What became of all of them.")
    pending: int = Field(description="Later revisions that are not compared yet; they are within about an hour.")
    barred: int = Field(description="Later revisions that no machine may compare.")
    as_of: datetime | None = Field(description="When the newest was compared; null where none was.")
    months: list[UptakeMonthShown] = Field(description="By the month of the later revision.")

    @classmethod
    def made(cls, challenge: str, seen: Figure) -> UptakeShown:
        became: Mapping[tuple[UptakeVerdict, Band], int] = seen.became
        return cls(
            challenge=challenge,
            **_shares(became),
            sure={band: became.get((UptakeVerdict.TAKEN_UP, band), 0) for band in Band},
            became={verdict: pairs.of_verdict(became, verdict) for verdict in UptakeVerdict},
            pending=seen.pending,
            barred=seen.barred,
            as_of=seen.as_of,
            months=[UptakeMonthShown.made_of(month, counts) for month, counts in sorted(seen.months.items())],
        )
