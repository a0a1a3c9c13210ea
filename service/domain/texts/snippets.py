"""A few words around what was searched for, with what was found marked. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

MOST_WORDS: Final = 8
"""Of a query; what comes after is not looked for."""
AROUND: Final = 90
"""Characters before and behind the first word that was found: about two lines of a list."""
LOOKED_THROUGH: Final = 5_000
"""Different words of a text in which one that was searched for is looked for: the whole of nearly every text, and a
bound for what somebody makes to be slow (60 ms)."""
_MARKS: Final = "".join(
    letter for letter in map(chr, range(0x300, 0x1F000)) if unicodedata.category(letter).startswith("M")
)
"""Accents, and the vowels of scripts that write them around a letter: parts of words which `\\w` does not know."""
_WORD: Final = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")


@dataclass(frozen=True, slots=True)
class SnippetPart:
    """A stretch of a snippet."""

    text: str
    found: bool = False


def folded(text: str) -> str:
    """Small letters without accents, to tell whether two words are one. Each database folds in its own way, and is
    asked for words as they were typed (`asked`)."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def asked(query: str) -> tuple[str, ...]:
    """The words of what was typed, as typed: letters with their marks and digits only, each once."""
    typed: dict[str, str] = {}
    for word in _WORD.findall(unicodedata.normalize("NFC", query)):
        typed.setdefault(folded(word), word)
    return tuple(typed.values())[:MOST_WORDS]


def begins(word: str) -> bool:
    """Whether a word is looked for as a beginning, too: one letter begins a word in every text."""
    return len(word) > 1 or not word.isascii()


def snippet(text: str, words: Sequence[str], stem: Callable[[str], str]) -> tuple[SnippetPart, ...]:
    """The neighbourhood of the first word that was found, cut at words; the beginning of the text where the database
    knows a stem that we do not. Put together, the parts are a stretch of it, with an ellipsis where it was cut."""
    is_it = _asked_for(words, stem)
    first = next(_found(_WORD.finditer(text), is_it), (0, 0))
    start, end = _around(text, first)
    inside = _found(_WORD.finditer(text, start, end), is_it)
    return _parts(text, [place for place in inside if place[0] >= first[0]], start, end)


def _asked_for(words: Sequence[str], stem: Callable[[str], str]) -> Callable[[str], bool | None]:
    """Whether a word is one that was searched for; None once too many different ones were looked at."""
    said = {folded(word) for word in words}
    beginnings, stems = tuple(word for word in said if begins(word)), {stem(word) for word in said} | said
    known: dict[str, bool] = {}

    def is_it(word: str) -> bool | None:
        if word not in known:
            if len(known) >= LOOKED_THROUGH:
                return None
            plain = folded(word)
            known[word] = plain.startswith(beginnings) or plain in stems or stem(plain) in stems
        return known[word]

    return is_it


def _found(there: Iterator[re.Match[str]], is_it: Callable[[str], bool | None]) -> Iterator[tuple[int, int]]:
    for one in there:
        found = is_it(one[0])
        if found is None:
            return
        if found:
            yield one.span()


def _around(text: str, place: tuple[int, int]) -> tuple[int, int]:
    start, end = max(0, place[0] - AROUND), min(len(text), place[1] + AROUND)
    if start:
        start = text.find(" ", start, place[0]) + 1 or start
    if end < len(text):
        cut = text.rfind(" ", place[1], end)
        end = cut if cut > 0 else end
    return start, end


def _parts(text: str, places: Sequence[tuple[int, int]], start: int, end: int) -> tuple[SnippetPart, ...]:
    found, at = [SnippetPart("… ")] if start else [], start
    for a, b in places:
        found += [SnippetPart(text[at:a])] if a > at else []
        found.append(SnippetPart(text[a:b], found=True))
        at = b
    rest = text[at:end] + (" …" if end < len(text) else "")
    return (*found, SnippetPart(rest)) if rest else tuple(found)
