"""Words that two works have in common and that two people may be told of: a matter, no name, nothing private. Pure.

A word too few costs nothing here. So everything is left out that follows a title or kin, stands in an address or may
be one, is written with a capital within a sentence, or tells of illness, faith, flight and the like
(`words/withheld`). Where nouns have capitals a name looks like one: only nouns that an article leads up to are kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Final

from pipelines.prompts import words
from pipelines.texts.contacts import contacts_in
from pipelines.texts.doubts import doubts_in
from pipelines.texts.language import language_of, shared, stem, stop_words, tokens
from pipelines.texts.names import calendar

SHORT: Final = 4
"""Letters that such a word has more than."""
CAPITAL_NOUNS: Final = frozenset({"de", "lb"})
_WORD: Final = re.compile(r"[^\W\d_]+")
_PLAIN: Final = re.compile(r"(?<![\w'’-])[^\W\d_]+(?![\w'’-])")
_CAPITAL: Final = re.compile(r"(?<=[\w,;:()\-–] )[^\W\d_]+")


def in_common(one: str, other: str, told: Sequence[str], known: Collection[str]) -> list[str]:
    """Words of both texts, as the first has them, the longest first; none of `known` (stems). Whether one may be a name
    is seen in all that both `told`."""
    language = language_of(one)
    nouns = language in CAPITAL_NOUNS
    left_out = stop_words(language) | stop_words("en") | calendar() | _names_in((one, other, *told), nouns)
    there = set(tokens(other)) - left_out
    found = {word.casefold(): word for word in _PLAIN.findall(one) if len(word) > SHORT and (nouns or word.islower())}
    kept = [
        word
        for low, word in found.items()
        if low in there and not _private(low) and not shared([stem(low, language)], known)
    ]
    return sorted(kept, key=lambda word: (-len(word), word))


def _names_in(texts: Sequence[str], nouns: bool) -> set[str]:
    """Words that may be somebody's name, or where somebody lives, in any of the texts; in lower case."""
    found = {word.casefold() for text in texts for word in _told_of(text)}
    capitals = {word.casefold() for text in texts for word in _PLAIN.findall(text) if not word.islower()}
    if nouns:
        return found | (capitals - {noun.casefold() for text in texts for noun in _articles().findall(text)})
    return found | {word.casefold() for text in texts for word in _CAPITAL.findall(text) if not word.islower()}


def _told_of(text: str) -> Iterator[str]:
    spans = [(place.start, place.end) for place in contacts_in(text)] + list(doubts_in(text))
    spans += [match.span(match.lastindex or 0) for match in _pattern("follows").finditer(text)]
    for match in _WORD.finditer(text) if spans else ():
        if any(match.start() < end and start < match.end() for start, end in spans):
            yield match[0]


def _private(word: str) -> bool:
    return bool(_pattern("private").match(word))


@cache
def _pattern(table: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in words("words/withheld")[table]), re.IGNORECASE)


@cache
def _articles() -> re.Pattern[str]:
    """Nouns behind an article, with at most one word between that is no noun."""
    return re.compile(words("words/withheld")["nouns"])
