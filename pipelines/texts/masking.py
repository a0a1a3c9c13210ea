"""What tells who wrote a text, and who is named in it: found and put out of sight. Pure; decides nothing about consent.

Hidden are the author's own name in any spelling of its letters, other people's names by the rule of `names`, names of
people whom nobody here knows where the text itself says that one follows (a title, "my name is", a signature), mail
addresses, telephone numbers, handles, links (a link to one's own notes tells who one is), where somebody lives, and
numbers that stand for a person. Rather a word too many than one too few: what stays readable is what was done, not by
whom. Measures, dates, counts and rooms stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from pipelines.texts.contacts import HiddenPlace as HiddenPlace
from pipelines.texts.contacts import contacts_in, merged
from pipelines.texts.doubts import unaccented
from pipelines.texts.names import ordinary_words, parts_of, places_of, small_words

SHOWN: Final[Mapping[str, str]] = {
    "name": "[name]",
    "mail": "[e-mail]",
    "phone": "[telephone]",
    "handle": "[handle]",
    "link": "[link]",
    "address": "[address]",
    "number": "[number]",
}


class People:
    """The names of an organization, ready to be looked for in many texts."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by: dict[str, list[str]] = {}
        for name in dict.fromkeys(names):
            for part in parts_of(name):
                self._by.setdefault(part, []).append(name)

    def mentioned(self, text: str) -> tuple[str, ...]:
        """Those of which a part may stand in the text."""
        found = (name for part in sorted(parts_of(text)) for name in self._by.get(part, ()))
        return tuple(dict.fromkeys(found))


@lru_cache(maxsize=2048)
def hidden_in(text: str, author: str, names: tuple[str, ...], language: str) -> tuple[HiddenPlace, ...]:
    """What is put out of sight in a text by this author; `names` are those that it may mention. In order, none within
    another."""
    found = [*contacts_in(text), *_author_in(text, author)]
    found += [HiddenPlace(start, end, "name") for start, end in places_of(text, (*names, author), text, language)]
    found += [HiddenPlace(start, end, "name") for start, end in _short(text, names)]
    return merged(text, found)


def tells_of(text: str, author: str, language: str) -> bool:
    """Whether words about this author's work tell whose it is, or how to reach somebody; not whom else they name."""
    reached = any(one.kind != "name" for one in contacts_in(text))
    return reached or bool(_author_in(text, author)) or bool(places_of(text, (author,), text, language))


def _short(text: str, names: Iterable[str]) -> list[tuple[int, int]]:
    """Names of two letters (Bo, Yu), which `names` leaves where a sentence begins; the commonest words are none."""
    short = {part for name in names for part in re.findall(r"[^\W\d_]+", name) if len(part) == 2 and part.istitle()}
    kept = sorted(part for part in short if part.lower() not in small_words() | ordinary_words())
    return [match.span() for part in kept for match in re.finditer(rf"(?<!\w){part}(?=(?:['’]?s)?(?!\w))", text)]


_SPELT_OUT: Final = {ord(letter): two for letter, two in zip("äöüøå", ("ae", "oe", "ue", "oe", "aa"), strict=True)}


def _spellings(name: str) -> set[str]:
    """Its parts as they are; without accents and with umlauts in two letters, where that makes no common word."""
    parts = parts_of(name)
    plain = {unaccented(form) for part in parts for form in (part, part.translate(_SPELT_OUT))}
    common = small_words() | ordinary_words()
    return {*parts, *(form for form in plain if len(form) > 2 and common.isdisjoint({form, f"{form}s"}))}


def _author_in(text: str, author: str) -> list[HiddenPlace]:
    """Parts of the author's own name however they are written; those that are words as well, with a capital."""
    found: list[HiddenPlace] = []
    for part in _spellings(author):
        matches = re.finditer(rf"(?<![^\W_]){re.escape(part)}(?=(?:['’]?s)?(?![^\W_]))", text, re.IGNORECASE)
        loose = part not in ordinary_words() and len(part) > 2
        found += [HiddenPlace(*match.span(), "name") for match in matches if loose or not match[0].islower()]
    return found


def cut_out(span: tuple[int, int], hidden: Iterable[HiddenPlace]) -> tuple[HiddenPlace, ...]:
    """What of a text is put out of sight, in this stretch of it alone: of a place that it cuts, the part it holds."""
    first, end = span
    within = (one for one in hidden if one.start < end and one.end > first)
    return tuple(HiddenPlace(max(one.start, first) - first, min(one.end, end) - first, one.kind) for one in within)


def masked(text: str, hidden: Sequence[HiddenPlace]) -> str:
    """The text as it is shown."""
    pieces, at = [], 0
    for one in hidden:
        pieces += [text[at : one.start], SHOWN[one.kind]]
        at = one.end
    return "".join((*pieces, text[at:]))


_SHOWN: Final = re.compile("|".join(map(re.escape, SHOWN.values())))


def is_masked(text: str) -> bool:
    """Whether something was put out of sight in what is shown."""
    return bool(_SHOWN.search(text))


def unmasked(text: str) -> str:
    """What is shown without the words that stand for what is not."""
    return _SHOWN.sub(" ", text)


def as_shown(span: tuple[int, int], hidden: Sequence[HiddenPlace]) -> tuple[int, int]:
    """Where a stretch of the text stands in what is shown; what begins or ends in a hidden place takes all of it."""
    return _moved(span[0], hidden, last=False), _moved(span[1], hidden, last=True)


def _moved(at: int, hidden: Sequence[HiddenPlace], *, last: bool) -> int:
    by = 0
    for one in hidden:
        if at <= one.start:
            break
        shown = len(SHOWN[one.kind])
        if at < one.end:
            return one.start + by + (shown if last else 0)
        by += shown - (one.end - one.start)
    return at + by


def as_written(span: tuple[int, int], hidden: Sequence[HiddenPlace]) -> tuple[int, int]:
    """Where a stretch of what is shown stands in the text; the other way round."""
    return _back(span[0], hidden, last=False), _back(span[1], hidden, last=True)


def _back(at: int, hidden: Sequence[HiddenPlace], *, last: bool) -> int:
    by = 0
    for one in hidden:
        start, shown = one.start + by, len(SHOWN[one.kind])
        if at <= start:
            break
        if at < start + shown:
            return one.end if last else one.start
        by += shown - (one.end - one.start)
    return at - by
