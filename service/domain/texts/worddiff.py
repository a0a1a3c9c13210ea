"""What changed between two texts, word by word. Pure; takes time in proportion to the texts, whatever is in them.

Runs of words that stand exactly once in both texts are taken as the same place (so does Cohen's "patience diff", with
lines); what lies between them is compared word by word with the least number of changes (Myers, "An O(ND) difference
algorithm and its variations", 1986), as far as that is worth the time, and is else told as changed as a whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")
RUN: Final = 7
"""Words and the spaces between them, four words mostly, that mark a place when they stand once in both texts."""
MOST_CHANGES: Final = 400
"""Words put in or taken out in one stretch, beyond which it is told as a whole: nobody would read it piecemeal."""
MOST_STEPS: Final = 1_500_000
"""Steps of comparing for two texts together, about a second."""

MatchingBlock = tuple[int, int, int]
"""So many words are the same from here in the earlier and from there in the later text."""


class ChangeKind(StrEnum):
    """What became of a piece."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A stretch of text. Same and added pieces joined are the later text; same and removed ones the earlier."""

    kind: ChangeKind
    text: str


def words(before: str, after: str) -> list[DiffPiece]:
    """The pieces in reading order, no two neighbours of one kind; what was removed stands before what was added."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    return _readable(_pieces(old, new, _same(old, new)))


def counts(before: str, after: str) -> dict[str, int]:
    """How many words were put in and taken out."""
    found = Counter({ChangeKind.ADDED: 0, ChangeKind.REMOVED: 0})
    for piece in words(before, after):
        found[piece.kind] += len(re.findall(r"\w+", piece.text))
    return {"words_added": found[ChangeKind.ADDED], "words_removed": found[ChangeKind.REMOVED]}


def _pieces(old: Sequence[str], new: Sequence[str], same: Iterable[MatchingBlock]) -> Iterator[DiffPiece]:
    a = b = 0
    for at, to, count in (*same, (len(old), len(new), 0)):
        found = (
            DiffPiece(ChangeKind.REMOVED, "".join(old[a:at])),
            DiffPiece(ChangeKind.ADDED, "".join(new[b:to])),
            DiffPiece(ChangeKind.SAME, "".join(old[at : at + count])),
        )
        yield from (piece for piece in found if piece.text)
        a, b = at + count, to + count


def _same(old: Sequence[str], new: Sequence[str]) -> list[MatchingBlock]:
    """What is the same, in order, without gaps between blocks that follow on each other."""
    left = [MOST_STEPS]
    blocks: list[MatchingBlock] = []
    a = b = 0
    for at, to, count in (*_places(old, new), (len(old), len(new), 0)):
        blocks += _between(old, new, (a, at), (b, to), left)
        blocks.append((at, to, count))
        a, b = at + count, to + count
    joined: list[MatchingBlock] = []
    for at, to, count in blocks:
        if joined and (at, to) == (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2]):
            at, to, count = joined[-1][0], joined[-1][1], joined.pop()[2] + count
        joined.append((at, to, count))
    return [block for block in joined if block[2]]


def _places(old: Sequence[str], new: Sequence[str]) -> list[MatchingBlock]:
    """Runs that stand once in both texts, in an order that is the same in both: the longest there is."""
    mine, theirs = _once(old), _once(new)
    found = [(at, theirs[run]) for run, at in mine.items() if run in theirs]
    blocks: list[MatchingBlock] = []
    a = b = 0
    for at, to in _rising(found):
        skip = max(0, a - at, b - to)
        if skip < RUN:
            blocks.append((at + skip, to + skip, RUN - skip))
            a, b = at + RUN, to + RUN
    return blocks


def _once(tokens: Sequence[str]) -> dict[tuple[str, ...], int]:
    runs = [tuple(tokens[at : at + RUN]) for at in range(len(tokens) - RUN + 1)]
    times = Counter(runs)
    return {run: at for at, run in enumerate(runs) if times[run] == 1}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs, whose first numbers rise, in which the second ones rise too."""
    ends: list[int] = []
    at_end: list[int] = []
    before: list[int] = []
    for at, (_, to) in enumerate(pairs):
        place = bisect_left(ends, to)
        before.append(at_end[place - 1] if place else -1)
        ends[place : place + 1], at_end[place : place + 1] = [to], [at]
    found, at = [], at_end[-1] if at_end else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _between(
    old: Sequence[str], new: Sequence[str], of_old: tuple[int, int], of_new: tuple[int, int], left: list[int]
) -> Iterator[MatchingBlock]:
    """Blocks in one stretch: its like beginning and end, and what least changes leave between them."""
    (a, a_end), (b, b_end) = of_old, of_new
    head = 0
    while a + head < a_end and b + head < b_end and old[a + head] == new[b + head]:
        head += 1
    tail = 0
    while a + head < a_end - tail and b + head < b_end - tail and old[a_end - tail - 1] == new[b_end - tail - 1]:
        tail += 1
    yield a, b, head
    for at, to in _least(old[a + head : a_end - tail], new[b + head : b_end - tail], left):
        yield a + head + at, b + head + to, 1
    yield a_end - tail, b_end - tail, tail


