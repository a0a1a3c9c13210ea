"""What the map of solutions shows: dots by approach, and the same as a list. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from service.actions.overview.solutions import Solution, SolutionMap
from service.actions.work.lens import Lens
from service.store.tables import Group
from service.web.pages.charts import Dot, Pin, scatter
from service.web.pages.overview.views import Head, head
from service.web.pages.rendering import plural
from service.web.pages.views import PageView

LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True)
class ApproachDrawn:
    """An approach: its letter, what tells it from the others, one passage, and who took it."""

    letter: str
    kind: str
    words: tuple[str, ...]
    quote: str
    by: Solution | None
    members: tuple[Solution, ...]


@dataclass(frozen=True)
class SolutionsPage(PageView):
    """How a challenge was gone about."""

    template: ClassVar[str] = "overview/solutions.html"
    head: Head
    chart: Markup
    ways: tuple[ApproachDrawn, ...]
    placed: int
    beyond: int
    unread: int
    coming: int
    by_meaning: bool


def solutions_page(lens: Lens, seen: SolutionMap, groups: Sequence[Group]) -> SolutionsPage:
    ways = tuple(_way(seen, number) for number in range(len(seen.approaches)))
    return SolutionsPage(
        head=head(lens, groups, "/solutions"),
        chart=_chart(seen),
        ways=ways,
        placed=len(seen.solutions),
        beyond=seen.beyond,
        unread=seen.unread,
        coming=seen.coming,
        by_meaning=seen.by_meaning,
    )


def _way(seen: SolutionMap, number: int) -> ApproachDrawn:
    approach = seen.approaches[number]
    shown = approach.representative
    return ApproachDrawn(
        LETTERS[number],
        f"way-{number}",
        approach.words,
        shown.quote if shown else "",
        seen.solutions[shown.work] if shown else None,
        tuple(seen.solutions[member] for member in approach.members),
    )


def _chart(seen: SolutionMap) -> Markup:
    dots, pins = [], []
    for number, approach in enumerate(seen.approaches):
        kind, letter = f"way-{number}", LETTERS[number]
        names = [seen.solutions[spot.work].name for spot in approach.spots]
        dots += [Dot(spot.x, spot.y, kind, name) for spot, name in zip(approach.spots, names, strict=True)]
        first = approach.spots[0]  # the most typical
        said = f"Approach {letter}, {plural(len(approach.members), 'solution')}"
        pins.append(Pin(first.x, first.y, letter, f"#approach-{letter.lower()}", said))
    name = f"Map of {plural(len(dots), 'solution')}: near means alike"
    return scatter(dots, pins if len(pins) > 1 else [], name)
