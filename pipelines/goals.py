"""Goals: read from an organization's own document, and passages of work that speak to one.

Reading is pure and abstains: what no heading calls a goal is none. Finding is the one retrieval that requests use; that
a passage is near says nothing of progress, which is for people to say. Knows no database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipelines.ports import Embedder
from pipelines.prompts import words
from pipelines.retrieval import Caps, QueryPart, Shelves, find
from pipelines.values import Evidence, Scope, Shelf

MOST_GOALS: Final = 60
"""Of one document; a plan with more of them has none."""
LEAST: Final = 0.3
"""Cosine below which a passage is not said to speak to a goal; the same as for requests. On 30 labelled passages and
four goals with the shipped model: see docs/decisions/0009-goals-and-documents.md."""
EACH: Final = 5
"""Passages looked at for a goal on one challenge, beside those that were decided on before."""
MOST_OFFERED: Final = 12
"""Pieces offered for one goal at a time, the nearest: as many as a person reads in one sitting."""
ONE_EACH: Final = Caps(per_document=1, per_author=0, twins=True)

_NESTING: Final = 12  # deeper lists are read as text; keeps hostile nesting linear
_LINE: Final = re.compile(r"\r\n|\r|\n")
_MARKS: Final = re.compile(r"[*_`~#]+")


@dataclass(frozen=True, slots=True)
class GoalRead:
    """A goal as its document words it: `source[start:end]` is its heading with the paragraph below, or a list item."""

    title: str
    text: str
    start: int
    end: int

    @property
    def said(self) -> str:
        """Its words without marks of layout, as they are searched for."""
        return said(self.text)


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading (level 1 to 6), a paragraph (0) or an item of a list that is in no other (-1), by its lines."""

    level: int
    start: int
    end: int
    title: str = ""


def read(source: str) -> list[GoalRead]:
    """The goals of a document, in their order, MOST_GOALS at most; markdown and plain text alike; [] if none is called
    one. Their places do not overlap."""
    blocks = _blocks(source)
    lines = [0, *(found.end() for found in _LINE.finditer(source)), len(source)]
    found: list[GoalRead] = []
    inside: int | None = None  # the level of the heading `Goals` that this stands below
    direct = True  # nothing but that heading and text in between
    for block, after in pairwise([*blocks, _Block(0, 0, 0)]):
        if block.level > 0:
            if inside is not None and block.level <= inside:
                inside = None
            many, under = _many(block.title), inside is not None and block.level == inside + 1
            direct = many or (direct and not under and inside is not None)
            if many:
                inside = block.level
            elif under or _one(block.title):
                found.append(_goal(source, lines, block, after))
        elif _alone(block, inside is not None and direct) and not _follows(found, lines, block):
            found.append(_item(source, lines, block))
    return [goal for goal in found if _says(goal.text)][:MOST_GOALS]


def _alone(block: _Block, listed: bool) -> bool:
    """Whether what is no heading is a goal: an item of a list of goals, or a paragraph that begins as one."""
    return listed if block.level < 0 else block.start < block.end and _one(block.title)


def said(text: str) -> str:
    """A goal's words without marks of layout, one line a line."""
    lines = (_plain(line.strip().lstrip("-+>")) for line in _LINE.split(text))
    return "\n".join(line for line in lines if line)


def _blocks(source: str) -> list[_Block]:
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING})
    parser.core.ruler.disable(["inline", "text_join"])
    tokens = parser.parse(source)
    found: list[_Block] = []
    for token, following in pairwise([*tokens, Token("end", "", 0)]):
        first, last = token.map or (0, 0)
        title = _plain(following.content)
        if token.type == "heading_open" and token.level == 0:
            found.append(_Block(int(token.tag[1:]), first, last, title))
        elif token.type == "list_item_open" and token.level == 1:
            found.append(_Block(-1, first, last))
        elif token.type == "paragraph_open" and token.level == 0:
            found.append(_Block(0, first, last, title))
    return found


def _goal(source: str, lines: Sequence[int], heading: _Block, after: _Block) -> GoalRead:
    """A heading, and what stands right below if it is a paragraph."""
    last = after.end if after.level == 0 and after.start >= heading.end else heading.end
    return _cut(source, lines[heading.start], lines[min(last, len(lines) - 1)], heading.title)


def _item(source: str, lines: Sequence[int], block: _Block) -> GoalRead:
    return _cut(source, lines[block.start], lines[min(block.end, len(lines) - 1)], "")


def _cut(source: str, start: int, end: int, title: str) -> GoalRead:
    raw = source[start:end]
    start += len(raw) - len(raw.lstrip())
    text = raw.strip()
    first = _plain(_LINE.split(text, maxsplit=1)[0].lstrip("-+*0123456789.) "))
    return GoalRead((title or first)[:255], text, start, start + len(text))


def _follows(found: Sequence[GoalRead], lines: Sequence[int], block: _Block) -> bool:
    """Whether the paragraph is part of the goal above."""
    return bool(found) and found[-1].end > lines[block.start]


def _plain(title: str) -> str:
    return " ".join(_MARKS.sub("", title).split())


def _says(text: str) -> bool:
    return any(char.isalpha() for char in text)


@cache
def _called() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table: Mapping[str, Mapping[str, str]] = words("words/goals")
    one, many = ("|".join(sorted({word for t in table.values() for word in t[key].split()})) for key in ("one", "many"))
    return re.compile(rf"(?:strategic\s+)?(?:{one})\s*(?:\d+|[ivx]+)?\s*[.:–—-]", re.I), re.compile(
        rf"(?:.*\W)?(?:{many})[\W\d]*", re.I
    )


def _one(title: str) -> bool:
    """`Goal 1: Open doors`, `Priority – Families`; a mark must part the word from what the goal says."""
    return _called()[0].match(title) is not None


def _many(title: str) -> bool:
    return _called()[1].fullmatch(title) is not None


def speaking(
    text: str,
    scopes: Iterable[tuple[Scope, int]],
    shelves: Shelves,
    embedder: Embedder,
    *,
    least: float = LEAST,
) -> list[Evidence]:
    """Passages of work that speak to a goal, the nearest first: one of a document at most, cosine `least` at least.

    `scopes`: a challenge, with how many of its works were decided on before, so that these take nobody's place. How
    many of the found are offered is for the caller. Raises IndexUnavailable.
    """
    part = QueryPart(text, embedder.embed([text])[0])
    found = [
        one
        for scope, before in scopes
        for one in find(Shelf.WORK, [part], scope, shelves, embedder, limit=EACH + before, caps=ONE_EACH)
        if one.dense >= least
    ]
    return sorted(found, key=lambda one: (-one.dense, one.item.id))
