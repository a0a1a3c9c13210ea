"""What the page on drafts and decisions shows: agreement, what became of points and why, pace. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from markupsafe import Markup

from service.actions.overview.challenge import Workings
from service.actions.overview.decisions import NO_REASON, DecisionCounts, Decisions
from service.actions.overview.pace import Pace
from service.actions.overview.spot_checks import SpotAgreement
from service.actions.overview.standings import JudgementsCompared
from service.domain.overview.statistics import FEWEST, ReaderAgreement, share_interval
from service.store.tables import Group
from service.web.pages.charts import ChartLine, ChartPart, length, lines, stacked
from service.web.pages.decisions.words import REASONS
from service.web.pages.overview.views import AS_A_WHOLE, Count, Head, Whole, head
from service.web.pages.rendering import plural, words
from service.web.pages.views import PageView


@dataclass(frozen=True, slots=True)
class Compare:
    """Two readers on one criterion."""

    label: str
    bar: Markup
    counts: tuple[Count, ...]
    said: str  # how far they agree, in words
    few: bool


@dataclass(frozen=True, slots=True)
class DismissalReasonDrawn:
    """Why something was turned down."""

    words: str
    count: int
    bar: Markup


@dataclass(frozen=True, slots=True)
class Week:
    """What was decided in one week."""

    monday: date
    made: DecisionCounts

    @property
    def label(self) -> str:
        return f"{self.monday.day} {self.monday:%b %Y}"


@dataclass(frozen=True)
class DecisionsPage(PageView):
    """How drafts and facilitators do with each other."""

    template: ClassVar[str] = "overview/decisions.html"
    head: Head
    compared: tuple[Compare, ...]
    total: Whole
    made: DecisionCounts
    own: int
    criteria: tuple[Whole, ...]
    chart: Markup
    weeks: tuple[Week, ...]
    reasons: tuple[DismissalReasonDrawn, ...]
    declined: tuple[DismissalReasonDrawn, ...]
    pace: Pace
    spot: SpotAgreement
    checked: tuple[Compare, ...]
    together: str


def decisions_page(seen: Workings, groups: Sequence[Group]) -> DecisionsPage:
    made = seen.decisions
    return DecisionsPage(
        head=head(seen.lens, groups, "/decisions"),
        compared=compares(seen.compared, "the draft"),
        total=_whole("All drafted points", made.total),
        made=made.total,
        own=made.own,
        criteria=tuple(
            _whole(seen.lens.criteria.get(key) or key or "About no criterion", one) for key, one in _by(made)
        ),
        chart=_chart(made),
        weeks=tuple(Week(monday, one) for monday, one in sorted(made.weeks.items(), reverse=True)),
        reasons=_reasons(made.reasons, "dismissed"),
        declined=_reasons(made.declined, "declined"),
        pace=seen.pace,
        spot=seen.spot,
        checked=compares(seen.spot.compared, "the first reader"),
        together=said(seen.spot.together),
    )


def _by(made: Decisions) -> list[tuple[str, DecisionCounts]]:
    return [(key, one) for key, one in made.by_criterion.items() if one.decided]


def compares(seen: Sequence[JudgementsCompared], first: str) -> tuple[Compare, ...]:
    """Those on which two readers have said anything."""
    return tuple(_compare(one, first) for one in seen if one.agreement.pairs or one.abstained)


def _compare(one: JudgementsCompared, first: str) -> Compare:
    counts = (
        Count(one.agreement.same, "the same", "same"),
        Count(one.kinder, f"{first} saw more in it", "kinder"),
        Count(one.harsher, f"{first} saw less in it", "harsher"),
        Count(one.abstained, "one could not tell", "cannot-tell"),
    )
    label = one.text or one.criterion or AS_A_WHOLE
    bar = stacked([ChartPart(count.words, count.number, count.kind) for count in counts], label)
    return Compare(label, bar, counts, said(one.agreement), bool(one.agreement.pairs) and one.agreement.small)


def said(one: ReaderAgreement) -> str:
    """How far two readers agree, in words, with how sure that is."""
    if not one.pairs:
        return "Nothing to compare yet."
    if one.pairs < FEWEST:
        return f"The same on {one.same} of {one.pairs}; too few to say more."
    sure = share_interval(one.same, one.pairs)
    share = f"The same on {one.same} of {one.pairs} ({_range(sure.low, sure.high)})."
    if one.kappa is None or one.interval is None:
        return f"{share} κ says nothing here: both always said one and the same thing."
    return f"{share} κ {_signed(one.kappa)} ({_signed(one.interval.low)} to {_signed(one.interval.high)})."


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _range(low: float, high: float) -> str:
    return f"likely {low:.0%} to {high:.0%}"


def _counts(made: DecisionCounts) -> tuple[Count, ...]:
    return (
        Count(made.accepted, "kept as drafted", "accepted"),
        Count(made.edited, "edited", "edited"),
        Count(made.dismissed, "dismissed", "dismissed"),
    )


def _bar(label: str, made: DecisionCounts) -> Markup:
    return stacked([ChartPart(one.words, one.number, one.kind) for one in _counts(made)], label)


def _whole(label: str, made: DecisionCounts) -> Whole:
    note = f"{plural(made.bulk, 'decision')} of these made for several at once" if made.bulk else ""
    return Whole(label, _bar(label, made), _counts(made), note)


def _chart(made: Decisions) -> Markup:
    """The three shares week by week, with a gap where few were decided; nothing for a single week."""
    weeks = list(made.weeks.values())
    if len(weeks) < 2 or all(week.share(week.accepted) is None for week in weeks):
        return Markup("")
    drawn = [
        ChartLine("kept as drafted", tuple(week.share(week.accepted) for week in weeks), "accepted"),
        ChartLine("edited", tuple(week.share(week.edited) for week in weeks), "edited"),
        ChartLine("dismissed", tuple(week.share(week.dismissed) for week in weeks), "dismissed"),
    ]
    return lines(drawn, "What became of drafted points, week by week")


def _reasons(counts: Mapping[str, int], kind: str) -> tuple[DismissalReasonDrawn, ...]:
    most = max(counts.values(), default=0)
    return tuple(
        DismissalReasonDrawn(_reason(code), count, length(count, most, kind, _reason(code)))
        for code, count in counts.items()
    )


def _reason(code: str) -> str:
    if code == NO_REASON:
        return "No reason given"
    said = REASONS.get(code) or words(code)
    return said[0].upper() + said[1:]
