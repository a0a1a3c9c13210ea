"""What is seen before work is judged, as values: what may be wrong with criteria, and why a piece is judged first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FEWEST_WORKS: Final = 5
"""Works from which it means something that none speaks to a criterion."""
MOST_WORKS: Final = 12
"""Works that criteria are looked at with, the first that came in."""


class CriteriaRemarkCode(StrEnum):
    """What may be wrong with criteria."""

    EMPTY = "empty"  # it says nothing
    SAME = "same"  # word for word another one
    ALIKE = "alike"  # two that cannot be told apart
    TWO_THINGS = "two_things"  # one that asks two
    UNSPOKEN = "unspoken"  # nothing in the first works speaks to it
    GIVES_AWAY = "gives_away"  # it holds the reference solution's words
    LONG = "long"
    QUESTION = "question"  # it asks instead of saying what a good solution does
    ORDER = "order"  # it tells somebody to judge


@dataclass(frozen=True, slots=True)
class CriteriaRemark:
    """A remark on one criterion, or on two, by their ids."""

    code: CriteriaRemarkCode
    criteria: tuple[str, ...]


class CalibrationReason(StrEnum):
    """Why a piece was chosen."""

    ALL = "all"  # there are no more
    TYPICAL = "typical"  # most like all others
    LONGEST = "longest"
    SHORTEST = "shortest"
    UNLIKE = "unlike"  # least like all others
    APART = "apart"  # far from those chosen before
    LEFT = "left"  # short, or nearly the same as another: nothing else was left
