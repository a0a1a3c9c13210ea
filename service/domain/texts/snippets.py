"""A few words around what was searched for, with what was found marked. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

MOST_WORDS: Final = 8
"""Of a query; what comes after is not looked for."""
AROUND: Final = 90
"""Characters before and behind the first word that was found: about two lines of a list."""
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class SnippetPart:
    """A stretch of a snippet."""

    text: str
    found: bool = False


def folded(text: str) -> str:
    """Small letters without accents, as both databases compare them."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def asked(query: str) -> tuple[str, ...]:
    """The words of what was typed: letters and digits only, each once."""
    return tuple(dict.fromkeys(_WORD.findall(folded(query))))[:MOST_WORDS]


def snippet(text: str, words: Sequence[str], stem: Callable[[str], str]) -> tuple[SnippetPart, ...]:
    """The neighbourhood of the first word that was found, cut at words; the beginning of the text where the database
    knows a stem that we do not. Put together, the parts are a stretch of it, with an ellipsis where it was cut."""
    wanted, stems = tuple(words), {stem(word) for word in words}
    places = [
        (one.start(), one.end())
        for one in _WORD.finditer(text)
        if (said := folded(one[0])).startswith(wanted) or stem(said) in stems
    ]
    start, end = _around(text, places[0] if places else (0, 0))
    inside = [(max(a, start), min(b, end)) for a, b in places if a < end and b > start]
    return _parts(text, inside, start, end)


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
