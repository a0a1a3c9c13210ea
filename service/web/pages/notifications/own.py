"""What somebody was told, how they want to be told by mail, and the link in a letter that ends all mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final

from fastapi import Form, Path
from pydantic import BaseModel, Field

from service.actions.notifications import own, wishes, wording
from service.actions.notifications.wishes import NotificationWish, WishSeen
from service.domain.notifications.kinds import NotificationTopic
from service.domain.notifications.timing import LONGEST_ZONE, Rhythm
from service.web.fields import OwnId
from service.web.pages.routes import OpenRoute, Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, Visit, WritingVisit

router = pages()
open_router = pages(OpenRoute)

HERE = "/notifications"
TOPICS: Final[Mapping[NotificationTopic, tuple[str, str]]] = {
    NotificationTopic.FEEDBACK: ("Feedback on my work", "When it is there, corrected or taken back, and answers."),
    NotificationTopic.MEETINGS: (
        "Others, and their work",
        "How others solved it, introductions, what you asked for.",
    ),
    NotificationTopic.REMINDERS: ("Reminders", "A facilitator’s word, and the day of a next step."),
    NotificationTopic.WORK: ("What waits for me", "Work, galleries, introductions, requests: how many."),
    NotificationTopic.QUESTIONS: ("Asked of me", "Learners’ questions, and drafts that a colleague gave you."),
    NotificationTopic.ORGANIZATION: (
        "What needs a coordinator",
        "Nobody is there, jobs, keys, mail that comes back.",
    ),
}
RHYTHMS: Final[Mapping[Rhythm, str]] = {
    Rhythm.AT_ONCE: "at once",
    Rhythm.DAILY: "once a day",
    Rhythm.WEEKLY: "on Mondays",
    Rhythm.NEVER: "never",
}
HOURS: Final = tuple(range(24))

Token = Annotated[str, Path(pattern=r"^[0-9a-f]{32}\.[A-Za-z0-9_-]{43}$")]


@dataclass(frozen=True, slots=True)
class NotificationItem:
    """One thing on the page."""

    id: str
    at: datetime
    read: bool
    text: str
    path: str


@dataclass(frozen=True)
class NotificationsPage(PageView):
    """What was told, the latest first."""

    template: ClassVar[str] = "notifications/list.html"
    items: tuple[NotificationItem, ...]


@dataclass(frozen=True)
class WishesPage(PageView):
    """How one wants to be told."""

    template: ClassVar[str] = "notifications/settings.html"
    wish: WishSeen
    mail: bool  # whether the service mails anybody at all
    topics: tuple[tuple[NotificationTopic, str, str], ...]
    rhythms: tuple[tuple[Rhythm, str], ...] = tuple(RHYTHMS.items())
    hours: tuple[int, ...] = HOURS


@dataclass(frozen=True)
class EndMailPage(PageView):
    """The link of a letter was opened. Looking at it ends nothing, since mail scanners look, too."""

    template: ClassVar[str] = "notifications/end.html"
    works: bool
    ended: bool = False


class WishesSent(BaseModel):
    """As it was chosen. A topic that the form does not show is left as it is."""

    feedback: Rhythm | None = None
    meetings: Rhythm | None = None
    reminders: Rhythm | None = None
    work: Rhythm | None = None
    questions: Rhythm | None = None
    organization: Rhythm | None = None
    time_zone: Annotated[str, Field(max_length=LONGEST_ZONE)] = ""
    hour: Annotated[int, Field(ge=0, le=23)]
    quiet_from: Annotated[int, Field(ge=0, le=23)]
    quiet_until: Annotated[int, Field(ge=0, le=23)]

    def wish(self) -> NotificationWish:
        given = {topic: getattr(self, topic.value) for topic in NotificationTopic}
        chosen = {topic: rhythm for topic, rhythm in given.items() if rhythm is not None}
        return NotificationWish(chosen, self.time_zone.strip(), self.hour, self.quiet_from, self.quiet_until)


@router.get(HERE)
def show_notifications(visit: ReadingVisit) -> Shown:
    told = own.told(visit.session, visit.actor, own.me(visit.session, visit.actor), now=visit.now)
    items = tuple(
        NotificationItem(one.id, one.at, one.read, wording.sentence(one.line, wording.ENGLISH), one.line.path)
        for one in told
    )
    return NotificationsPage(items)


@router.post(HERE + "/read")
def read_all(visit: WritingVisit) -> Shown:
    own.read(visit.session, visit.actor, own.me(visit.session, visit.actor), now=visit.now)
    return Goto(HERE, said="all-read")


@router.post(HERE + "/{id}/read")
def read_one(visit: WritingVisit, id: OwnId) -> Shown:
    own.read(visit.session, visit.actor, own.me(visit.session, visit.actor), [id], now=visit.now)
    return Goto(HERE)


@router.get(HERE + "/settings")
def show_wishes(visit: ReadingVisit) -> Shown:
    seen = wishes.show(visit.session, visit.actor, own.me(visit.session, visit.actor))
    return WishesPage(seen, visit.services.mails, tuple((topic, *TOPICS[topic]) for topic in seen.rhythms))


@router.post(HERE + "/settings")
def change_wishes(visit: WritingVisit, sent: Annotated[WishesSent, Form()]) -> Shown:
    me = own.me(visit.session, visit.actor)
    wishes.change(visit.session, visit.actor, me, sent.wish(), now=visit.now)
    return Goto(HERE + "/settings", said="saved")


@router.post(HERE + "/address/remove")
def take_address_away(visit: WritingVisit) -> Shown:
    wishes.take_address_away(visit.session, visit.actor, own.me(visit.session, visit.actor), now=visit.now)
    return Goto(HERE + "/settings", said="address-gone")


@open_router.get("/mail/{token}")
def ask_to_end_mail(visit: ReadingVisit, token: Token) -> Shown:
    return EndMailPage(wishes.knows(visit.session, _person(visit, token)))


@open_router.post("/mail/{token}")
def end_mail(visit: WritingVisit, token: Token) -> Shown:
    """By the page, or by a mail program at one click (RFC 8058), which shows no cookie and was given no form."""
    ended = wishes.no_more_mail(visit.session, _person(visit, token), now=visit.now)
    return EndMailPage(ended, ended)


def _person(visit: Visit, token: str) -> str:
    """Whose link it is, by our id; empty for one that we did not make."""
    seal = visit.services.seal
    return (seal.checked(wishes.NO_MORE_MAIL, token) if seal is not None else None) or ""
