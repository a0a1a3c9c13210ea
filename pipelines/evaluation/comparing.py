"""How sure a figure is, and how sure the difference of two: paired bootstrap over cases.

Both configurations are asked the same cases, and a resample draws the same cases for both; so what is hard about a case
cancels out, and a difference is told that two intervals side by side would hide. Cases are drawn independently: what
cases of one challenge have in common is not in the intervals. May not measure anything itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipelines.evaluation.measures import Measure, Outcomes

RESAMPLES: Final = 2_000
SEED: Final = 20_260_105
SURE: Final = 0.95


@dataclass(frozen=True, slots=True)
class EstimatedFigure:
    """A figure with the range that holds it with SURE confidence; NaN where it cannot be told."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0

    def plain(self) -> dict[str, float | None]:
        """For a file."""
        named = {"value": self.value, "low": self.low, "high": self.high}
        return {name: None if np.isnan(value) else round(value, 4) for name, value in named.items()}


@dataclass(frozen=True, slots=True)
class ComparedMeasure:
    """One measure: of each configuration, and the second's less the first's where there are two."""

    measure: Measure
    each: tuple[EstimatedFigure, ...]
    difference: EstimatedFigure | None

    @property
    def told(self) -> int:
        """Which is better beyond chance: -1 the first, 1 the second, 0 that cannot be said."""
        if self.difference is None or not self.difference.excludes_zero:
            return 0
        return self.measure.better * (1 if self.difference.value > 0 else -1)


def compare(
    outcomes: Sequence[Outcomes], measures: Sequence[Measure], *, resamples: int = RESAMPLES, seed: int = SEED
) -> list[ComparedMeasure]:
    """Every measure that at least one configuration says something of. All outcomes are of the same cases."""
    if any(one.cases != outcomes[0].cases for one in outcomes):
        raise ValueError("Only outcomes of the same cases, in the same order, can be compared.")
    drawn = _drawn(len(outcomes[0].cases), resamples, seed)
    lines = [_line(outcomes, measure, drawn) for measure in measures]
    return [line for line in lines if not all(np.isnan(one.value) for one in line.each)]


def _drawn(cases: int, resamples: int, seed: int) -> NDArray[np.intp]:
    return np.random.default_rng(seed).integers(0, max(1, cases), (resamples, cases)).astype(np.intp)


def _line(outcomes: Sequence[Outcomes], measure: Measure, drawn: NDArray[np.intp]) -> ComparedMeasure:
    again = [np.array([one.value(measure, at) for at in drawn]) for one in outcomes]
    values = [one.value(measure) for one in outcomes]
    each = tuple(_interval(value, some) for value, some in zip(values, again, strict=True))
    difference = _interval(values[1] - values[0], again[1] - again[0]) if len(outcomes) == 2 else None
    return ComparedMeasure(measure, each, difference)


def _interval(value: float, again: Any) -> EstimatedFigure:
    known = again[~np.isnan(again)]
    if np.isnan(value) or not len(known):
        return EstimatedFigure(value, float("nan"), float("nan"))
    low, high = np.quantile(known, [(1 - SURE) / 2, (1 + SURE) / 2])
    return EstimatedFigure(value, float(low), float(high))
