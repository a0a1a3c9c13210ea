"""What changed between two texts, word by word. Pure.

Sentences are compared first and words only inside those that differ, so that a long text with a few changes takes
about as long as reading it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")
_SENTENCE: Final = re.compile(r"[^.!?\n]*(?:[.!?]+[^\S\n]*|\n+|$)")
MOST_WORDS: Final = 4_000
"""Of one stretch that differs; beyond it the stretch is told as a whole: comparing takes time that grows with the square."""


class Kind(StrEnum):
    """What became of a piece."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. Same and added pieces joined are the later text; same and removed ones the earlier."""

    kind: Kind
    text: str


def words(before: str, after: str) -> list[Piece]:
    """The pieces in reading order, no two neighbours of one kind; what was removed stands before what was added."""
    return _joined(_compare(_cut(_SENTENCE, before), _cut(_SENTENCE, after), inside=True))


def _cut(pattern: re.Pattern[str], text: str) -> list[str]:
    return [found for found in pattern.findall(text) if found]


def _compare(before: Sequence[str], after: Sequence[str], *, inside: bool) -> Iterator[Piece]:
    """`inside`: look for words inside what differs."""
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = "".join(before[a:b]), "".join(after[c:d])
        if tag == "equal":
            yield Piece(Kind.SAME, old)
        elif inside and old and new and len(old) + len(new) <= MOST_WORDS * 6:
            yield from _compare(_cut(_WORD, old), _cut(_WORD, new), inside=False)
        else:
            yield Piece(Kind.REMOVED, old)
            yield Piece(Kind.ADDED, new)


def _joined(pieces: Iterator[Piece]) -> list[Piece]:
    """Neighbours of one kind as one; of a run of changes, all that was removed and then all that was added."""
    found: list[Piece] = []
    removed = added = ""

    def flush() -> None:
        nonlocal removed, added
        found.extend(Piece(kind, text) for kind, text in ((Kind.REMOVED, removed), (Kind.ADDED, added)) if text)
        removed = added = ""

    for piece in pieces:
        if piece.kind is Kind.SAME:
            flush()
            if piece.text and found and found[-1].kind is Kind.SAME:
                found[-1] = Piece(Kind.SAME, found[-1].text + piece.text)
            elif piece.text:
                found.append(piece)
        elif piece.kind is Kind.REMOVED:
            removed += piece.text
        else:
            added += piece.text
    flush()
    return found
