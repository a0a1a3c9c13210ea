"""What changed between two versions of a document, for reading: word by word, what stayed the same cut short. Pure.

Lines are compared first, then words inside lines that differ. The time taken is bounded whatever the texts are: what
would take longer is told as a whole, removed and added.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from service.domain.texts.worddiff import ChangeKind, DiffPiece, words

AROUND: Final = 160
"""Characters of unchanged text that are shown on each side of a change."""
MOST_LINES: Final = 2_000
"""In what differs of each text; comparing lines takes time that grows with the square."""
MOST_WORK: Final = 30_000_000
"""Pairs of characters in all stretches that are compared word by word."""
REPEATS: Final = 5
"""How often a word stands in a stretch on average, at most; beyond, comparing words takes time as the cube."""


def changes(before: str, after: str) -> list[DiffPiece]:
    """The pieces from `before` to `after`. Same and removed ones joined are `before`; same and added ones `after`."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    middle = _lines(old[head : len(old) - tail], new[head : len(new) - tail])
    same = (
        DiffPiece(ChangeKind.SAME, "".join(old[:head])),
        DiffPiece(ChangeKind.SAME, "".join(old[len(old) - tail :] if tail else [])),
    )
    return _joined([same[0], *middle, same[1]])


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines they have in common at the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _lines(old: list[str], new: list[str]) -> Iterator[DiffPiece]:
    if max(len(old), len(new)) > MOST_LINES:
        yield from _whole("".join(old), "".join(new))
        return
    left = MOST_WORK
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        was, is_ = "".join(old[a:b]), "".join(new[c:d])
        if tag == "equal":
            yield DiffPiece(ChangeKind.SAME, was)
            continue
        left -= len(was) * len(is_)
        yield from words(was, is_) if left > 0 and _is_prose(was) and _is_prose(is_) else _whole(was, is_)


def _is_prose(text: str) -> bool:
    found = text.split()
    return len(found) < 40 or (len(text) <= 8_000 and len(found) <= REPEATS * len(set(found)))


def _whole(old: str, new: str) -> tuple[DiffPiece, DiffPiece]:
    return DiffPiece(ChangeKind.REMOVED, old), DiffPiece(ChangeKind.ADDED, new)


def _joined(pieces: list[DiffPiece]) -> list[DiffPiece]:
    found: list[DiffPiece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if found and found[-1].kind is piece.kind:
            found[-1] = DiffPiece(piece.kind, found[-1].text + piece.text)
        else:
            found.append(piece)
    return found


def shortened(pieces: list[DiffPiece], around: int = AROUND) -> list[DiffPiece]:
    """The same, with long unchanged stretches cut to what stands next to a change; `…` marks each cut."""
    last = len(pieces) - 1
    return [_short(piece, around, first=at == 0, last=at == last) for at, piece in enumerate(pieces)]


def _short(piece: DiffPiece, around: int, *, first: bool, last: bool) -> DiffPiece:
    if piece.kind is not ChangeKind.SAME or len(piece.text) <= 2 * around + 20:
        return piece
    head = "" if first else piece.text[:around]
    tail = "" if last else piece.text[-around:]
    return DiffPiece(ChangeKind.SAME, f"{head} … {tail}")
