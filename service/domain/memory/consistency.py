"""When two decisions are about the same, and when they contradict each other. Pure: compares words, reads nothing.

Words, not vectors, because a vector of a decided passage is there only once a job has made it: the answer would depend
on when one asks. What was measured stands at `wording.SAME_PASSAGE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from pipelines.texts.language import SAME_MATTER, SAME_PASSAGE, TWINS, alike, language_code, passages_alike
from pipelines.values import PointKind

SAID_ALREADY = "already_said"
OF_WORDING = frozenset({"too_harsh", "about_person", SAID_ALREADY})
"""Reasons to dismiss a point that find no fault with what it says, only with how, or with saying it again."""

MOST_EACH = 20
"""Contradictions that are looked for of one decision: where more stand against it, these are enough to see it by."""


class KinshipGround(StrEnum):
    """In what two points are alike."""

    WORDING = "wording"
    PASSAGE = "passage"


class ContradictionKind(StrEnum):
    """How two decisions contradict each other."""

    KEPT_AND_DISMISSED = "kept_and_dismissed"
    STRENGTH_AND_GAP = "strength_and_gap"


@dataclass(frozen=True, slots=True)
class SaidPoint:
    """A point and the passage it is about, as it was said on one submission. `dismissed`: and then not said."""

    point: str
    submission: str
    kind: PointKind
    criterion: str
    text: str
    quote: str
    language: str
    dismissed: bool = False
    reason: str = ""  # the code of why

    @property
    def praises(self) -> bool:
        return self.kind is PointKind.STRENGTH


@dataclass(frozen=True, slots=True)
class Kinship:
    """That two points are about the same, and how alike they are in it, up to 1."""

    why: KinshipGround
    alike: float


def _passages(a: SaidPoint, b: SaidPoint) -> float:
    return passages_alike(a.quote, b.quote, language_code(a.language))


def _texts(a: SaidPoint, b: SaidPoint) -> float:
    return alike(a.text, b.text, language_code(a.language))


def kin(a: SaidPoint, b: SaidPoint) -> Kinship | None:
    """How a decision on one is a decision on the other: same criterion, both praise or neither, and alike in wording or
    in the passage they are about."""
    if a.criterion != b.criterion or a.praises is not b.praises:
        return None
    if (texts := _texts(a, b)) >= TWINS:
        return Kinship(KinshipGround.WORDING, texts)
    passages = _passages(a, b)
    return Kinship(KinshipGround.PASSAGE, passages) if passages >= SAME_PASSAGE else None


def clash(a: SaidPoint, b: SaidPoint) -> ContradictionKind | None:
    """How these two contradict each other, if they do: opposite decisions on nearly identical passages.

    One submission is never at odds with itself: whoever decides anew has changed their mind. What was dismissed only
    because it had been said already was not found wrong; what was dismissed for its wording may be said in another.
    """
    if a.submission == b.submission or a.criterion != b.criterion or (a.dismissed and b.dismissed):
        return None
    if _passages(a, b) < SAME_PASSAGE:
        return None
    if a.dismissed or b.dismissed:
        reason = a.reason if a.dismissed else b.reason
        if reason == SAID_ALREADY or a.praises is not b.praises:
            return None
        same = TWINS if reason in OF_WORDING else SAME_MATTER
        return ContradictionKind.KEPT_AND_DISMISSED if _texts(a, b) >= same else None
    return ContradictionKind.STRENGTH_AND_GAP if a.praises is not b.praises else None


def clashes(
    new: Sequence[SaidPoint], known: Sequence[SaidPoint] = (), *, most: int = MOST_EACH
) -> Iterator[tuple[SaidPoint, SaidPoint, ContradictionKind]]:
    """The pairs that contradict each other, each once: of what is new with what is known, and among what is new; of
    each new one with the first `most` that it contradicts."""
    by_criterion: dict[str, list[SaidPoint]] = {}
    for one in known:
        by_criterion.setdefault(one.criterion, []).append(one)
    for one in new:
        others = by_criterion.setdefault(one.criterion, [])
        found = ((other, one, how) for other in others if (how := clash(other, one)) is not None)
        yield from islice(found, most)
        others.append(one)
