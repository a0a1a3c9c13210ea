"""Small statistics with their sources: quantiles, shares with intervals, agreement beyond chance. Pure.

Everything here is exact arithmetic on what it is given; whether a figure rests on enough is said beside it (`small`),
and is for the reader to weigh.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054
"""The two-sided 95 % point of the normal distribution."""

FEW = 30
"""Below this many pairs an agreement is said to rest on few: the interval below is made for large samples."""

FEWEST = 10
"""Below this many cases no share is told and no κ, on pages, in files and by the API alike: one case more would move
either by a tenth or more, so that a number says less than "2 of 3" does."""


def said_share(part: int, whole: int) -> str:
    """`72 %`, or of few `5 of 7`; empty of none."""
    if whole < FEWEST:
        return f"{part} of {whole}" if whole else ""
    return f"{part / whole:.0%}".replace("%", " %")


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included."""

    low: float
    high: float


def quantile(values: Sequence[float], q: float) -> float:
    """The value that a share `q` of the values does not exceed, interpolated linearly.

    Type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996), which
    is also numpy's default. Raises ValueError for no values or a share outside 0 to 1.
    """
    if not values or not 0 <= q <= 1:
        raise ValueError("A quantile needs values, and a share from 0 to 1.")
    ordered = sorted(values)
    at = q * (len(ordered) - 1)
    below, rest = int(at), at - int(at)
    above = ordered[min(below + 1, len(ordered) - 1)]
    return ordered[below] + rest * (above - ordered[below])


def median(values: Sequence[float]) -> float:
    """The value in the middle. Raises ValueError for no values."""
    return quantile(values, 0.5)


def binned(values: Iterable[float], edges: Sequence[float]) -> list[int]:
    """How many values lie below the first edge, between each two, and at or above the last; edges rise."""
    counts = Counter(bisect_right(edges, value) for value in values)
    return [counts[place] for place in range(len(edges) + 1)]


def share_interval(part: int, whole: int, z: float = Z95) -> Interval:
    """Where a share seen as `part` of `whole` may really lie, at 95 %. Raises ValueError for an empty whole.

    The score interval of Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927): unlike the usual one it holds for few cases and for shares near 0 and 1.
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError("A share needs a whole, and a part of it.")
    return score_interval(part / whole, whole, z)


def score_interval(share: float, n: int, z: float = Z95) -> Interval:
    """The same of a share that is held for as sure as one of n, whatever it was counted of."""
    z2 = z * z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class ReaderAgreement:
    """How far two readers of the same `pairs` cases agree, and how far beyond chance.

    `kappa` is None where it means nothing: of few cases (`FEWEST`), or if both readers only ever said one and the same
    thing.
    """

    pairs: int
    same: int
    kappa: float | None
    interval: Interval | None

    @property
    def share(self) -> float | None:
        """Share of cases on which both said the same; None of few."""
        return self.same / self.pairs if self.pairs >= FEWEST else None

    @property
    def small(self) -> bool:
        """Whether it rests on few cases."""
        return self.pairs < FEW


def agreement(pairs: Iterable[tuple[str, str]]) -> ReaderAgreement:
    """Cohen's κ of two readers' words for the same cases, with a 95 % interval.

    κ = (observed − expected) / (1 − expected): Cohen, "A coefficient of agreement for nominal scales", Educational and
    Psychological Measurement 20 (1960). The interval is κ ± 1.96 standard errors by Fleiss, Cohen and Everitt, "Large
    sample standard errors of kappa and weighted kappa", Psychological Bulletin 72 (1969).
    """
    table = Counter(pairs)
    n = table.total()
    same = sum(count for (a, b), count in table.items() if a == b)
    first, second = Counter[str](), Counter[str]()
    for (a, b), count in table.items():
        first[a] += count
        second[b] += count
    expected = sum(first[word] * second[word] for word in first) / (n * n) if n else 1.0
    if expected == 1.0 or n < FEWEST:
        return ReaderAgreement(n, same, None, None)
    kappa = (same / n - expected) / (1 - expected)
    error = _standard_error(table, first, second, n, kappa, expected)
    return ReaderAgreement(n, same, kappa, Interval(max(-1.0, kappa - Z95 * error), min(1.0, kappa + Z95 * error)))


def _standard_error(
    table: Counter[tuple[str, str]], first: Counter[str], second: Counter[str], n: int, kappa: float, expected: float
) -> float:
    """Fleiss, Cohen and Everitt (1969), equation 13: with p the shares of the table, and κ its own value."""
    on = sum(
        count / n * (1 - (first[a] + second[a]) / n * (1 - kappa)) ** 2 for (a, b), count in table.items() if a == b
    )
    off = sum(count / n * ((second[a] + first[b]) / n) ** 2 for (a, b), count in table.items() if a != b)
    rest = (kappa - expected * (1 - kappa)) ** 2
    variance = (on + (1 - kappa) ** 2 * off - rest) / (n * (1 - expected) ** 2)
    return math.sqrt(max(0.0, variance))
