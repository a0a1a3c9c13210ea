"""What the pages of a challenge's overview show: rows with their bars drawn, in the words of a facilitator. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import ClassVar
from urllib.parse import quote

from markupsafe import Markup

from pipelines.values import Band, Standing
from service.actions.calibration.progress import CalibrationSeen
from service.actions.following.challenges import ChallengeRow
from service.actions.following.pairs import Figure, points_of, taken_up
from service.actions.following.pairs import told as tellable
from service.actions.following.reminders import STAGE
from service.actions.overview.challenge import Glance
from service.actions.overview.pace import Pace
from service.actions.overview.progress import OF_INTEREST, ChallengeProgress, Learner, LearnerStage
from service.actions.overview.standings import OVERALL, Standings
from service.actions.overview.times import EDGES, Times
from service.actions.work.lens import Lens
from service.domain.following.reminders import ReminderKind
from service.domain.following.uptake import UptakeVerdict
from service.domain.overview.statistics import FEWEST, said_share
from service.store.tables import Group
from service.web.pages.charts import ChartPart, length, stacked
from service.web.pages.rendering import plural
from service.web.pages.views import NavigationEntry, PageView

MOST_SHOWN = 200
"""People listed at each stage; whoever has more of them chooses a group."""

STAGES: Mapping[LearnerStage, str] = {
    LearnerStage.ACTED: "acted on feedback",
    LearnerStage.READ: "read it, not acted yet",
    LearnerStage.ANSWERED: "answered, not read yet",
    LearnerStage.WAITING: "waiting for an answer",
    LearnerStage.DECLINED: "closed without feedback",
    LearnerStage.NOT_SUBMITTED: "not handed in yet",
}
STANDINGS: Mapping[Standing, str] = {
    Standing.MET: "met",
    Standing.PARTLY: "partly",
    Standing.NOT_YET: "not yet",
    Standing.CANNOT_TELL: "cannot tell",
}
REMINDED: Mapping[ReminderKind, str] = {
    ReminderKind.NOT_HANDED_IN: "to hand in",
    ReminderKind.UNREAD: "to read",
    ReminderKind.NOT_ACTED: "to act",
}
REMINDS: Mapping[LearnerStage, ReminderKind] = {stage: kind for kind, stage in STAGE.items()}
AS_A_WHOLE = "The work as a whole"


@dataclass(frozen=True, slots=True)
class Count:
    """A number in words, with the class of its part in the chart."""

    number: int
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Head:
    """What is above each page of a challenge."""

    title: str
    path: str
    base: str  # what addresses of this challenge begin with
    tabs: tuple[NavigationEntry, ...]
    groups: tuple[Group, ...]
    chosen: str  # external id of a group, or empty


_TABS = (
    ("", "Progress"),
    ("/solutions", "Solutions"),
    ("/decisions", "Drafts and decisions"),
    ("/following", "Following through"),
    ("/brief", "Meeting brief"),
    ("/calibration", "Calibration"),
)


def head(lens: Lens, groups: Sequence[Group], tab: str) -> Head:
    """`tab` is the end of the page's address."""
    base = f"/desk/challenges/{quote(lens.challenge.external_id, safe='')}"
    chosen = lens.chosen.external_id if lens.chosen else ""
    query = f"?group={quote(chosen, safe='')}" if chosen else ""
    tabs = tuple(NavigationEntry(f"{base}{end}{query}", label, end == tab) for end, label in _TABS)
    return Head(lens.challenge.title, base + tab, base, tabs, tuple(groups), chosen)


