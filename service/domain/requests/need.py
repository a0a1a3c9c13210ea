"""A learner's stated need: where it is, who reads it, and which needs are the same. Pure.

A request is read by its author and by whoever reviews a group of the author's. Nobody else, until a facilitator has
approved an introduction that quotes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.domain.errors import NotNow

SAME_NEED: Final = 0.55
"""Mean cosine with the needs of a cluster from which another one joins it. On 23 invented needs of ten subjects, with
the shipped model: 9 of 16 pairs of the same subject come together and none of different ones; from .45 it is 13, and
two wrongly. Better two lists than people told that they ask for the same when they do not."""

NEAREST: Final = "nearest"
"""In place of a shelf where a finding is kept: no document answers, and this passage is among the nearest."""


class RequestState(StrEnum):
    """Where a request is."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"  # its author does not need it any more


def require_open(state: RequestState) -> None:
    """Raises NotNow unless something can still be said to it."""
    if state is not RequestState.OPEN:
        raise NotNow(f"This request is {state.value}. State a new one if the need is there again.")


@dataclass(frozen=True, slots=True)
class RequestNeed:
    """One open request, by id, with its likeness to every one before it in the same list (cosines)."""

    id: str
    likeness: Sequence[float]


def clusters(needs: Sequence[RequestNeed], least: float = SAME_NEED) -> dict[str, str]:
    """Request → the first request of its cluster. In the order given, each joins the cluster that it is most like."""
    led: dict[str, list[int]] = {}
    leader: dict[str, str] = {}
    for at, need in enumerate(needs):
        means = {name: sum(need.likeness[i] for i in members) / len(members) for name, members in led.items()}
        best = max(means, key=lambda name: (means[name], name), default="")
        own = best if best and means[best] >= least else need.id
        led.setdefault(own, []).append(at)
        leader[need.id] = own
    return leader
