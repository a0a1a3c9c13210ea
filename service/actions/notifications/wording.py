"""Sentences for what people are told, in their language, from `prompts/notifications/<language>.toml`.

A letter is thin unless an organization says otherwise: sentences hold titles and counts, and nobody's words or name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from pipelines import prompts
from service.actions.notifications.lines import NotificationLine
from service.domain.following.reminders import base

FOLDER: Final = "notifications"
LONGEST_WORDS: Final = 300
"""Of somebody's words in a letter, where the organization lets there be any: enough to know what it is about."""
ENGLISH: Final = "en"


@cache
def words(language: str) -> Mapping[str, Any]:
    """The words of this language (a BCP 47 tag), or English ones where we have none in it."""
    return prompts.words(f"{FOLDER}/{spoken(language)}")


def spoken(language: str) -> str:
    """The language that is used for this one."""
    return base(language) if base(language) in prompts.tables(FOLDER) else ENGLISH


def sentence(line: NotificationLine, language: str, zone: str = "UTC") -> str:
    """What a notification says, as one sentence."""
    said = words(language)["sentences"]
    name = f"{line.kind}_again" if line.again else f"{line.kind}_many" if line.count > 1 else line.kind.value
    since = day(line.since, language, zone) if line.since is not None else ""
    return str(said[name]).format(title=line.title, count=line.count, since=since)


def subject(lines: Sequence[NotificationLine], language: str) -> str:
    """A letter's subject: of one thing what it is, of several how many. No title, nobody's words."""
    said = words(language)
    if len(lines) == 1:
        return str(said["subjects"][lines[0].kind.value])
    return str(said["letter"]["several"]).format(count=len(lines))


def detail(line: NotificationLine, language: str) -> str:
    """Who, and in which words: only for a letter that may hold them."""
    text = line.words if len(line.words) <= LONGEST_WORDS else f"{line.words[: LONGEST_WORDS - 1]}…"
    if line.who and text:
        return str(words(language)["letter"]["said"]).format(who=line.who, words=text)
    return text or line.who


def day(at: datetime, language: str, zone: str) -> str:
    """A day, by the reader's clock."""
    said, wall = words(language)["letter"], at.astimezone(ZoneInfo(zone))
    return str(said["day"]).format(day=wall.day, month=said["months"][wall.month - 1], year=wall.year)
