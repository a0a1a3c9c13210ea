"""Outcomes, case by case, and the figures over them. Pure: columns of numbers in, one number out.

A figure is a function of the cases it is given, so that the same one serves for all of them and for a resample.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ToldHowFar = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""
Column = NDArray[np.float64]
"""(cases,), NaN for a case that the column says nothing of."""
Columns = Mapping[str, Column]

CURVE: Final = tuple(at / 20 for at in range(1, 21))
"""Shares of the cases, the surest first, at which the precision of verdicts is looked at."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What one configuration made of the cases: `columns[name][i]` is of `cases[i]`."""

    cases: tuple[str, ...]
    columns: Columns

    @classmethod
    def of(cls, cases: Sequence[str], rows: Sequence[Mapping[str, float | None]]) -> Outcomes:
        """From a row a case; None is nothing said."""
        names = list(dict.fromkeys(name for row in rows for name in row))
        given = {name: [row.get(name) for row in rows] for name in names}
        return cls(tuple(cases), {name: np.array(values, dtype=np.float64) for name, values in given.items()})

    def value(self, measure: Measure, at: NDArray[np.intp] | None = None) -> float:
        """The figure over all cases, or over these of them; NaN where none of them says anything."""
        columns = self.columns if at is None else {name: column[at] for name, column in self.columns.items()}
        if not self.cases or any(name not in columns for name in measure.needs):
            return float("nan")
        return measure.of(columns)

    def rows(self) -> list[dict[str, Any]]:
        """One object a case, for a file."""
        return [
            {"case": case} | {name: _plain(column[at]) for name, column in self.columns.items()}
            for at, case in enumerate(self.cases)
        ]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a side made of a folder: outcomes by group of measures, and single figures that have no interval."""

    outcomes: Mapping[str, Outcomes]
    single: Mapping[str, float | int | None]


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure. `better` is 1 where more is better, -1 where less is, 0 where neither is."""

    name: str
    title: str
    better: int
    needs: tuple[str, ...]
    of: Callable[[Columns], float]


def mean_of(name: str, title: str, better: int = 1, column: str = "") -> Measure:
    """The mean of a column, over the cases that have it."""
    key = column or name
    return Measure(name, title, better, (key,), lambda columns: mean(columns[key]))


def mean(values: Column) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def precision_at(coverage: float) -> Callable[[Columns], float]:
    """Share of right verdicts among the `coverage` of cases that were surest; ties in the order of cases."""

    def of(columns: Columns) -> float:
        order = np.argsort(-columns["confidence"], kind="stable")
        return float(columns["right"][order][: max(1, round(len(order) * coverage))].mean())

    return of


def macro_f1(columns: Columns) -> float:
    """Mean over the three verdicts of F1; a verdict that neither occurs nor is said counts 0."""
    truth, said = columns["truth"].astype(int), columns["said"].astype(int)
    table = np.bincount(truth * 3 + said, minlength=9).reshape(3, 3)
    both = table.sum(0) + table.sum(1)
    return float(np.mean(2 * np.diag(table) / np.maximum(both, 1)))


def f1_of(verdict: int) -> Callable[[Columns], float]:
    """F1 of one verdict; 0 where it neither occurs nor is said."""

    def of(columns: Columns) -> float:
        truth, said = columns["truth"] == verdict, columns["said"] == verdict
        return float(2 * (truth & said).sum() / max(1, truth.sum() + said.sum()))

    return of


def claim_precision(columns: Columns) -> float:
    """Share of right claims among all that drafts make; 1 where none is made."""
    return float(columns["claims_right"].sum() / columns["claims"].sum()) if columns["claims"].sum() else 1.0


def answered_precision(columns: Columns) -> float:
    """Share of right verdicts among those that the assessment stood by."""
    sure = columns["answered"] > 0.5
    return float(columns["right"][sure].mean()) if sure.any() else float("nan")


