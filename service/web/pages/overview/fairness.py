"""What became of drafts and introductions, by group and by language: shares with how sure they are, drawn. Shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from markupsafe import Markup

from service.actions.overview import fairness
from service.actions.overview.fairness import Fairness
from service.domain.overview.fairness import FairnessBy, FairnessLine, FairnessMeasure, FairnessTable
from service.domain.overview.statistics import Interval
from service.web.pages.charts import interval
from service.web.pages.routes import pages
from service.web.pages.views import PageView
from service.web.pages.visits import ReadingVisit

router = pages()

MEASURES: Final[Mapping[FairnessMeasure, str]] = {
    FairnessMeasure.KEPT: "Points kept as drafted",
    FairnessMeasure.EDITED: "Points edited",
    FairnessMeasure.DISMISSED: "Points dismissed",
    FairnessMeasure.SURE: "Drafts of high confidence",
    FairnessMeasure.UNSURE: "Drafts of low confidence",
    FairnessMeasure.PROPOSED: "Learners thought of for an introduction",
    FairnessMeasure.ACCEPTED: "Questions to meet that came to an introduction",
}
FEW = "too few to say"


@dataclass(frozen=True, slots=True)
class FairnessLineDrawn:
    """A group or a language. `warning`: how far it is from the others; empty where that may be chance."""

    name: str
    people: int
    bar: Markup
    said: str
    warning: str


@dataclass(frozen=True, slots=True)
class FairnessTableDrawn:
    """A measure, between groups or between languages."""

    title: str
    by: str
    lines: tuple[FairnessLineDrawn, ...]
    hidden: int


@dataclass(frozen=True)
class FairnessPage(PageView):
    """All of it; what parts is said first."""

    template: ClassVar[str] = "overview/fairness.html"
    groups: tuple[FairnessTableDrawn, ...]
    languages: tuple[FairnessTableDrawn, ...]
    warnings: tuple[str, ...]


def fairness_page(seen: Fairness) -> FairnessPage:
    drawn = {by: tuple(_table(one, seen) for one in seen.tables if one.by is by) for by in FairnessBy}
    warnings = [
        f"{table.title}, {line.name}: {line.warning}"
        for some in drawn.values()
        for table in some
        for line in table.lines
        if line.warning
    ]
    return FairnessPage(drawn[FairnessBy.GROUP], drawn[FairnessBy.LANGUAGE], tuple(warnings))


def _table(table: FairnessTable, seen: Fairness) -> FairnessTableDrawn:
    lines = tuple(_line(one, _name(table.by, one.key, seen)) for one in table.lines)
    by = "Group" if table.by is FairnessBy.GROUP else "Language"
    return FairnessTableDrawn(MEASURES[table.measure], by, tuple(sorted(lines, key=_by_name)), table.hidden)


def _by_name(line: FairnessLineDrawn) -> str:
    return line.name.casefold()


def _name(by: FairnessBy, key: str, seen: Fairness) -> str:
    return seen.groups.get(key, ("", key))[1] if by is FairnessBy.GROUP else key or "not told"


def _line(one: FairnessLine, name: str) -> FairnessLineDrawn:
    if one.share is None or one.interval is None:
        return FairnessLineDrawn(name, one.people, Markup(""), FEW, "")
    low, high = one.interval.low, one.interval.high
    bar = interval(one.share, low, high, "dismissed" if one.parts else "partly", name)
    said = f"{one.share:.0%}, likely {low:.0%} to {high:.0%}"
    return FairnessLineDrawn(name, one.people, bar, said, _warning(one.parts))


def _warning(parts: Interval | None) -> str:
    if parts is None:
        return ""
    near, far = sorted((abs(parts.low), abs(parts.high)))
    return f"{near * 100:.0f} to {far * 100:.0f} points {'more' if parts.low > 0 else 'less'} than elsewhere"


@router.get("/desk/by-group")
def show_fairness(visit: ReadingVisit) -> PageView:
    return fairness_page(fairness.fairness(visit.session, visit.actor, now=visit.now))
