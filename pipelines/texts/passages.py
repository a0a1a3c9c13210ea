"""Text to passages: where a text may be cut, and what each piece is about.

Pure: text in, frozen values out; no model, no tokenizer, no I/O. A passage is a verbatim slice of its source, never
longer than the budget by `estimate_tokens`, and it knows the headings above it. Title and headings are put in front of
a passage only when it is embedded, so that a quotation always points into the source.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipelines.values import Passage

MODEL_TOKENS: Final = 256  # all-MiniLM-L6-v2 cuts the rest off without a word
PASSAGE_TOKENS: Final = 160  # by estimate_tokens
JOIN_TOKENS: Final = 160  # small neighbouring sections are joined up to this: .881 hit@1 against .863 apart
HEADING_TOKENS: Final = 40  # at most this much of the headings goes in front of a passage
_NESTING: Final = 12  # deeper quotes and lists are read as text; keeps hostile nesting linear

_PIECE: Final = re.compile(r"[^\W\d_]{1,16}|\d{1,16}|_|[^\w\s]")
_LINE: Final = re.compile(r"\r\n|\r|\n")
_BLANK: Final = re.compile(r"(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)\s*")
_SENTENCE: Final = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+|(?<=[。！？])")
_ABBREVIATION: Final = re.compile(
    r"(?:\b\w|\b\d+|\b(?:bzw|ca|co|dr|etc|evtl|ggf|inc|ltd|mr|mrs|ms|no|nr|prof|pvt|st|str|usw|vgl|vs|rs|fig|abb|abs|art|bspw|inkl|vol|pp))\.$",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)|[*_`~#]+|<[^<>]{0,200}>")
_FRONT_MATTER: Final = re.compile(
    r"\A\ufeff?---[ \t]*(?:\r\n|\r|\n)(?:[^\r\n]*(?:\r\n|\r|\n)){0,60}?(?:---|\.\.\.)[ \t]*(?=\r|\n|\Z)"
)


@dataclass(frozen=True, slots=True)
class _Section:
    start: int
    end: int
    path: tuple[str, ...]
    bare: bool = False  # nothing but a heading, or nothing at all


def estimate_tokens(text: str) -> int:
    """WordPiece tokens, guessed from the characters: 0.7 to 1.1 times the model's own for English means room to spare,
    German prose has up to 1.3 times as many as guessed. Hence PASSAGE_TOKENS well below MODEL_TOKENS; see
    docs/decisions/0004-retrieval.md."""
    return sum(map(_cost, _PIECE.findall(text)))


def cut(text: str, owner: str, *, markdown: bool = False, max_tokens: int = PASSAGE_TOKENS) -> list[Passage]:
    """Cut a text into passages of at most `max_tokens` estimated tokens, in reading order; any string is accepted.

    Markdown is cut at headings first, then blocks, lines, sentences, words; plain text from blank lines on. Parts
    without a letter or digit (rules, empty cells) are left out. `owner` is whose text it is; ids are `owner@start-end`.
    """
    if max_tokens < 8:
        raise ValueError("max_tokens must be at least 8")
    blocks, sections = _markdown(text) if markdown else ([], [_Section(0, len(text), ())])
    cutter = _Cutter(text, blocks, max_tokens)
    joined = _joined(sections, cutter.size, JOIN_TOKENS)
    spans = [_Section(a, b, section.path) for section in joined for a, b in cutter.cut(section.start, section.end)]
    return [passage for span in spans if (passage := _passage(text, owner, span))]


def _cost(piece: str) -> int:
    """Letters: one per 4 begun and one per accent (Latin), or one each (other scripts; Hangul 3); digits: per 2."""
    first = piece[0]
    if first.isdigit():
        return (len(piece) + 1) // 2
    if piece.isascii():
        return (len(piece) + 3) // 4
    if first < "\u0250" or "\u1e00" <= first <= "\u1eff":
        return (len(piece) + 3) // 4 + sum(char > "\x7f" for char in piece)
    return len(piece) * (3 if "\uac00" <= first <= "\ud7a3" else 1)


class _Sizer:
    """Estimated tokens of any slice of one text in O(log n): prefix sums over its pieces."""

    def __init__(self, text: str) -> None:
        pieces = list(_PIECE.finditer(text))
        self.starts = [piece.start() for piece in pieces]
        self.end = len(text)
        self.sums = [0, *accumulate(_cost(piece.group()) for piece in pieces)]

    def size(self, start: int, end: int) -> int:
        return self.sums[bisect_left(self.starts, end)] - self.sums[bisect_left(self.starts, start)]

    def latest_start(self, budget: int) -> int:
        """The leftmost piece from which the rest of the text fits the budget."""
        first = bisect_left(self.sums, self.sums[-1] - budget)
        return [0, *self.starts[1:], self.end][first] if self.starts else 0


class _Cutter:
    """Cuts a range at the coarsest boundaries that make every part fit, then packs neighbours together."""

    def __init__(self, text: str, blocks: Sequence[int], budget: int) -> None:
        self.text, self.budget = text, budget
        self.sizer = _Sizer(text)
        self.size = self.sizer.size
        self.blocks = sorted(blocks)
        self.levels: tuple[Callable[[int, int], Sequence[int]], ...] = (
            self._block_cuts,
            self._line_cuts,
            self._sentence_cuts,
            self._word_cuts,
            self._piece_cuts,
        )

    def cut(self, start: int, end: int, level: int = 0) -> list[tuple[int, int]]:
        if self.size(start, end) <= self.budget or level == len(self.levels):
            return [(start, end)]
        edges = [start, *(c for c in self.levels[level](start, end) if start < c < end), end]
        return self._pack([part for a, b in pairwise(edges) for part in self.cut(a, b, level + 1)])

    def _pack(self, parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Join neighbours greedily up to an even share of the budget, so the last part is no crumb."""
        total = self.size(parts[0][0], parts[-1][1])
        share = -(-total // max(1, -(-total // self.budget)))
        packed = [parts[0]]
        for start, end in parts[1:]:
            head, tail = packed[-1]
            fits = self.size(head, end) <= self.budget
            if fits and (self.size(head, tail) < share // 2 or self.size(head, end) <= share + share // 8):
                packed[-1] = (head, end)
            else:
                packed.append((start, end))
        return packed

    def _block_cuts(self, start: int, end: int) -> Sequence[int]:
        inside = self.blocks[bisect_left(self.blocks, start) : bisect_left(self.blocks, end)]
        return inside or [m.end() for m in _BLANK.finditer(self.text, start, end)]

    def _line_cuts(self, start: int, end: int) -> Sequence[int]:
        return [m.end() for m in _LINE.finditer(self.text, start, end)]

    def _sentence_cuts(self, start: int, end: int) -> Sequence[int]:
        ends = ((m.start(), m.end()) for m in _SENTENCE.finditer(self.text, start, end))
        return [after for before, after in ends if not _ABBREVIATION.search(self.text, max(start, before - 8), before)]

    def _word_cuts(self, start: int, end: int) -> Sequence[int]:
        return [m.end() for m in re.compile(r"\s+").finditer(self.text, start, end)]

    def _piece_cuts(self, start: int, end: int) -> Sequence[int]:
        """Before any piece: the last resort, for text without spaces."""
        starts = self.sizer.starts
        return starts[bisect_left(starts, start) : bisect_left(starts, end)]


def _markdown(text: str) -> tuple[list[int], list[_Section]]:
    """Offsets where blocks begin, and the sections between headings with their heading paths."""
    lines = [0, *(m.end() for m in _LINE.finditer(text)), len(text)]
    blocks: list[int] = []
    opened: list[tuple[int, int, tuple[str, ...]]] = [
        (0, 0, ())
    ]  # where a section starts, where its body starts, its path
    stack: list[tuple[int, str]] = []
    for token, content in _blocks(text):
        offset, after = (lines[min(line, len(lines) - 1)] for line in token.map or (0, 0))
        blocks.append(offset)
        if token.type == "heading_open":
            level = int(token.tag[1:])
            stack = [*(known for known in stack if known[0] < level), (level, _plain(content))]
            opened.append((offset, after, tuple(words for _, words in stack if words)))
    ends = [start for start, _, _ in opened[1:]] + [len(text)]
    front = len(found.group()) if (found := _FRONT_MATTER.match(text)) else 0
    sections = [  # what stands above the first heading belongs to nothing, and is no reason to lose that heading
        _Section(start, end, path, bare=not _says(text[body or front : end]))
        for (start, body, path), end in zip(opened, ends, strict=True)
    ]
    return sorted(set(blocks)), sections


def _says(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _blocks(text: str) -> Iterator[tuple[Token, str]]:
    """Block tokens of the Markdown, each with the inline source right after it (a heading's words)."""
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table")
    parser.core.ruler.disable(["inline", "text_join"])
    tokens = parser.parse(_without_front_matter(text))
    for token, following in pairwise([*tokens, Token("end", "", 0)]):
        if token.nesting >= 0 and token.type != "inline":
            yield token, following.content


def _without_front_matter(text: str) -> str:
    """The same lines, those of a leading YAML block left empty (else its last line would make it a heading)."""
    found = _FRONT_MATTER.match(text)
    body = "\n" * len(_LINE.findall(found.group())) + text[found.end() :] if found else text
    return body.removeprefix("\ufeff")


def _plain(heading: str) -> str:
    return " ".join(_MARKUP.sub(r"\1", heading).split())


def _joined(sections: Sequence[_Section], size: Callable[[int, int], int], limit: int) -> list[_Section]:
    """Small neighbouring sections become one, under the headings they share."""
    joined: list[_Section] = []
    for section in sections:
        last = joined[-1] if joined else None
        if last and last.bare and section.path[: len(last.path)] == last.path:  # a heading right above another
            joined[-1] = _Section(last.start, section.end, section.path, section.bare)
        elif last and size(last.start, section.end) <= limit:
            joined[-1] = _Section(last.start, section.end, _shared(last.path, section.path))
        else:
            joined.append(section)
    return joined


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return one[:count]


def _passage(text: str, owner: str, section: _Section) -> Passage | None:
    """The section's text without surrounding white space, or None if it says nothing."""
    raw = text[section.start : section.end]
    if not _says(raw):
        return None
    start = section.start + len(raw) - len(raw.lstrip())
    body = raw.strip()
    return Passage(
        f"{owner}@{start}-{start + len(body)}", owner, start, start + len(body), body, _heading(section.path)
    )


def _heading(path: Sequence[str]) -> str:
    """The headings, outermost first; cut from the left when too long, since the innermost says most."""
    line = " › ".join(path)
    return line[_Sizer(line).latest_start(HEADING_TOKENS) :].lstrip(" ›")