ASSESSING: Final = (
    Measure("p_at_5", "nearest five peers judged alike", 1, ("near", "near_of"),
            lambda c: float(c["near"].sum() / max(1.0, c["near_of"].sum()))),
    mean_of("verdict_accuracy", "verdict right", column="right"),
    Measure("verdict_macro_f1", "verdict, macro-F1", 1, ("truth", "said"), macro_f1),
    *(Measure(f"f1_{name}", f"verdict {name.replace('_', ' ')}, F1", 1, ("truth", "said"), f1_of(at))
      for at, name in enumerate(("not_yet", "partly", "met"))),
    Measure("score_rmse", "score, root mean square error", -1, ("error",),
            lambda c: float(np.sqrt((c["error"] ** 2).mean()))),
    Measure("precision_at_45", "right of the surest 45 %", 1, ("confidence", "right"), precision_at(0.45)),
    Measure("precision_at_26", "right of the surest 26 %", 1, ("confidence", "right"), precision_at(0.26)),
    mean_of("answered", "answered rather than abstained", 0),
    Measure("answered_precision", "right of those answered", 1, ("answered", "right"), answered_precision),
)  # fmt: skip

DRAFTING: Final = (
    mean_of("drafted", "drafts with points", 0),
    mean_of("claimed", "drafts with a strength or a next step", 0),
    Measure("claim_precision", "claims that the person's verdict bears out", 1, ("claims", "claims_right"),
            claim_precision),
    mean_of("fits_verdict", "kinds of points fit the person's verdict"),
    mean_of("near_human", "words shared with the person's feedback"),
    mean_of("left_out", "points that verification left out, a draft", -1),
    mean_of("fell_back", "drafts made without the model asked", -1),
    mean_of("tokens", "tokens, a draft", -1),
    mean_of("seconds", "seconds waited for the model, a draft", -1),
)  # fmt: skip


def ratio(part: str, whole: str) -> Callable[[Columns], float]:
    """The sum of one column over that of another, over the cases that have both; NaN of nothing."""

    def of(columns: Columns) -> float:
        known = ~np.isnan(columns[part]) & ~np.isnan(columns[whole])
        under = columns[whole][known].sum()
        return float(columns[part][known].sum() / under) if under else float("nan")

    return of


def ratio_of(name: str, title: str, part: str, whole: str, better: int = 1) -> Measure:
    return Measure(name, title, better, (part, whole), ratio(part, whole))


KNOWN_WORKS: Final = (
    mean_of("drafted", "drafts with points", 0),
    mean_of("claimed", "drafts with a strength or a next step", 0),
    ratio_of("claim_precision", "claims that are right", "claims_right", "claims_known"),
    ratio_of("praise_right", "strengths that are right", "strength right", "strength known"),
    ratio_of("lacks_right", "next steps that are right", "next_step right", "next_step known"),
    ratio_of("open_named", "gaps named, of those that people named", "named asked", "named"),
    ratio_of("top_named", "first gap named", "top asked", "top"),
    ratio_of("placed", "points at a place that people named", "placed", "placeable"),
    ratio_of("specific", "points that say something of the work", "specific", "points"),
    ratio_of("verdict_right", "standings said that are right", "said right", "said"),
    ratio_of("read_right", "standings that the model read right", "read right", "read"),
    ratio_of("band_high_right", "claims of high confidence that are right", "high right", "high known"),
    mean_of("left_out", "points that verification left out, a draft", -1),
    mean_of("fell_back", "drafts made without the model asked", -1),
    mean_of("calls", "calls, a draft", -1),
    mean_of("tokens", "tokens, a draft", -1),
    mean_of("critique_tokens", "of these for the second look", -1),
    mean_of("seconds", "seconds waited for the model, a draft", -1),
    mean_of("cost", "cost, a draft", -1),
)

FINDING: Final = (
    mean_of("hit_at_1", "a right document first"),
    mean_of("hit_at_5", "a right document among five"),
    mean_of("mrr", "mean reciprocal rank"),
)


def curve(outcomes: Outcomes) -> list[tuple[float, float]]:
    """(coverage, precision) of verdicts, the surest first."""
    return [(at, round(precision_at(at)(outcomes.columns), 4)) for at in CURVE] if outcomes.cases else []


def figures(outcomes: Outcomes, measures: Sequence[Measure]) -> dict[str, float | None]:
    """Every figure by its name, to four places; None where it cannot be told."""
    values = {one.name: outcomes.value(one) for one in measures}
    return {name: None if np.isnan(value) else round(value, 4) for name, value in values.items()}
