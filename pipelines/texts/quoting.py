"""Where a quotation stands in a text, found as a reader would find it. Pure.

`locate` is the one search for quotations: what a model quotes, what a person types by hand, what an older version of a
text said. It gives offsets into the text, so that whoever stores a quotation stores the text's own characters.

Not told apart: white space and line breaks, upper and lower case, the shapes of quotation marks, apostrophes and
dashes, signs of punctuation and of Markdown, ligatures and other forms of one letter, soft hyphens and signs that take
no room, words that a line's end parts ("imple-" / "mentation"). An ellipsis stands for words left out. What is told
apart is every letter, every figure and the signs that change a number or a formula.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipelines.values import Span

LEFT_OUT: Final = 300
"""Characters that an ellipsis may stand for: two sentences. Behind more, the parts are two quotations."""
RUN_TOGETHER: Final = 10
"""Letters from which a quotation is also looked for with all spaces left out (a line's end may part a word); shorter
ones would be found in the middle of other words ("a rest" in "arrest")."""

_SIGNS: Final = frozenset("+=<>%/€$£&@^×÷√≤≥≠°§\\")
"""Signs that a number or a formula is another one without; `*`, `_` and `#` are Markdown's as well."""
_ELLIPSIS: Final = re.compile(r"\s*[\[(]?\s*(?:…|\.\s?\.\s?\.(?:\s?\.)*)\s*[\])]?\s*")
_MARKS: Final = frozenset("\"'`´“”„‟«»‹›‘’‚‛′″")
_AT_START: Final = re.compile(r"^[^\w\s]*")
_AT_END: Final = re.compile(r"[^\w\s]*$")
_CLUSTER: Final = re.compile(r"[^\W_][\u0300-\u036f]*|\S|\s+")
_UNPARTED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class _Folded:
    """The signs that count, and for each of them where it begins and ends in the text."""

    signs: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def without_spaces(self) -> _Folded:
        kept = [at for at, sign in enumerate(self.signs) if sign != " "]
        return _Folded(
            "".join(self.signs[at] for at in kept),
            tuple(self.starts[at] for at in kept),
            tuple(self.ends[at] for at in kept),
        )


def locate(quote: str, text: str, near: int = 0) -> Span | None:
    """Where the quotation stands in the text, end exclusive: verbatim, else as the module says. None where it does not.

    Of several places the first at or after `near` is taken, else the first. An empty quotation stands nowhere.
    `text[start:end]` are the text's own characters.
    """
    quote = quote.strip()
    if not quote:
        return None
    start = text.find(quote, near)
    start = text.find(quote) if start < 0 else start
    if start >= 0:
        return start, start + len(quote)
    there, parts = _folded(text), [_folded(part) for part in _ELLIPSIS.split(quote)]
    wanted = [part.signs.strip() for part in parts if part.signs.strip()]
    span = _in_order(wanted, there, text, near) if wanted else None
    return span and _with_marks(quote, text, *span)


def _with_marks(quote: str, text: str, start: int, end: int) -> Span:
    """The place with the marks around it that the quotation has as well, in whatever shape."""
    for mark in _AT_START.findall(quote)[0][::-1]:
        start -= start > 0 and _kind(text[start - 1]) == _kind(mark)
    for mark in _AT_END.findall(quote)[0]:
        end += end < len(text) and _kind(text[end]) == _kind(mark)
    return start, end


def _kind(mark: str) -> str:
    return '"' if mark in _MARKS else mark


def _in_order(wanted: list[str], there: _Folded, text: str, near: int) -> Span | None:
    """The parts one after the other, each soon after the one before."""
    first, *others = ([*_found(part, there, text, near)] for part in wanted)
    later = [sorted(each) for each in others]
    for start, end in first:
        for each in later:
            at = bisect_left(each, (end, end))
            if at == len(each) or each[at][0] - end > LEFT_OUT:
                break
            end = each[at][1]
        else:
            return start, end
    return None


def _found(part: str, there: _Folded, text: str, near: int) -> Iterator[Span]:
    """Where a folded part stands: those at or after `near` first; with spaces, else without."""
    spans = list(_places(part, there, text))
    together = part.replace(" ", "")
    if not spans and len(together) >= RUN_TOGETHER:
        spans = list(_places(together, _closed(text), text))
    yield from (span for span in spans if span[0] >= near)
    yield from (span for span in spans if span[0] < near)


def _places(part: str, there: _Folded, text: str) -> Iterator[Span]:
    at = there.signs.find(part)
    while at >= 0:
        start, end = there.starts[at], there.ends[at + len(part) - 1]
        if _whole(text, start, end):
            yield start, end
        at = there.signs.find(part, at + 1)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether no word is cut at either end; scripts that do not part words may be cut anywhere."""
    return not (_goes_on(text, start - 1, start) or _goes_on(text, end - 1, end))


def _goes_on(text: str, before: int, after: int) -> bool:
    if before < 0 or after >= len(text):
        return False
    one, other = text[before], text[after]
    return one.isalnum() and other.isalnum() and not (_UNPARTED.match(one) or _UNPARTED.match(other))


@lru_cache(maxsize=64)
def _closed(text: str) -> _Folded:
    return _folded(text).without_spaces()


@lru_cache(maxsize=256)
def _folded(text: str) -> _Folded:
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _CLUSTER.finditer(text):
        for sign in _fold(match[0], text, match.end()):
            if sign == " " and (not signs or signs[-1] == " "):
                continue
            signs.append(sign)
            starts.append(match.start())
            ends.append(match.end())
    return _Folded("".join(signs), tuple(starts), tuple(ends))


def _fold(cluster: str, text: str, after: int) -> str:
    """What counts of a letter with its accents, a sign, or white space."""
    first = cluster[0]
    if first.isspace() or unicodedata.category(first) == "Pd":
        return " "
    if first.isalnum():
        return "".join(sign for sign in unicodedata.normalize("NFKC", cluster).casefold() if sign.isalnum())
    if first in _SIGNS:
        return f" {first} "
    if first in ".,:" and after < len(text) and text[after].isdigit() and after > 1 and text[after - 2].isdigit():
        return first  # within a number
    return "" if first in "'’‘" or unicodedata.category(first) in ("Cf", "Mn", "Mc", "Me") else " "
