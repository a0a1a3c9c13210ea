"""Whether a text may tell who somebody is: asked before a rule shows it without a person who looks. Pure.

Far coarser than what `masking` hides, since all that a false alarm costs is that a person looks. Letters are compared
without accents, case, apostrophes and what is invisible, so that other spellings of a name are found, and a name within
a longer word; titles, kin, signatures, services, house numbers and runs of digits are enough (`words/doubts`). What it
does not find: a stranger whom nothing announces, initials, figures in words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Final

from pipelines.prompts import words
from pipelines.texts.contacts import DATE
from pipelines.texts.names import PARTICLES, ordinary_words, small_words

BEGINS: Final = 4
WITHIN: Final = 6
"""Letters of a part of a name from which on a word that begins with it, or holds it, is taken for it."""
LONGEST: Final = 40
"""Letters of a word that are looked at: what is longer is none."""
_LETTERS: Final = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe"}
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_APOSTROPHES: Final = re.compile("['’‘ʼʻ′`´]")
_HYPHENS: Final = re.compile(r"[-‐‑–]\s*")
_SPACED_OUT: Final = re.compile(r"(?<!\w)(?:[^\W\d_][ .-]){3,}[^\W\d_](?!\w)")
_WHO_I_AM: Final = re.compile(
    r"\b(?:I am|I['’]?m|my name(?: is|['’]s)|ich bin|ich hei(?:ß|ss)e)\s+(\w+)", re.IGNORECASE
)
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
"""Scripts that write no space between words, and Hangul, whose endings are joined to a name."""


class NamesInDoubt:
    """The names of an organization, ready to be suspected in many texts."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parts = frozenset(part for name in names for part in _parts(name))
        plain = self._parts - _common()
        self._begins = frozenset(part for part in plain if len(part) >= BEGINS)
        self._inflected = frozenset(part[:-1] for part in plain if len(part) > BEGINS)
        self._within = frozenset(part for part in plain if len(part) >= WITHIN)

    def may_be_in(self, text: str) -> bool:
        """Whether a part of one of them may stand in the text, in whatever spelling."""
        return any(self._is_one(word) for word in set(_words(text)))

    def _is_one(self, word: str) -> bool:
        low = _alike(word)
        if low in _common():
            return low in self._parts and not word.islower()
        if _UNSPACED.fullmatch(low):
            return not self._parts.isdisjoint(_stretches(low, 2))
        return bool({low, low.removesuffix("s")} & self._parts) or self._is_longer(low)

    def _is_longer(self, low: str) -> bool:
        """With an ending, or joined to others."""
        ends = 1 + 2 * (not low.isascii())
        return (
            any(low[:end] in self._begins for end in range(BEGINS, len(low)))
            or any(low[:-end] in self._inflected for end in range(1, ends + 1))
            or not self._within.isdisjoint(_stretches(low, WITHIN))
        )


@cache
def _common() -> frozenset[str]:
    """Words that are suspected with a capital only, as they are compared."""
    return frozenset(_alike(word) for word in ordinary_words() | small_words())


def _stretches(word: str, least: int) -> Iterator[str]:
    return (word[start:end] for start in range(len(word)) for end in range(start + least, len(word) + 1))


def _parts(name: str) -> Iterator[str]:
    """Parts of a name as they are compared; of one that is written without spaces every stretch of two letters."""
    folded = unaccented(name)
    pieces = [*_WORD.findall(folded), *_WORD.findall(unaccented(_APOSTROPHES.sub(" ", name)))]
    pieces += _WORD.findall(_HYPHENS.sub("", folded))
    yield from (low for piece in pieces if len(low := _alike(piece)) > 1 and low not in PARTICLES)
    if _UNSPACED.search(folded):
        yield from _stretches("".join(folded.split()), 2)


def _words(text: str) -> Iterator[str]:
    """Words, those with hyphens or apostrophes in one as well; letters that stand apart; who somebody says they are."""
    folded = unaccented(text)
    for one in (folded, _HYPHENS.sub("", folded), unaccented(_APOSTROPHES.sub(" ", text))):
        yield from (word[:LONGEST] for word in _WORD.findall(one))
    yield from ("".join(_WORD.findall(apart[0]))[:LONGEST] for apart in _SPACED_OUT.finditer(folded))
    yield from (one[1].capitalize()[:LONGEST] for one in _WHO_I_AM.finditer(text))
    yield from (run[0][:LONGEST] for run in _UNSPACED.finditer(folded))


def unaccented(text: str) -> str:
    """Without accents, apostrophes and characters that are not seen; capitals stay."""
    text = _APOSTROPHES.sub("", text)
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    seen = "".join(char for char in apart if unicodedata.category(char) not in ("Mn", "Cf"))
    return unicodedata.normalize("NFC", seen)


@lru_cache(maxsize=32768)
def _alike(word: str) -> str:
    """In lower case, and "ae", "oe", "ue", "aa" and "ss" as the one letter that they may stand for."""
    return re.sub("([aou])e|(a)a|(s)s", lambda pair: pair[0][0], word.casefold())


@lru_cache(maxsize=2048)
def may_tell(text: str) -> bool:
    """Whether something in the text may lead to somebody, whoever it is."""
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf")
    undated = DATE.sub(" ", _told_years().sub(" ", seen))
    return bool(_telling().search(undated))


def doubts_in(text: str) -> Iterator[tuple[int, int]]:
    """Where it may, end exclusive."""
    return (match.span() for match in _telling().finditer(text))


@cache
def _telling() -> re.Pattern[str]:
    """Patterns of `words/doubts`, of all languages together."""
    return re.compile("|".join(f"(?:{one})" for told in words("words/doubts")["tells"].values() for one in told))


@cache
def _told_years() -> re.Pattern[str]:
    return re.compile(words("words/doubts")["years"])
