"""A simulated year of introductions: the product's matcher against random and most-similar matching.

    python -m benchmarks.weaving [FIGURE.svg] [--people 1000] [--groups 40] [--seeds 3] [--a-week 40]

All four ways suggest equally often, to the same people in the same weeks, under the same rules (consent, load limit, no
repeats). "matched" is the product's ranking as it comes, "learning" the same with answers to "was it useful?" fed back.
What is assumed of people is in pipelines/evaluation/weaving.py; `without_benefit` shows the same year
where nothing but likeness counts. Figures are means over the seeds, with their standard deviation.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.setting import last_line, say
from pipelines.adapters.hashing import HashingEmbedder
from pipelines.evaluation import weaving
from pipelines.evaluation.weaving import TASTES, Invented, MatchChooser, Year

WAYS: Final[Mapping[str, tuple[MatchChooser, bool]]] = {
    "random": (weaving.at_random, False),
    "most_alike": (weaving.most_alike, False),
    "matched": (weaving.matched, False),
    "learning": (weaving.matched, True),
}
SHOWN: Final = (
    ("working", "Working connections made"),
    ("isolates", "People without any contact"),
    ("groups_joined", "Pairs of groups with a contact"),
    ("closure", "Closure"),
)
COLORS: Final = {"random": "#8a8a8a", "most_alike": "#c2661e", "matched": "#4f7fb5", "learning": "#173f6b"}
WIDE, HIGH, GAP = 320, 170, 60


def years(worlds: Sequence[Invented], taste: str, a_week: int) -> dict[str, list[Year]]:
    """A year of each way in each world."""
    found: dict[str, list[Year]] = {}
    for name, (choose, learning) in WAYS.items():
        say(f"{taste}: {name}")
        found[name] = [
            weaving.run(world, choose, TASTES[taste], seed, a_week=a_week, learning=learning)
            for seed, world in enumerate(worlds)
        ]
    return found


def figures(found: Mapping[str, Sequence[Year]]) -> dict[str, Any]:
    """At the end of the year: mean and standard deviation over the seeds."""
    return {name: {key: _told([year.weeks[-1][key] for year in all_]) for key in all_[0].weeks[-1]} | _late(all_)
            for name, all_ in found.items()}  # fmt: skip


def _late(all_: Sequence[Year]) -> dict[str, Any]:
    """Share of introductions that worked, in the whole year and in its last quarter."""
    late = [(y.weeks[-1]["working"] - y.weeks[38]["working"]) / max(1.0, y.weeks[-1]["asked"] - y.weeks[38]["asked"])
            for y in all_]  # fmt: skip
    return {
        "worked": _told([year.made / max(1, year.asked) for year in all_]),
        "worked_last_quarter": _told(late),
    }


def _told(values: Sequence[float]) -> list[float]:
    return [round(float(np.mean(values)), 4), round(float(np.std(values)), 4)]


def picture(found: Mapping[str, Sequence[Year]]) -> str:
    """Four small charts over the weeks, one line a way, as SVG without styles or scripts."""
    parts = [_chart(number, key, title, found) for number, (key, title) in enumerate(SHOWN)]
    wide, high = 2 * (WIDE + GAP) + 110, 2 * (HIGH + GAP) + 10
    text = 'font-family="sans-serif" font-size="11" fill="#222"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" {text}>'
        f'<title>A simulated year of introductions</title><rect width="{wide}" height="{high}" fill="#fff"/>'
        + "".join(parts)
        + "</svg>\n"
    )


def _chart(number: int, key: str, title: str, found: Mapping[str, Sequence[Year]]) -> str:
    left, top = GAP / 2 + 15 + number % 2 * (WIDE + GAP + 40), 30 + number // 2 * (HIGH + GAP)
    lines = {name: np.mean([[week[key] for week in year.weeks] for year in all_], axis=0)
             for name, all_ in found.items()}  # fmt: skip
    top_value = max(float(line.max()) for line in lines.values()) * 1.05 or 1.0
    drawn = [f'<text x="{left}" y="{top - 10}" font-weight="bold">{title}</text>']
    drawn.append(f'<path d="M{left} {top}v{HIGH}h{WIDE}" fill="none" stroke="#999"/>')
    for share in (0.0, 0.5, 1.0):
        value = top_value / 1.05 * share
        y = top + HIGH - value / top_value * HIGH
        label = f"{value:.2f}" if top_value < 2 else f"{value:.0f}"
        drawn.append(f'<text x="{left - 4}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    ends = _apart({name: top + HIGH - float(line[-1]) / top_value * HIGH for name, line in lines.items()})
    for name, line in lines.items():
        step = WIDE / (len(line) - 1)
        spots = " ".join(f"{left + at * step:.1f},{top + HIGH - v / top_value * HIGH:.1f}" for at, v in enumerate(line))
        drawn.append(f'<polyline points="{spots}" fill="none" stroke="{COLORS[name]}" stroke-width="2"/>')
        label = name.replace("_", " ")
        drawn.append(f'<text x="{left + WIDE + 5}" y="{ends[name] + 4:.1f}" fill="{COLORS[name]}">{label}</text>')
    drawn.append(f'<text x="{left + WIDE}" y="{top + HIGH + 14}" text-anchor="end">week {weaving.WEEKS}</text>')
    return "".join(drawn)


def _apart(wanted: Mapping[str, float]) -> dict[str, float]:
    """The same heights, moved down where two labels would stand on each other."""
    found: dict[str, float] = {}
    last = -100.0
    for name, y in sorted(wanted.items(), key=lambda one: one[1]):
        last = found[name] = max(y, last + 12)
    return found


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figure", type=Path, nargs="?")
    for name, value in (("people", 1000), ("groups", 40), ("seeds", 3), ("a-week", 40)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    worlds = []
    for seed in range(asked.seeds):
        say(f"inventing organization {seed + 1} of {asked.seeds}")
        worlds.append(weaving.invent(asked.people, asked.groups, seed, HashingEmbedder(256)))
    found = years(worlds, "assumed", asked.a_week)
    if asked.figure:
        asked.figure.parent.mkdir(parents=True, exist_ok=True)
        asked.figure.write_text(picture(found), encoding="utf-8")
    baselines, told = ("random", "most_alike"), figures(found)
    plain = figures(years(worlds[:1], "likeness alone", asked.a_week))
    last_line({
        "people": asked.people, "groups": asked.groups, "seeds": asked.seeds, "a_week": asked.a_week,
        "matched": told["matched"], "learning": told["learning"], "baseline": {name: told[name] for name in baselines},
        "without_benefit": plain,
        "learned": {name: round(value, 2) for name, value in found["learning"][0].by.items()},
    })  # fmt: skip


if __name__ == "__main__":
    main()
