"""Whole sentences and clauses round a place, so that what is quoted can be read alone. Pure; changes no character."""

from __future__ import annotations

from functools import cache
from typing import Final

from pipelines.prompts import words
from pipelines.texts.language import clauses, language_of, sentences, tokens
from pipelines.values import Span

LONGEST: Final = 240
"""Characters of a quotation that a reader takes in while comparing it with others."""
SHORTEST: Final = 4
"""Words of a clause that says something alone."""


def whole(text: str, span: Span, most: int = LONGEST) -> Span:
    """The sentences that hold the place; the one before as well, where they point back to it; of a sentence longer than
    `most`, as many whole clauses round the place as there is room for. A clause is never cut, however long."""
    around = sentences(text)
    held = [one for one in around if one[0] < span[1] and span[0] < one[1]]
    if not held:
        return span
    start, end = held[0][0], held[-1][1]
    first = around.index(held[0])
    if (
        first
        and points_back(text[start:end])
        and end - around[first - 1][0] <= most
        and _beside(text, around[first - 1], start)
    ):
        start = around[first - 1][0]
    if end - start <= most:
        return start, end
    one = max(held, key=lambda each: min(each[1], span[1]) - max(each[0], span[0]))
    return one if one[1] - one[0] <= most else _clauses(text, one, span, most)


def _beside(text: str, before: Span, start: int) -> bool:
    """Whether both stand in one paragraph."""
    return "\n" not in text[before[1] : start]


def _clauses(text: str, sentence: Span, span: Span, most: int) -> Span:
    """Clauses round the place: first those after it, then those before, while there is room."""
    pieces = clauses(text, sentence)[1:] or [sentence]
    there = [at for at, one in enumerate(pieces) if one[0] < span[1] and span[0] < one[1]] or [0]
    middle = max(there, key=lambda at: (pieces[at][1] - pieces[at][0] <= most, -at))
    if (there[0], there[-1]) != (0, len(pieces) - 1):  # the place is some of its clauses: begin with the first of these
        middle = there[0]
    low = high = middle
    while high + 1 < len(pieces) and pieces[high + 1][1] - pieces[low][0] <= most:
        high += 1
    while low and pieces[high][1] - pieces[low - 1][0] <= most:
        low -= 1
    return pieces[low][0], pieces[high][1]


def points_back(sentence: str) -> bool:
    """Whether the sentence begins with a word that is about the one before."""
    first = next(iter(tokens(sentence[:60])), "")
    return first in _pointing(language_of(sentence) or "en")


@cache
def _pointing(language: str) -> frozenset[str]:
    return frozenset(words("words/pointing").get(language, "").split())
