"""In which order matches are offered: by how likely a meeting is to be useful, learned from meetings that were or not.

A logistic model over a match's features. Its weights start from judgement (PRIOR) and move towards what the
organization's own answers to "did you meet, was it useful?" say, the more so the more answers there are: the maximum a
posteriori under a Gaussian prior around PRIOR, by Newton's method. Plain numbers in, plain numbers out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.people.values import Kind

PRIOR: Final[Mapping[str, float]] = {
    "always": -2.0,
    Kind.COMPLEMENTARY: 3.0,  # reciprocity counts most
    Kind.EXPERT: 2.0,
    Kind.SAME_PROBLEM: 1.2,
    Kind.TRIANGLE: 1.2,
    Kind.BRIDGE: 1.0,
    Kind.SAME_ROLE: 0.8,
    "near": 0.8,  # alike work, in [0, 1]
    "load": -0.8,  # introductions that weigh on the two, summed
    "across": 0.4,  # no group in common
    "alone": 0.8,  # share of the two who have no contact yet
    "useful_before": 0.5,  # mean of what both said of earlier ones, in [-1, 1]
}
STIFFNESS: Final = 4.0
"""Inverse variance of the prior around each weight: a feature needs about 16 answers before they outweigh judgement."""
STEPS: Final = 25


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an introduction that was asked about: its features, and whether they met and found it useful."""

    features: Mapping[str, float]
    useful: bool


def weights(outcomes: Sequence[Outcome] = ()) -> dict[str, float]:
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
        found = found + move
        if float(np.abs(move).max()) < 1e-9:
            break
    return dict(zip(PRIOR, (float(value) for value in found), strict=True))


def chance(features: Mapping[str, float], by: Mapping[str, float]) -> float:
    """How likely a meeting with these features is to take place and be useful, in [0, 1]."""
    return float(
        _sigmoid(np.array([sum(by[name] * value for name, value in zip(PRIOR, _row(features), strict=True))]))[0]
    )


def _row(features: Mapping[str, float]) -> list[float]:
    """The features in the order of PRIOR; one that is not there is 0."""
    return [1.0, *(float(features.get(name, 0.0)) for name in list(PRIOR)[1:])]


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30, 30))))