@dataclass(frozen=True, slots=True)
class PeopleAtStage:
    """Those at one stage."""

    stage: str
    heading: str
    count: int
    shown: tuple[Learner, ...]
    remind: str  # where they can be reminded; empty where there is nothing to remind of

    @property
    def more(self) -> int:
        return self.count - len(self.shown)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole, its bar, and its parts in words."""

    label: str
    bar: Markup
    counts: tuple[Count, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bin:
    """One line of the histogram."""

    label: str
    answered: int
    answered_bar: Markup
    waiting: int
    waiting_bar: Markup


@dataclass(frozen=True)
class ChallengePage(PageView):
    """Where everybody is with a challenge, and how their work stands."""

    template: ClassVar[str] = "overview/progress.html"
    head: Head
    now: datetime
    calibration: CalibrationSeen
    everybody: int
    progress: Whole
    reached: tuple[Count, ...]
    people: tuple[PeopleAtStage, ...]
    slowest: str
    median: str
    ninetieth: str
    longest_wait: str
    answered: int
    waiting: int
    bins: tuple[Bin, ...]
    standings: tuple[Whole, ...]
    rows: tuple[Standings, ...]
    judged: int
    readings: int
    standing_words: Mapping[Standing, str]
    reminded_of: Mapping[ReminderKind, str]


def challenge_page(
    seen: Glance, groups: Sequence[Group], calibration: CalibrationSeen, *, now: datetime
) -> ChallengePage:
    times = seen.times
    top = head(seen.lens, groups, "")
    criteria = [one for one in seen.standings if one.criterion != OVERALL]
    return ChallengePage(
        head=top,
        now=now,
        calibration=calibration,
        everybody=len(seen.progress.learners),
        progress=_progress(seen.progress),
        reached=_reached(seen.progress),
        people=tuple(_people(seen.progress, stage, top) for stage in OF_INTEREST if seen.progress.counts[stage]),
        slowest=spoken(times.longest),
        median=spoken(times.median),
        ninetieth=spoken(times.ninetieth),
        longest_wait=spoken(times.longest_wait),
        answered=sum(times.answered),
        waiting=sum(times.waiting),
        bins=_bins(times),
        standings=tuple(_standing(one) for one in seen.standings if one.read or one.criterion != OVERALL),
        rows=seen.standings,
        judged=sum(one.judged for one in criteria),
        readings=sum(one.read for one in criteria),
        standing_words=STANDINGS,
        reminded_of=REMINDED,
    )


def _progress(seen: ChallengeProgress) -> Whole:
    counts = tuple(Count(seen.counts[stage], words, _kind(stage.value)) for stage, words in STAGES.items())
    return Whole("Progress", _bar(counts, "How far everybody is"), counts)


def _reached(seen: ChallengeProgress) -> tuple[Count, ...]:
    return (
        Count(seen.submitted, "handed in", ""),
        Count(seen.answered, "were given feedback", ""),
        Count(seen.read, "opened it here", ""),
        Count(seen.acted, "handed in again or committed to a next step", ""),
    )


def _people(seen: ChallengeProgress, stage: LearnerStage, top: Head) -> PeopleAtStage:
    there = [one for one in seen.learners if one.stage is stage]
    words = STAGES[stage]
    query = f"?group={quote(top.chosen, safe='')}" if top.chosen else ""
    remind = f"{top.base}/remind/{REMINDS[stage].value}{query}" if stage in REMINDS else ""
    return PeopleAtStage(stage.value, words[0].upper() + words[1:], len(there), tuple(there[:MOST_SHOWN]), remind)


def _kind(name: str) -> str:
    return name.replace("_", "-")


def _bar(counts: Sequence[Count], name: str) -> Markup:
    return stacked([ChartPart(one.words, one.number, one.kind) for one in counts], name)


def _bins(seen: Times) -> tuple[Bin, ...]:
    most = max([*seen.answered, *seen.waiting, 1])
    pairs = zip(bin_labels(), seen.answered, seen.waiting, strict=True)
    return tuple(
        Bin(
            label,
            answered,
            length(answered, most, "met", f"Answered, {label}"),
            waiting,
            length(waiting, most, "waiting", f"Waiting, {label}"),
        )
        for label, answered, waiting in pairs
    )


def bin_labels() -> list[str]:
    """The bins of the histogram, in words."""
    ends = [spoken(edge) for edge in EDGES]
    between = [f"{start} to {end}" for start, end in pairwise(ends)]
    return [f"under {ends[0]}", *between, f"{ends[-1]} or more"]


def spoken(span: timedelta | None) -> str:
    """A time in words, by its largest unit; empty where there is none."""
    if span is None:
        return ""
    seconds = span.total_seconds()
    for unit, size in (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            return plural(round(seconds / size), unit)
    return plural(round(seconds), "second") if seconds < 60 else plural(round(seconds / 60), "minute")


def _standing(seen: Standings) -> Whole:
    counts = [Count(seen.counts[one], words, _kind(one.value)) for one, words in STANDINGS.items()]
    counts.append(Count(seen.unread, "not read yet", "unread"))
    label = seen.text or seen.criterion or AS_A_WHOLE
    by_person = f"{seen.judged} of {seen.read} judged by a person" if seen.read else ""
    rest = seen.read - seen.judged
    told = seen.confidence is not None and rest >= FEWEST
    sure = f"the draft is {seen.confidence:.0%} sure of the rest on average" if told else ""
    note = "; ".join(filter(None, (by_person, sure)))
    return Whole(label, _bar(counts, label), tuple(counts), note)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of released points, as it is stored: the share taken up of those that can be told, and how sure."""

    share: str
    told: int
    high: int
    medium: int
    low: int
    pending: int
    as_of: datetime | None
    href: str


def taken(seen: Figure, base: str) -> Taken | None:
    """None where nothing asked for anything yet, or nothing can be told and nothing waits."""
    became = seen.became
    if not points_of(became) and not seen.pending:
        return None
    high, medium, low = (became.get((UptakeVerdict.TAKEN_UP, band), 0) for band in (Band.HIGH, Band.MEDIUM, Band.LOW))
    said = said_share(taken_up(became), tellable(became))
    return Taken(said, tellable(became), high, medium, low, seen.pending, seen.as_of, f"{base}/following")


@dataclass(frozen=True, slots=True)
class ChallengeDrawn:
    """A challenge in the list."""

    href: str
    queue: str
    title: str
    whole: Whole
    set_to: int
    to_decide: int
    with_machine: int
    taken: Taken | None


@dataclass(frozen=True)
class ChallengesPage(PageView):
    """All challenges of one's groups: those that go on, or those that are archived."""

    template: ClassVar[str] = "following/challenges.html"
    challenges: tuple[ChallengeDrawn, ...]
    archived: bool
    to_check: int
    pace: Pace
    now: datetime


def challenges_page(
    rows: Sequence[ChallengeRow], *, archived: bool, to_check: int, pace: Pace, now: datetime
) -> ChallengesPage:
    return ChallengesPage(tuple(map(_listed, rows)), archived, to_check, pace, now)


def _listed(row: ChallengeRow) -> ChallengeDrawn:
    counts = (
        Count(row.answered, "answered", "met"),
        Count(row.submitted - row.answered, "handed in, not answered yet", "waiting"),
        Count(max(0, row.set_to - row.submitted), "not handed in yet", "not-submitted"),
    )
    base = f"/desk/challenges/{quote(row.challenge.external_id, safe='')}"
    return ChallengeDrawn(
        base,
        f"/desk?challenge={quote(row.challenge.external_id, safe='')}",
        row.challenge.title,
        Whole(row.challenge.title, _bar(counts, row.challenge.title), counts),
        row.set_to,
        row.to_decide,
        row.with_machine,
        taken(row.uptake, base),
    )
