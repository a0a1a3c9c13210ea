"""How a text is laid out: which line ends are only a wrap, which words a line's end parts, what is to stay whole. Pure.

What people paste from a PDF breaks every line at the width of its page; tables, code and formulas have commas and full
stops that end nothing. Offsets are into the text as it was passed in, end exclusive.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import Final

from pipelines.values import Span

WIDTHS: Final = (40, 130)
"""Characters a line that pages of print and mail programs have."""
FULL: Final = 0.8
"""Share of a paragraph's line ends at which the next word would not have fitted, from which it counts as wrapped."""

_PARTED: Final = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010][ \t]*\r?\n[ \t]*(?=[^\W\d_A-ZÄÖÜ])")
_LINE: Final = re.compile(r"[^\n]*\n?")
_OWN_LINE: Final = re.compile(r"\s*(?:[-*•–>|#]|\d+[.)]\s|[a-z]\)\s)")
_WHOLE: Final = re.compile(
    r"^[ \t]*```[\s\S]*?(?:^[ \t]*```|\Z)"  # a fence of code
    r"|^[ \t]*\|.*\|[ \t]*$|^[^\t\n]*\t[^\t\n]*\t.*$"  # a row of a table
    r"|`[^`\n]+`"  # code within a line
    r"|\$\$[^$]+\$\$|\$[^\s$](?:[^$\n]*[^\s$])?\$(?!\d)"  # formulas
    r"|\\\([\s\S]{0,400}?\\\)|\\\[[\s\S]{0,400}?\\\]",  # the same, of bounded length: what never closes costs no time
    re.MULTILINE,
)
_RULED: Final = r"[ \t]*(?:\|[ \t]*)?:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?$"
_SIGNS: Final = re.compile(
    rf"^[^|\n]*(?:\|[^|\n]*)+\n(?={_RULED})|^{_RULED}"  # a table's head and the line below it; rules
    r"|^[ \t]*(?:={3,}|\*{3,}|_{3,})[ \t]*$"
    r"|^[ \t]{0,3}#{1,6}(?:[ \t].*)?$|(?:(?<=\n\n)|(?<![\s\S]))[^\n]{1,80}\n(?:=+|--+)[ \t]*$"  # headings
    r"|^[ \t]*(?:```|~~~).*$"  # what a fence of code begins and ends with
    r"|^[ \t]*!\[[^\]\n]*\]\([^)\n]*\)[ \t]*$|^[ \t]*\[[^\]\n]+\]:[ \t]*\S+.*$",  # a picture, a link's address
    re.MULTILINE,
)
LATEX: Final = (
    r"\\(?:begin|end)\{[^{}\n]{1,40}\}(?:\[[^\]\n]{0,80}\])?(?:\{[^{}\n]{0,80}\})?"
    r"|\\item\b(?:\[[^\]\n]{0,80}\])?"
    r"|\\(?:(?:sub){0,2}section|chapter|paragraph)\*?\{[^{}\n]{0,200}\}"
    r"|\\(?:newline|linebreak|par|hline|centering|maketitle)\b|\\\\(?=\s)"
)
"""Commands of LaTeX that part what is written and say nothing themselves; a section's title goes with them."""
_FORMULA: Final = re.compile(
    r"`[^`\n]+`|\$\$[^$]+\$\$|\$[^\s$](?:[^$\n]*[^\s$])?\$(?!\d)|\\[(\[]|\\[a-zA-Z]+\{"
    r"|(?<=[\w)])\s*(?:[!<>=]=|<-|=>|[=≤≥≠≈<>])\s*(?=[\w(-])"
)


def unparted(text: str) -> str:
    """The text with words put together that a line's end or a soft hyphen parts. For reading: offsets move."""
    if "\n" in text:
        text = _PARTED.sub("", text)
    return text.replace("\u00ad", "")


@lru_cache(maxsize=256)
def wraps(text: str) -> frozenset[int]:
    """Where line ends stand that mean nothing: offsets of "\\n" within paragraphs that were wrapped at one width."""
    found: set[int] = {match.end() - len(match[0].lstrip("-\u00ad\u2010 \t\r")) for match in _PARTED.finditer(text)}
    block: list[Span] = []
    for line in [*_LINE.finditer(text), None]:
        span = (line.start(), line.end()) if line is not None else (0, 0)
        own = bool(line is not None and _OWN_LINE.match(line[0]))
        if own or not text[slice(*span)].strip():
            found |= _wrapped(text, block)
            block = []
        if text[slice(*span)].strip():
            block.append(span)
    return frozenset(found)


def _wrapped(text: str, lines: list[Span]) -> set[int]:
    """Line ends of one paragraph, where it has three lines at least and most of them are as full as they could be."""
    said = [text[slice(*line)].rstrip() for line in lines]
    width = max(map(len, said), default=0)
    if len(lines) < 3 or not WIDTHS[0] <= width <= WIDTHS[1]:
        return set()
    full = [len(one) + 1 + len(other.split()[0]) > width for one, other in pairwise(said)]
    if sum(full) < FULL * len(full):
        return set()
    return {end - 1 for (_, end), is_full in zip(lines, full, strict=False) if is_full and text[end - 1] == "\n"}


@lru_cache(maxsize=256)
def whole(text: str) -> tuple[Span, ...]:
    """What is not to be cut: fenced code, rows of tables, code and formulas within a line; in order."""
    return tuple(match.span() for match in _WHOLE.finditer(text))


@lru_cache(maxsize=256)
def signs(text: str) -> tuple[Span, ...]:
    """Lines that lay a text out and are nobody's sentence: headings, a table's head and the line below it, rules, the
    ends of a fence of code, pictures, addresses of links; in order. No reader is sent there."""
    return tuple(match.span() for match in _SIGNS.finditer(text))


def formulaic(text: str) -> bool:
    """Whether there is a formula or code in it, which says something else as soon as a part is missing."""
    return bool(_FORMULA.search(text))


def within_whole(text: str, at: int) -> bool:
    """Whether the text may not be cut here, but for line ends of fenced code."""
    spans = whole(text)
    before = bisect_right(spans, (at, len(text) + 1)) - 1
    return before >= 0 and spans[before][0] < at < spans[before][1] and text[at] != "\n"
