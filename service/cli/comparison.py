"""How a comparison looks in a terminal, and what of it goes into a file. Measures and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.table import Table
from rich.text import Text

from pipelines.evaluation.comparing import ComparedMeasure, EstimatedFigure, compare
from pipelines.evaluation.measures import ASSESSING, DRAFTING, FINDING, KNOWN_WORKS, Measure, Measured, Outcomes, curve
from service.cli.console import out

GROUPS: dict[str, tuple[str, Sequence[Measure]]] = {
    "verdicts": ("How answers are read", ASSESSING),
    "drafts": ("What is drafted", DRAFTING),
    "works": ("What is drafted on works with known standings", KNOWN_WORKS),
    "questions": ("How documents are found", FINDING),
}
SINGLE = {
    "criterion_spearman": "criteria met against score, rank correlation",
    "blanks_refused": "blanks refused",
    "cold_spearman": "without peers: score against mark",
    "cold_told": "without peers: told so",
    "foreign": "hits of another organization",
    "prompt_tokens": "tokens sent, in all",
    "completion_tokens": "tokens answered, in all",
    "critique_tokens": "of all tokens for the second look",
    "seconds": "seconds waited for the model, in all",
    "cost": "cost, in all",
    "without_model": "drafts made without the model",
}
STEPS = "▁▂▃▄▅▆▇█"
LEAST = 0.5
"""Precision at the foot of a curve: below it a verdict is not worth showing."""


def show(kind: str, names: Sequence[str], found: Sequence[Measured], resamples: int) -> dict[str, Any]:
    """Print tables and curves; give all of it as plain values."""
    plain: dict[str, Any] = {"single": [dict(one.single) for one in found]}
    for group, (title, measures) in GROUPS.items():
        if any(group not in one.outcomes for one in found):
            continue
        outcomes = [one.outcomes[group] for one in found]
        lines = compare(outcomes, measures, resamples=resamples)
        out.print(_table(f"{title} ({len(outcomes[0].cases)} cases)", names, lines))
        plain[group] = {"measures": [_plain(line, names) for line in lines], "cases": _cases(names, outcomes)}
        if group == "verdicts":
            plain[group]["curve"] = {name: curve(one) for name, one in zip(names, outcomes, strict=True)}
            _draw(plain[group]["curve"])
    _print_single(names, [one.single for one in found])
    return plain


def _table(title: str, names: Sequence[str], lines: Sequence[ComparedMeasure]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    if len(names) == 2:
        table.add_column("difference", justify="right", no_wrap=True)
        table.add_column("beyond chance")
    for line in lines:
        cells = [Text(line.measure.title), *(Text(_said(one)) for one in line.each)]
        if line.difference is not None:
            cells += [Text(_said(line.difference, signed=True)), _told(line, names)]
        table.add_row(*cells)
    return table


def _said(one: EstimatedFigure, *, signed: bool = False) -> str:
    if np.isnan(one.value):
        return "–"
    if abs(one.value) >= 10:
        return f"{one.value:{'+' if signed else ''}.0f} [{one.low:.0f}, {one.high:.0f}]"
    return f"{one.value:{'+' if signed else ''}.3f} [{one.low:.3f}, {one.high:.3f}]"


def _told(line: ComparedMeasure, names: Sequence[str]) -> Text:
    difference = line.difference
    if difference is None or not difference.excludes_zero:
        return Text("cannot be told", style="dim")
    if not line.told:
        return Text("differs")
    return Text(f"{names[0] if line.told < 0 else names[1]} is better", style="bold")


def _draw(curves: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Precision over coverage, the surest first; a step of the drawing is 1/16 of precision."""
    if not any(curves.values()):
        return
    out.print(Text(f"Right verdicts among the surest 5 % to 100 % (foot {LEAST:.0%}, top 100 %)"))
    width = max(map(len, curves))
    for name, points in curves.items():
        bars = "".join(STEPS[_step(precision)] for _, precision in points)
        ends = f"{points[0][1]:.2f} → {points[-1][1]:.2f}"
        out.print(Text(f"  {name:<{width}}  {bars}  {ends}"))
    out.print(Text(f"  {'':<{width}}  5 %       50 %    100 %", style="dim"))


def _step(precision: float) -> int:
    share = (precision - LEAST) / (1 - LEAST)
    return min(len(STEPS) - 1, max(0, round(share * (len(STEPS) - 1))))


def _print_single(names: Sequence[str], single: Sequence[Mapping[str, float | int | None]]) -> None:
    known = [key for key in SINGLE if any(one.get(key) is not None for one in single)]
    if not known:
        return
    table = Table("", *names)
    for key in known:
        values = [one.get(key) for one in single]
        table.add_row(SINGLE[key], *("–" if value is None else f"{value:.4g}" for value in values))
    out.print(table)


def _plain(line: ComparedMeasure, names: Sequence[str]) -> dict[str, Any]:
    each = {name: one.plain() for name, one in zip(names, line.each, strict=True)}
    return {
        "name": line.measure.name,
        "title": line.measure.title,
        "each": each,
        "difference": line.difference.plain() if line.difference else None,
        "better": None if line.told == 0 else names[0 if line.told < 0 else 1],
    }


def _cases(names: Sequence[str], outcomes: Sequence[Outcomes]) -> dict[str, list[dict[str, Any]]]:
    return {name: one.rows() for name, one in zip(names, outcomes, strict=True)}
