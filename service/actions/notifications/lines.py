"""What a notification says as things stand now, for the person whose it is; nothing where it is not theirs to know any
more: work that was taken back, consent that was, somebody who was erased, a role that is no longer held.

It is looked at again whenever it is read and, once more, right before it is mailed. What it shows is what the pages
would show: where an action says what somebody may see, it is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import quote

from sqlalchemy.orm import Session

from service.domain.notifications.kinds import NotificationKind
from service.domain.roles import Actor


@dataclass(frozen=True, slots=True)
class NotificationLine:
    """One thing to read. `title` is of a challenge or such, in the organization's words; `count` and `since` are there
    where it tells of several. `path` leads to where it is read or done.

    `who` and `words` are names of people and their words: for whoever may see them, but not for a letter, unless the
    organization says so. `done`: nothing is left to do about it, and no letter is sent for it.
    """

    kind: NotificationKind
    path: str
    title: str = ""
    count: int = 1
    since: datetime | None = None
    again: bool = False  # it was corrected: another text was there before
    done: bool = False
    names: bool = False  # the path says who somebody is
    who: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, with the roles of this moment."""

    session: Session
    actor: Actor
    now: datetime

    @property
    def person(self) -> str:
        return self.actor.person or ""


LinesBySubject = dict[str, NotificationLine]
"""By what they are about (`subject_id`); what is not there is not said."""


class Looking(Protocol):
    """Looks at all of one kind that one person was told of."""

    def __call__(self, reader: Reader, kind: NotificationKind, subjects: Sequence[str], /) -> LinesBySubject: ...


def path(*parts: str, **query: str) -> str:
    """A path of ours; ids of the outside may hold anything."""
    joined = "/" + "/".join(quote(part, safe="") for part in parts)
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"{joined}?{asked}" if asked else joined


LONGEST_WORDS: Final = 300
"""Of somebody's words in a letter, where the organization lets there be any."""
