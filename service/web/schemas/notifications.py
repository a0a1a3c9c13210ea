"""What people were told of, and how they want to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from service.actions.notifications import wording
from service.actions.notifications.own import NotificationSeen
from service.actions.notifications.wishes import NotificationWish, WishSeen
from service.domain.notifications.kinds import TOPIC, NotificationKind, NotificationTopic
from service.domain.notifications.timing import EVENING, LONGEST_ZONE, MORNING, Rhythm
from service.web.fields import OwnId, RequestBody, ResponseBody

RHYTHMS = "By topic, how often mail comes: `at_once`, `daily`, `weekly` (on Mondays) or `never`."
ZONE = "By whose clock hours are meant, such as `Europe/Berlin`; empty for the organization's."
HOUR = "The hour of daily and weekly mail."
QUIET = "From this hour on nothing is mailed, until `quiet_until`; the same hour twice is no quiet."
UNTIL = "Until this hour."

Zone = Annotated[str, StringConstraints(max_length=LONGEST_ZONE)]
Hour = Annotated[int, Field(ge=0, le=23)]


class NotificationShown(ResponseBody):
    """Something that a person was told, as it stands now. It holds nobody's words and no name but of a challenge."""

    id: str = Field(description="Its id.")
    kind: NotificationKind = Field(description="What it is about.")
    topic: NotificationTopic = Field(description="What a rhythm is chosen for.")
    text: str = Field(description="In one English sentence.")
    path: str = Field(description="The page where it is read or done.")
    count: int = Field(description="How many there are, where it tells of several.")
    since: datetime | None = Field(description="Since when the oldest waits, where something does.")
    at: datetime = Field(description="When the person was told.")
    read: bool = Field(description="Whether it was read, or is over.")

    @classmethod
    def told(cls, seen: NotificationSeen) -> NotificationShown:
        line = seen.line
        text = wording.sentence(line, wording.ENGLISH)
        return cls.mirror(seen, kind=line.kind, topic=TOPIC[line.kind], text=text, path=line.path, **_several(seen))


def _several(seen: NotificationSeen) -> dict[str, object]:
    return {"count": seen.line.count, "since": seen.line.since}


class NotificationsRead(RequestBody):
    """Which were read."""

    model_config = ConfigDict(json_schema_extra={"example": {"ids": None}})

    ids: Annotated[list[OwnId], Field(max_length=200)] | None = Field(
        default=None, description="Ids of notifications; null is all. What is not the person's is passed over."
    )


class NotificationsReadCount(ResponseBody):
    """That they were read."""

    read: int = Field(description="How many were unread before.")


class NotificationWishAsked(RequestBody):
    """How a person wants to be told."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"rhythms": {"feedback": "at_once", "work": "weekly"}, "time_zone": "Asia/Tokyo"}}
    )

    rhythms: dict[NotificationTopic, Rhythm] = Field(default={}, description=f"{RHYTHMS} What is left out stays.")
    time_zone: Zone = Field(default="", description=ZONE)
    hour: Hour = Field(default=MORNING, description=HOUR)
    quiet_from: Hour = Field(default=EVENING, description=QUIET)
    quiet_until: Hour = Field(default=MORNING, description=UNTIL)

    def wish(self) -> NotificationWish:
        return NotificationWish(self.rhythms, self.time_zone, self.hour, self.quiet_from, self.quiet_until)


class NotificationWishShown(ResponseBody):
    """How a person wants to be told, and where."""

    email: str = Field(description="Where the person is mailed; empty for nowhere.")
    bounced: bool = Field(description="Whether a mail server refused this address for good. Nothing more goes there.")
    rhythms: dict[NotificationTopic, Rhythm] = Field(description=f"{RHYTHMS} Only topics of the person's roles.")
    time_zone: str = Field(description=ZONE)
    hour: int = Field(description=HOUR)
    quiet_from: int = Field(description=QUIET)
    quiet_until: int = Field(description=UNTIL)

    @classmethod
    def seen(cls, found: WishSeen) -> NotificationWishShown:
        hours = found.hours
        times = {"hour": hours.hour, "quiet_from": hours.quiet_from, "quiet_until": hours.quiet_until}
        return cls.mirror(found, email=found.address, time_zone=found.own_zone, **times)
