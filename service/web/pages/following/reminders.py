"""Reminding learners of a challenge: whom, and in which words, seen before they are sent. And a learner's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar
from urllib.parse import quote

from fastapi import Form
from pydantic import AfterValidator, BaseModel, Field

from service.actions.following import reminders
from service.actions.following.reminders import MOST, Candidate, ReminderOffer, ReminderWish
from service.actions.learners import reminders as learners_reminders
from service.domain.following.reminders import LONGEST, ReminderBar, ReminderKind
from service.web.fields import ExternalId, Id, Language, Note, OwnId, typed
from service.web.pages.overview.challenge import GroupChosen
from service.web.pages.overview.views import REMINDED, Head, head
from service.web.pages.routes import pages
from service.web.pages.views import Goto, NavigationEntry, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()

BARS: Mapping[ReminderBar, str] = {
    ReminderBar.LATELY: "was reminded of this lately",
    ReminderBar.TAKEN_BACK: "took the work back",
    ReminderBar.NOT_OPEN: "the challenge is not open yet",
    ReminderBar.OVER: "the challenge or the group is archived",
}
KINDS: Mapping[ReminderKind, str] = {
    ReminderKind.NOT_HANDED_IN: "Not handed in",
    ReminderKind.UNREAD: "Feedback not opened",
    ReminderKind.NOT_ACTED: "Read, not acted",
}


class RemindersSent(BaseModel):
    """As it was ticked and typed: each text with the language that stands beside it."""

    people: Annotated[list[Id], Field(max_length=MOST)] = []
    language: Annotated[list[Language], Field(max_length=100)] = []
    text: Annotated[list[Annotated[Note, AfterValidator(typed)]], Field(max_length=100)] = []


@dataclass(frozen=True, slots=True)
class ReminderWordsDrawn:
    """Words in one language, and how many read it."""

    language: str
    text: str
    people: int


@dataclass(frozen=True)
class RemindPage(PageView):
    """Who could be reminded of one thing, with words to begin with."""

    template: ClassVar[str] = "following/remind.html"
    head: Head
    action: str
    kinds: tuple[NavigationEntry, ...]
    people: tuple[Candidate, ...]
    more: int
    barred: tuple[tuple[Candidate, str], ...]
    texts: tuple[ReminderWordsDrawn, ...]
    days: int
    longest: int
    reminded_of: Mapping[ReminderKind, str]
    now: datetime


def remind_page(seen: ReminderOffer, *, now: datetime) -> RemindPage:
    top = head(seen.lens, seen.groups, f"/remind/{seen.kind.value}")
    query = f"?group={quote(top.chosen, safe='')}" if top.chosen else ""
    spoken = [one.language for one in seen.open]
    return RemindPage(
        head=top,
        action=top.path + query,
        kinds=tuple(
            NavigationEntry(f"{top.base}/remind/{kind.value}{query}", words, kind is seen.kind)
            for kind, words in KINDS.items()
        ),
        people=seen.open[:MOST],
        more=max(0, len(seen.open) - MOST),
        barred=tuple((one, BARS[one.bar]) for one in seen.candidates if one.bar is not None),
        texts=tuple(
            ReminderWordsDrawn(language, text, spoken.count(language)) for language, text in seen.texts.items()
        ),
        days=seen.days,
        longest=LONGEST,
        reminded_of=REMINDED,
        now=now,
    )


@router.get("/desk/challenges/{id}/remind/{kind}")
def show_remind(visit: ReadingVisit, id: ExternalId, kind: ReminderKind, group: GroupChosen = "") -> PageView:
    seen = reminders.offered(visit.session, visit.actor, id, kind, group=group or None, now=visit.now)
    return remind_page(seen, now=visit.now)


@router.post("/desk/challenges/{id}/remind/{kind}")
def remind(
    visit: WritingVisit,
    id: ExternalId,
    kind: ReminderKind,
    form: Annotated[RemindersSent, Form()],
    group: GroupChosen = "",
) -> Goto:
    wish = ReminderWish(kind, dict(zip(form.language, form.text, strict=False)), form.people)
    sent = reminders.send(visit.session, visit.actor, id, wish, group=group or None, now=visit.now)
    back = f"/desk/challenges/{quote(id, safe='')}/remind/{kind.value}"
    said = "reminded-some" if sent.left_out else "reminded"
    return Goto(back, said=said, query={"group": group} if group else {})


@router.post("/learn/reminders/{id}/dismiss")
def dismiss_reminder(visit: WritingVisit, id: OwnId) -> Goto:
    learners_reminders.dismiss(visit.session, visit.actor, id, now=visit.now)
    return Goto("/learn", said="reminder-gone")
