"""How to reach or find somebody: mail, telephone, handles, links, where somebody lives, numbers that stand for a
person, and names that the text itself says are some. Pure; found by their form, whoever they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from pipelines.prompts import words


class HiddenPlace(NamedTuple):
    """Characters of a text that are not shown, end exclusive, and what they are: a key of `masking.SHOWN`."""

    start: int
    end: int
    kind: str


_SERVICES = (
    "discord|github|insta|instagram|linkedin|mastodon|signal|skype|snapchat|telegram|threema|tiktok|twitter|whatsapp"
)
_KINDS: Final[Sequence[tuple[str, re.Pattern[str]]]] = (
    ("link", re.compile(r"(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)\]]", re.IGNORECASE)),
    ("mail", re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)),
    ("handle", re.compile(r"(?<![\w@.])@[A-Za-z_][\w.-]*\w|(?<!\w)[\w.]{2,32}#\d{4}(?!\d)")),
    ("handle", re.compile(rf"(?<!\w)(?:{_SERVICES})\s*[:=]\s*\S*\w", re.IGNORECASE)),
    ("phone", re.compile(r"(?<![\w.,/-])(?:\+|00|\(?0)[\d(][\d \t\xa0()/.-]{5,}\d(?!\w)")),
    ("phone", re.compile(r"(?<![\w.,/-])\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?!\w)")),
)
DATE: Final = re.compile(r"\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d{2})(?!\d)|\d{4}-\d{1,2}-\d{1,2}")
_DIGITS: Final = 7
"""Fewer are a room, an hour or a sum."""


def contacts_in(text: str) -> Iterator[HiddenPlace]:
    """Where they stand, kind by kind; places may overlap. Of a pattern with a group the group is meant."""
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            if kind != "phone" or _is_phone(match[0]):
                yield HiddenPlace(*match.span(), kind)
    for kind, table in (("address", "addresses"), ("number", "numbers"), ("name", "names")):
        for match in _telling(table).finditer(text):
            yield HiddenPlace(*match.span(match.lastindex or 0), kind)


@cache
def _telling(table: str) -> re.Pattern[str]:
    """Patterns of `words/telling`, of all languages together."""
    return re.compile("|".join(f"(?:{one})" for one in words("words/telling")[table]))


def _is_phone(text: str) -> bool:
    return sum(char.isdigit() for char in text) >= _DIGITS and DATE.match(text) is None


def merged(text: str, found: Iterable[HiddenPlace]) -> tuple[HiddenPlace, ...]:
    """In order, none within another: those that overlap become one, of the longer one's kind, and so do names beside
    each other."""
    kept: list[HiddenPlace] = []
    for one in sorted(found, key=lambda place: (place.start, -place.end)):
        last = kept[-1] if kept else None
        beside = last and one.kind == last.kind == "name" and text[last.end : one.start].strip(" .") == ""
        if last is not None and (one.start < last.end or beside):
            kind = last.kind if last.end - last.start >= one.end - one.start else one.kind
            kept[-1] = HiddenPlace(last.start, max(last.end, one.end), kind)
        else:
            kept.append(one)
    return tuple(kept)
