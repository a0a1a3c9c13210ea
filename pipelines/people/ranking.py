"""In which order matches are offered: by how likely a meeting is to be useful, and how much it is worth to the whole.

How likely: a logistic model over a match's features. Its weights start from judgement (PRIOR) and move towards what the
organization's own answers to "did you meet, was it useful?" say, the more so the more answers there are: the maximum a
posteriori under a Gaussian prior around PRIOR, by Newton's method. Plain numbers in, plain numbers out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.people.values import ReasonKind

PRIOR: Final[Mapping[str, float]] = {
    "always": -2.0,
    ReasonKind.COMPLEMENTARY: 3.0,  # reciprocity counts most
    ReasonKind.EXPERT: 2.0,
    ReasonKind.SAME_PROBLEM: 1.2,
    ReasonKind.TRIANGLE: 1.2,
    ReasonKind.BRIDGE: 0.4,
    ReasonKind.SAME_ROLE: 0.8,
    "near": 1.6,  # alike work: standard deviations, -1 to 4, divided by 4
    "load": -0.8,  # introductions that weigh on the two, summed
    "across": 0.0,  # no group in common
    "alone": 0.2,  # share of the two who have no contact yet
    "useful_before": 0.5,  # mean of what both said of earlier ones, in [-1, 1]
}
STIFFNESS: Final = 4.0
"""Inverse variance of the prior around each weight: a feature needs about 16 answers before they outweigh judgement."""
WORTH: Final[Mapping[str, float]] = {ReasonKind.BRIDGE: 0.6, "across": 0.3, "alone": 0.5}
"""How much more a connection is worth to the whole when it bridges groups, or when somebody has had none: what an
organization introduces people for, and what the two themselves cannot judge. Never learned: left to answers alone,
introductions fall back into the groups (.13 against .60 of pairs of groups joined in a simulated year)."""
STEPS: Final = 25
HALVES: Final = tuple(0.5**power for power in range(20))


@dataclass(frozen=True, slots=True)
class IntroductionOutcome:
    """What came of an introduction that was asked about: its features, and whether they met and found it useful."""

    features: Mapping[str, float]
    useful: bool


def weights(outcomes: Sequence[IntroductionOutcome] = ()) -> dict[str, float]:
    """The weight of each feature after these outcomes; PRIOR where there are none. The same outcomes give the same."""
    start = np.array(list(PRIOR.values()))
    if not outcomes:
        return dict(PRIOR)
    rows = np.array([_row(outcome.features) for outcome in outcomes])
    truth = np.array([outcome.useful for outcome in outcomes], dtype=np.float64)
    found = start.copy()
    for _ in range(STEPS):
        chance = _sigmoid(rows @ found)
        slope = rows.T @ (truth - chance) - STIFFNESS * (found - start)
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + STIFFNESS * np.eye(len(start))
        move = np.linalg.solve(bend, slope)
        # A whole step overshoots where the model was sure and wrong: halve it until it makes things better.
        now = _loss(rows, truth, found, start)
        size = next((part for part in HALVES if _loss(rows, truth, found + part * move, start) < now), 0.0)
        found = found + size * move
        if float(np.abs(size * move).max()) < 1e-9:
            break
    return dict(zip(PRIOR, (float(value) for value in found), strict=True))


def _loss(
    rows: NDArray[np.float64], truth: NDArray[np.float64], found: NDArray[np.float64], start: NDArray[np.float64]
) -> float:
    """Negative log posterior, but for a constant."""
    scores = rows @ found
    return float((np.logaddexp(0, scores) - truth * scores).sum() + STIFFNESS / 2 * ((found - start) ** 2).sum())


def chance(features: Mapping[str, float], by: Mapping[str, float]) -> float:
    """How likely a meeting with these features is to take place and be useful, in [0, 1]."""
    return float(
        _sigmoid(np.array([sum(by[name] * value for name, value in zip(PRIOR, _row(features), strict=True))]))[0]
    )


def value(features: Mapping[str, float], by: Mapping[str, float]) -> float:
    """What matches are ranked by: how likely it is to be useful, times what that is worth to the whole (1 to 2.4)."""
    return chance(features, by) * (1.0 + sum(more * features.get(name, 0.0) for name, more in WORTH.items()))


def _row(features: Mapping[str, float]) -> list[float]:
    """The features in the order of PRIOR; one that is not there is 0."""
    return [1.0, *(float(features.get(name, 0.0)) for name in list(PRIOR)[1:])]


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30, 30))))
