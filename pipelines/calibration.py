"""Which few pieces of work a person judges first, so that the rest can be drafted on that. Pure; it judges no work.

Chosen for spread alone: the piece most like all others, then again and again the one farthest from those chosen, by
what they say and by how long they are (length is the best single sign of quality that a machine has, and a poor one).
Why a piece was chosen is told from facts: the longest of all, the shortest, unlike the others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.arrays import Floats
from pipelines.looked_at import CalibrationReason

FEWEST_WORDS: Final = 8
SHARE_OF_MIDDLE: Final = 0.2
"""Words of a piece that is worth judging first, and the share of what work commonly has: less teaches nothing."""
SAME: Final = 0.97
"""Cosine of whole texts from which two are the same piece of work for this."""
FARTHEST: Final = 2.0
"""How far apart in length two pieces can be, in standard deviations: one very long piece is not all there is."""


@dataclass(frozen=True, slots=True)
class CalibrationWork:
    """A piece of work that can be chosen: its words counted, and the unit vector of what it says."""

    id: str
    words: int
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PieceChosen:
    """A piece to judge, and why."""

    id: str
    reason: CalibrationReason


def choose(works: Sequence[CalibrationWork], wanted: int, kept: Collection[str] = ()) -> tuple[PieceChosen, ...]:
    """Pieces to judge besides those `kept`, so that there are `wanted` in all; the same works give the same choice.

    Near-copies, of each other or of one kept, and pieces with next to nothing in them are chosen only where others do
    not fill the room.
    """
    there = _apart(sorted(works, key=lambda work: (work.id not in kept, work.id)), kept)
    room = wanted - sum(work.id in kept for work in there)
    if room <= 0:
        return ()
    chosen = [*_spread(there, kept, room), *_left_out(works, there)][:room]
    if len(works) <= wanted:
        chosen = [PieceChosen(one.id, CalibrationReason.ALL) for one in chosen]
    return tuple(chosen)


def _spread(there: Sequence[CalibrationWork], kept: Collection[str], room: int) -> list[PieceChosen]:
    if not there:
        return []
    distances = _distances(there)
    taken = [at for at, work in enumerate(there) if work.id in kept]
    before = len(taken)
    while len(taken) - before < room and len(taken) < len(there):
        taken.append(_next(distances, taken))
    reasons = _reasons(there, distances)
    return [PieceChosen(there[at].id, reasons[at]) for at in taken[before:]]


def _left_out(works: Sequence[CalibrationWork], there: Sequence[CalibrationWork]) -> list[PieceChosen]:
    """What is chosen rather than nothing: short works, the longest first, and then copies."""
    seen = {work.id for work in there}
    left = sorted((work for work in works if work.id not in seen), key=lambda work: (-work.words, work.id))
    distinct: list[CalibrationWork] = []
    for work in left:
        if not _copy(work, [*there, *distinct]):
            distinct.append(work)
    short = {work.id for work in distinct}
    copies = [work for work in left if work.id not in short]
    return [PieceChosen(work.id, CalibrationReason.LEFT) for work in (*distinct, *copies)]


def _apart(works: Sequence[CalibrationWork], kept: Collection[str]) -> list[CalibrationWork]:
    """One of each set of near-copies, that kept first; nothing that says next to nothing."""
    middle = float(np.median([work.words for work in works])) if works else 0.0
    least = max(FEWEST_WORDS, SHARE_OF_MIDDLE * middle)
    there: list[CalibrationWork] = []
    for work in works:
        if work.id in kept or (work.words >= least and not _copy(work, there)):
            there.append(work)
    return there


def _copy(work: CalibrationWork, others: Sequence[CalibrationWork]) -> bool:
    return any(float(work.vector @ other.vector) >= SAME for other in others)


def _distances(works: Sequence[CalibrationWork]) -> Floats:
    """(n, n): how far apart two pieces are in what they say, and in length, each in units of its common distance."""
    vectors = np.stack([work.vector for work in works]).astype(np.float64)
    said = 1.0 - vectors @ vectors.T
    length = np.log([max(1, work.words) for work in works])
    long = np.abs(length[:, None] - length[None]) / (length.std() + 1e-9)
    return np.asarray(said / max(float(said.mean()), 1e-9) + np.minimum(long, FARTHEST))


def _next(distances: Floats, taken: Sequence[int]) -> int:
    """The most typical piece first, then the one farthest from all that are taken; of equals the first."""
    if not taken:
        return int(distances.sum(axis=1).argmin())
    near = distances[:, list(taken)].min(axis=1)
    near[list(taken)] = -1.0
    return int(near.argmax())


def _reasons(works: Sequence[CalibrationWork], distances: Floats) -> list[CalibrationReason]:
    """What is true of each piece, whether it is chosen or not."""
    words = [work.words for work in works]
    reasons = [CalibrationReason.APART] * len(works)
    vectors = np.stack([work.vector for work in works]).astype(np.float64)
    reasons[int((vectors @ vectors.sum(axis=0)).argmin())] = CalibrationReason.UNLIKE
    for extreme, reason in ((min(words), CalibrationReason.SHORTEST), (max(words), CalibrationReason.LONGEST)):
        if words.count(extreme) == 1:
            reasons[words.index(extreme)] = reason
    reasons[int(distances.sum(axis=1).argmin())] = CalibrationReason.TYPICAL
    return reasons
