"""Who may give a verdict: how a comparison did on judged work that was left out of it. Pure; may not read texts.

A comparison may speak only where it has shown, on this challenge's own judged work, that it knows more than the
commonest verdict. Words alone never show it: on 86 essays with six criteria, length, cue words, likeness to the
criterion and 42 judged essays together told met from open no better than length did
(docs/decisions/0013-who-may-give-a-verdict.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from pipelines.values import FEWEST_JUDGED, Standing, Trial

SURE: Final = 1.645
"""Standard deviations to the bounds of a 90 % interval."""


def lower_bound(right: int, of: int) -> float:
    """The lower bound of the 90 % interval of a share (Wilson 1927); 0 of nothing."""
    if not of:
        return 0.0
    share, square = right / of, SURE**2
    spread = SURE * (share * (1 - share) / of + square / (4 * of * of)) ** 0.5
    return float((share + square / (2 * of) - spread) / (1 + square / of))


def trial(said: Sequence[Standing], judged: Sequence[Standing]) -> Trial:
    """How often what was said of left-out works is what people judged; CANNOT_TELL is no verdict."""
    told = [(one, other) for one, other in zip(said, judged, strict=True) if one is not Standing.CANNOT_TELL]
    right = sum(one is other for one, other in told)
    commonest = max(Counter(judged).values(), default=0)
    beats = bool(told) and lower_bound(right, len(told)) > commonest / len(judged)
    return Trial(len(judged), len(told), right, commonest, beats and len(judged) >= FEWEST_JUDGED)
