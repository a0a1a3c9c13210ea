"""Numbers → SVG, drawn on the server. Pure: every word is escaped, colours and sizes are classes of the style sheet.

No chart holds writing, but for single letters: what scales with the page would be too small on a phone. Labels stand
beside as text, in a table whose rows hold the bars or below the drawing: no number is in a chart alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

LENGTH, BREADTH = 100.0, 10.0
"""A bar's own units; it is stretched to the width that there is."""

WIDTH, HEIGHT = 100.0, 40.0
"""A line chart's own units; stretched likewise."""

SIDE, MARGIN = 100.0, 9.0
"""A map's own units: a square with some air around."""

ABOVE = 4.4
"""How far a letter stands above its dot."""


@dataclass(frozen=True, slots=True)
class ChartPart:
    """A part of a whole. `kind` is a class of the style sheet."""

    label: str
    count: float
    kind: str


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line through shares from 0 to 1, from left to right; None is a gap."""

    label: str
    shares: tuple[float | None, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One thing on a map, anywhere; where it really stands is worked out from all of them."""

    x: float
    y: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A letter on a map that leads somewhere."""

    x: float
    y: float
    letter: str
    href: str
    label: str


def stacked(parts: Sequence[ChartPart], name: str, *, whole: float | None = None) -> Markup:
    """One bar of parts side by side; what they leave of `whole` (without it, their own sum) stays empty."""
    total = whole if whole is not None else sum(part.count for part in parts)
    drawn = Markup("")
    at = 0.0
    for part in parts:
        width = LENGTH * part.count / total if total else 0.0
        if width > 0:
            drawn += Markup('<rect class="{}" x="{}" y="0" width="{}" height="{}"><title>{}</title></rect>').format(
                part.kind, _n(at), _n(width), _n(BREADTH), f"{part.label}: {part.count:g}"
            )
        at += width
    said = ", ".join(f"{part.label} {part.count:g}" for part in parts if part.count)
    return _svg("strip", f"{name}: {said or 'nothing yet'}", LENGTH, BREADTH, drawn, stretched=True)


def length(count: float, most: float, kind: str, name: str) -> Markup:
    """One bar as long as `count` is of `most`."""
    return stacked([ChartPart(name, count, kind)], name, whole=most or 1.0)


def interval(share: float, low: float, high: float, kind: str, name: str) -> Markup:
    """A share from 0 to 1 as a stroke, in a bar from where it may be at least to where it may be at most."""
    drawn = Markup(
        '<rect class="{}" x="{}" y="2" width="{}" height="6"/><rect class="at" x="{}" y="0" width="1" height="{}"/>'
    )
    bar = drawn.format(kind, _n(LENGTH * low), _n(LENGTH * (high - low)), _n((LENGTH - 1) * share), _n(BREADTH))
    said = f"{name}: {share:.0%}, likely {low:.0%} to {high:.0%}"
    return _svg("strip interval", said, LENGTH, BREADTH, bar, stretched=True)


def lines(drawn: Sequence[ChartLine], name: str) -> Markup:
    """Shares over time, between rules at nothing, a half and all. A single value is a dot, since it is no line."""
    rules = Markup("").join(
        Markup('<line class="rule" x1="0" y1="{0}" x2="{1}" y2="{0}"/>').format(_n(_down(share)), _n(WIDTH))
        for share in (0.0, 0.5, 1.0)
    )
    paths = Markup("").join(_path(line) for line in drawn)
    said = "; ".join(f"{line.label} {_last(line.shares)} at last" for line in drawn)
    return _svg("lines", f"{name}: {said}", WIDTH, HEIGHT, rules + paths, stretched=True)


def _last(shares: Iterable[float | None]) -> str:
    known = [share for share in shares if share is not None]
    return f"{known[-1]:.0%}" if known else "unknown"


def _down(share: float) -> float:
    return 1 + (HEIGHT - 2) * (1 - share)


def _path(line: ChartLine) -> Markup:
    """A stroke for each run of known values; one alone is drawn as a very short stroke with a round end."""
    step = WIDTH / max(1, len(line.shares) - 1)
    runs: list[list[str]] = [[]]
    for place, share in enumerate(line.shares):
        if share is None:
            runs.append([])
        else:
            runs[-1].append(f"{_n(place * step)} {_n(_down(share))}")
    strokes = " ".join("M" + " L".join(run if len(run) > 1 else run * 2) for run in runs if run)
    return Markup('<path class="{}" d="{}"><title>{}</title></path>').format(line.kind, strokes, line.label)


def scatter(dots: Sequence[Dot], pins: Sequence[Pin], name: str) -> Markup:
    """A map: dots to look at, and a few letters to follow, which a keyboard reaches one after the other."""
    place = _frame([(dot.x, dot.y) for dot in dots] + [(pin.x, pin.y) for pin in pins])
    drawn = Markup("")
    for dot in dots:
        x, y = place(dot.x, dot.y)
        drawn += Markup('<circle class="dot {}" cx="{}" cy="{}" r="1.3"><title>{}</title></circle>').format(
            dot.kind, _n(x), _n(y), dot.label
        )
    for pin in pins:
        x, y = place(pin.x, pin.y)
        y -= ABOVE  # so that it hides no dot
        drawn += Markup(
            '<a class="pin-on-map" href="{}" aria-label="{}"><circle class="reach" cx="{x}" cy="{y}" r="4.6"/>'
            '<circle class="disc" cx="{x}" cy="{y}" r="2.9"/><text x="{x}" y="{y}" dy="0.35em">{}</text></a>'
        ).format(pin.href, pin.label, pin.letter, x=_n(x), y=_n(y))
    return _svg("map", name, SIDE, SIDE, drawn, stretched=False, role="group" if pins else "img")


def _frame(points: Sequence[tuple[float, float]]) -> _Place:
    """Where a point stands when all of them fill the square, both ways by the same measure."""
    xs, ys = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
    reach = max(max(xs) - min(xs), max(ys) - min(ys))
    scale = (SIDE - 2 * MARGIN) / reach if reach else 0.0
    return _Place((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2, scale)


@dataclass(frozen=True, slots=True)
class _Place:
    """The middle of what is drawn, and its scale."""

    x: float
    y: float
    scale: float

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return SIDE / 2 + (x - self.x) * self.scale, SIDE / 2 + (y - self.y) * self.scale


def _n(value: float) -> str:
    """A number with as few digits as the eye needs."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _svg(
    kind: str, name: str, width: float, height: float, drawn: Markup, *, stretched: bool, role: str = "img"
) -> Markup:
    stretch = Markup(' preserveAspectRatio="none"') if stretched else ""
    return Markup('<svg class="chart {}" viewBox="0 0 {} {}"{} role="{}" aria-label="{}">{}</svg>').format(
        kind, _n(width), _n(height), stretch, role, name, drawn
    )
