"""Following through on a challenge: what became of feedback and of commitments. Shows; computes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from markupsafe import Markup

from pipelines.values import Band
from service.actions.following import pairs
from service.actions.following.challenge import Followed, Promises
from service.actions.following.pairs import UptakeCounts
from service.domain.errors import Unavailable
from service.domain.following.uptake import UptakeVerdict
from service.domain.overview.statistics import said_share
from service.web.fields import ExternalId
from service.web.pages.charts import ChartLine, ChartPart, lines, stacked
from service.web.pages.overview.challenge import GroupChosen
from service.web.pages.overview.views import Head, head
from service.web.pages.routes import pages
from service.web.pages.views import PageView
from service.web.pages.visits import AskingVisit

router = pages()

VERDICTS = {
    UptakeVerdict.TAKEN_UP: ("taken up", "accepted"),
    UptakeVerdict.CHANGED: ("its place is worded anew", "partly"),
    UptakeVerdict.UNCHANGED: ("its place is unchanged", "not-yet"),
    UptakeVerdict.GONE: ("its place is gone", "answered"),
    UptakeVerdict.CANNOT_TELL: ("cannot tell", "cannot-tell"),
}


@dataclass(frozen=True, slots=True)
class UptakeDrawn:
    """Points of which the same became; by how sure that is."""

    words: str
    kind: str
    count: int
    high: int
    medium: int
    low: int


@dataclass(frozen=True, slots=True)
class CommitmentsDrawn:
    """Commitments of a group, with their bar."""

    promises: Promises
    bar: Markup


@dataclass(frozen=True, slots=True)
class UptakeMonthDrawn:
    """What became of the points that later revisions of one month followed."""

    month: str
    points: int
    told: int
    taken_up: int
    share: str


@dataclass(frozen=True)
class FollowingPage(PageView):
    """What became of it."""

    template: ClassVar[str] = "following/challenge.html"
    head: Head
    progress: str  # the page that lists who has not handed in, been answered or acted
    answered: int
    revised: int
    points: int
    barred: int
    share: str  # in words where few can be told, empty where nothing can
    chart: Markup
    became: tuple[UptakeDrawn, ...]
    kept: tuple[CommitmentsDrawn, ...]
    months: tuple[UptakeMonthDrawn, ...]  # the latest first
    over_time: Markup
    compared_now: int
    left_out: int
    as_of: datetime | None
    now: datetime


def following_page(seen: Followed, *, now: datetime) -> FollowingPage:
    top = head(seen.facts.lens, seen.facts.groups, "/following")
    became = tuple(_became(seen, verdict) for verdict in VERDICTS)
    return FollowingPage(
        head=top,
        progress=top.tabs[0].href,
        answered=seen.facts.answered,
        revised=seen.facts.revised,
        points=seen.points,
        barred=seen.facts.barred,
        share=said_share(pairs.taken_up(seen.became), pairs.told(seen.became)),
        chart=stacked([ChartPart(one.words, one.count, one.kind) for one in became], "What became of released points"),
        became=became,
        kept=tuple(CommitmentsDrawn(one, _bar(one)) for one in seen.facts.promises),
        months=tuple(
            _month(month, seen.months[month]) for month in sorted(seen.months, reverse=True) if seen.months[month]
        ),
        over_time=over_time(seen.months),
        compared_now=len(seen.facts.later),
        left_out=seen.facts.left_out,
        as_of=seen.facts.stored.as_of,
        now=now,
    )


def _month(month: str, counts: UptakeCounts) -> UptakeMonthDrawn:
    taken, told = pairs.taken_up(counts), pairs.told(counts)
    share = "" if pairs.share(counts) is None else said_share(taken, told)
    return UptakeMonthDrawn(month, pairs.points_of(counts), told, taken, share)


def over_time(months: Mapping[str, UptakeCounts]) -> Markup:
    """The share taken up month by month, with a gap where it can be told of few; nothing for a single month."""
    if len(months) < 2 or all(pairs.share(counts) is None for counts in months.values()):
        return Markup("")
    shares = tuple(pairs.share(months.get(month, {})) for month in between(min(months), max(months)))
    return lines([ChartLine("taken up", shares, "accepted")], "Released points taken up, month by month")


def between(first: str, last: str) -> list[str]:
    """Every month from one to another: 2025-12, 2026-01 …"""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(start, end + 1)]


def _became(seen: Followed, verdict: UptakeVerdict) -> UptakeDrawn:
    said, kind = VERDICTS[verdict]
    sure = [seen.became.get((verdict, band), 0) for band in (Band.HIGH, Band.MEDIUM, Band.LOW)]
    return UptakeDrawn(said, kind, sum(sure), *sure)


def _bar(one: Promises) -> Markup:
    parts = [
        ChartPart("kept", one.kept, "accepted"),
        ChartPart("partly", one.partly, "partly"),
        ChartPart("not kept, or changed", one.other, "cannot-tell"),
        ChartPart("overdue", one.overdue, "not-yet"),
        ChartPart("to come", one.coming, "unread"),
    ]
    return stacked(parts, f"Commitments of {one.group}")


@router.get("/desk/challenges/{id}/following")
def show_following(visit: AskingVisit, id: ExternalId, group: GroupChosen = "") -> PageView:
    if visit.services.following is None:
        raise Unavailable("Following through is not set up in this process.")
    return following_page(visit.services.following(visit.actor, id, group=group or None, now=visit.now), now=visit.now)
