"""Whether shares part between groups, or between languages: what is told, and when it is worth a warning. Pure.

Each is compared with all others together. A warning is given only where the interval of the difference leaves 0 out:
Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17 (1998),
method 10, made of Wilson's intervals. The 5 % at which it errs are divided by the number of comparisons on the page
(Bonferroni): one page in twenty, at most, warns where there is nothing.

No share is told of few, nor can it be worked out: only cases of which both the group and the language have people
enough are in any share, so what one table leaves out is in no number of the other, and none is compared with what is
not shown.

What is said of one person's drafts is alike, so people are what is counted, not points: the share is of all cases, and
it is held for as sure as that many people make it, which is too careful rather than too bold.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Final

from service.domain.overview.statistics import FEWEST, Interval, score_interval

LEAST_SHOWN: Final = 5
"""Of fewer people nothing is told, not even how many: it would be of them."""
ERROR: Final = 0.05


class FairnessMeasure(StrEnum):
    """What is compared."""

    KEPT = "kept"  # of drafted points that were decided on: as drafted
    EDITED = "edited"
    DISMISSED = "dismissed"
    SURE = "sure"  # of drafts with a band of confidence: high
    UNSURE = "unsure"  # low
    PROPOSED = "proposed"  # of learners: an introduction was suggested
    ACCEPTED = "accepted"  # of those who were asked, once it is over: introduced


class FairnessBy(StrEnum):
    """Between what it is compared."""

    GROUP = "group"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class FairnessCase:
    """One case of a measure: whose, where, in which language, and whether it was so."""

    measure: FairnessMeasure
    person: str
    group: str
    language: str
    yes: bool


@dataclass(frozen=True, slots=True)
class FairnessTally:
    """Cases, how many were so, and of how many people."""

    cases: int
    yes: int
    n: int

    @property
    def share(self) -> float:
        return self.yes / self.cases

    @property
    def enough(self) -> bool:
        return self.n >= FEWEST


@dataclass(frozen=True, slots=True)
class FairnessLine:
    """One group, or language. Of few people no share; `parts`: how far its share is from the others', where that is
    more than chance."""

    key: str
    people: int
    share: float | None
    interval: Interval | None
    parts: Interval | None


@dataclass(frozen=True, slots=True)
class FairnessTable:
    """One measure between groups, or languages. `hidden`: those of too few people to be shown at all, and one more
    where they could be told from what is shown."""

    measure: FairnessMeasure
    by: FairnessBy
    lines: tuple[FairnessLine, ...]
    hidden: int

    @property
    def parting(self) -> tuple[FairnessLine, ...]:
        return tuple(line for line in self.lines if line.parts is not None)


def tables(cases: Iterable[FairnessCase]) -> list[FairnessTable]:
    """Every measure of which there are cases, between groups and between languages."""
    of_measure: dict[FairnessMeasure, list[FairnessCase]] = defaultdict(list)
    for case in cases:
        of_measure[case.measure].append(case)
    order = [(measure, by) for measure in FairnessMeasure for by in FairnessBy if measure in of_measure]
    told = {measure: _told(some) for measure, some in of_measure.items()}
    pairs = {(measure, by): _pairs(_by(told[measure], by)) for measure, by in order}
    people = {(measure, by): _people(_by(of_measure[measure], by)) for measure, by in order}
    z = _z(sum(rest.enough for some in pairs.values() for _, rest in some.values()))
    return [_table(*which, pairs[which], people[which], z) for which in order]


def _told(cases: Sequence[FairnessCase]) -> Sequence[FairnessCase]:
    """Those of which both group and language have people enough, counting only each other."""
    enough = {by: {key for key, some in _people(_by(cases, by)).items() if len(some) >= FEWEST} for by in FairnessBy}
    left = [one for one in cases if all(_key(one, by) in enough[by] for by in FairnessBy)]
    return left if len(left) == len(cases) else _told(left)


def _key(case: FairnessCase, by: FairnessBy) -> str:
    return case.group if by is FairnessBy.GROUP else case.language


def _by(cases: Iterable[FairnessCase], by: FairnessBy) -> dict[str, list[FairnessCase]]:
    found: dict[str, list[FairnessCase]] = defaultdict(list)
    for case in cases:
        found[_key(case, by)].append(case)
    return found


def _people(of: Mapping[str, Sequence[FairnessCase]]) -> dict[str, set[str]]:
    return {key: {case.person for case in some} for key, some in of.items()}


_Pairs = Mapping[str, tuple[FairnessTally, FairnessTally]]


def _pairs(of: Mapping[str, Sequence[FairnessCase]]) -> _Pairs:
    """Of each key its own cases, and those of all others. Whoever is in several counts in each of them."""
    cases, yes = sum(map(len, of.values())), sum(case.yes for some in of.values() for case in some)
    people = _people(of)
    places = Counter(person for some in people.values() for person in some)
    found = {}
    for key, some in of.items():
        own = FairnessTally(len(some), sum(case.yes for case in some), len(people[key]))
        alone = sum(places[person] == 1 for person in people[key])
        found[key] = own, FairnessTally(cases - own.cases, yes - own.yes, len(places) - alone)
    return found


def _z(comparisons: int) -> float:
    return NormalDist().inv_cdf(1 - ERROR / (2 * max(1, comparisons)))


def _table(
    measure: FairnessMeasure, by: FairnessBy, pairs: _Pairs, people: Mapping[str, set[str]], z: float
) -> FairnessTable:
    shown = _shown(people)
    lines = [
        _line(key, *pairs[key], z) if key in pairs else FairnessLine(key, len(people[key]), None, None, None)
        for key in sorted(shown)
    ]
    return FairnessTable(measure, by, tuple(lines), len(people) - len(shown))


def _shown(people: Mapping[str, set[str]]) -> set[str]:
    """Those of people enough; and where only few are left out, the smallest goes as well: by what the page says of all
    others, those few could be worked out."""
    shown = {key for key, some in people.items() if len(some) >= LEAST_SHOWN}
    left_out = set().union(*(some for key, some in people.items() if key not in shown))
    if left_out and len(left_out) < LEAST_SHOWN and shown:
        shown.remove(min(shown, key=lambda key: (len(people[key]), key)))
    return shown


def _line(key: str, one: FairnessTally, rest: FairnessTally, z: float) -> FairnessLine:
    apart = difference(one.share, one.n, rest.share, rest.n, z) if rest.enough else None
    parts = apart if apart is not None and (apart.low > 0 or apart.high < 0) else None
    return FairnessLine(key, one.n, one.share, score_interval(one.share, one.n), parts)


def difference(one: float, n: int, other: float, m: int, z: float) -> Interval:
    """Where the difference of two independent shares, of n and of m, may really lie."""
    a, b, apart = score_interval(one, n, z), score_interval(other, m, z), one - other
    low = apart - math.hypot(one - a.low, b.high - other)
    high = apart + math.hypot(a.high - one, other - b.low)
    return Interval(max(-1.0, low), min(1.0, high))