def _least(old: Sequence[str], new: Sequence[str], left: list[int]) -> list[tuple[int, int]]:
    """Pairs of words that stay with the least changes; none where there are too many. Takes its steps from `left`."""
    n, m = len(old), len(new)
    if not n or not m:
        return []
    far = [0] * (2 * min(n + m, MOST_CHANGES) + 3)
    trace: list[list[int]] = []
    for changes in range(min(n + m, MOST_CHANGES) + 1):
        left[0] -= changes + 1
        if left[0] < 0:
            return []
        trace.append(far[: 2 * changes + 3])
        far = _further(old, new, far, changes)
        if changes >= abs(n - m) and (n - m + changes) % 2 == 0 and far[n - m + changes + 1] >= n:
            return _back(trace, n, m)
    return []


def _further(old: Sequence[str], new: Sequence[str], far: list[int], changes: int) -> list[int]:
    """How far one gets on each diagonal with so many changes. Diagonal k stands at k + changes + 1; before, at one less
    each, so that what was got with fewer changes is read at k + changes."""
    reached = [0] * len(far)
    for k in range(-changes, changes + 1, 2):
        at = k + changes
        down = k == -changes or (k != changes and far[at - 1] < far[at + 1])
        x = (far[at + 1] if down else far[at - 1] + 1) if changes else 0
        y = x - k
        while x < len(old) and y < len(new) and old[x] == new[y]:
            x, y = x + 1, y + 1
        reached[at + 1] = x
    return reached


def _back(trace: list[list[int]], x: int, y: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for changes in range(len(trace) - 1, -1, -1):
        far, k = trace[changes], x - y
        at = k + changes
        down = k == -changes or (k != changes and far[at - 1] < far[at + 1])
        x_then = (far[at + 1] if down else far[at - 1]) if changes else 0
        y_then = x_then - (k + 1 if down else k - 1) if changes else 0
        while x > x_then and y > y_then:
            x, y = x - 1, y - 1
            found.append((x, y))
        x, y = x_then, y_then
    return found[::-1]


def _readable(pieces: Iterator[DiffPiece]) -> list[DiffPiece]:
    """The same without small words that happen to be in both amid much that changed: nobody can read a text in which
    every second word is struck out. What stayed counts as changed where it is no longer than what changed on each side
    of it (so does Fraser's "semantic cleanup", in "Diff Strategies", 2006)."""
    runs: list[tuple[str, str, str]] = [("", "", "")]  # what stayed, and what was then removed and added
    for piece in pieces:
        stayed, removed, added = runs[-1]
        if piece.kind is ChangeKind.SAME:
            runs.append((piece.text, "", ""))
        elif piece.kind is ChangeKind.REMOVED:
            runs[-1] = (stayed, removed + piece.text, added)
        else:
            runs[-1] = (stayed, removed, added + piece.text)
    return [piece for run in _merged(runs) for piece in _told(run)]


def _merged(runs: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    done: list[tuple[str, str, str]] = []
    for run in runs:
        done.append(run)
        while len(done) > 1 and len(done[-1][0]) <= min(_much(done[-2]), _much(done[-1])):
            stayed, removed, added = done.pop()
            first, gone, come = done.pop()
            done.append((first, gone + stayed + removed, come + stayed + added))
    return done


def _much(run: tuple[str, str, str]) -> int:
    return max(len(run[1]), len(run[2]))


def _told(run: tuple[str, str, str]) -> Iterator[DiffPiece]:
    kinds = zip((ChangeKind.SAME, ChangeKind.REMOVED, ChangeKind.ADDED), run, strict=True)
    yield from (DiffPiece(kind, text) for kind, text in kinds if text)
