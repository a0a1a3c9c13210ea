"""A year of introductions in an invented organization, by the product's matcher and by two simpler ones.

What is assumed is all in `Taste` and in `invent`; what is measured follows from it and is no more certain. The matcher
sees texts and judged criteria, not the interests and skills behind them; a fifth of the judgements is wrong.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines import network
from pipelines.arrays import Singles
from pipelines.network import Network
from pipelines.people.commons import Commons
from pipelines.people.matching import MatchWish, match, may_meet
from pipelines.people.ranking import PRIOR, IntroductionOutcome, weights
from pipelines.people.reasons import Circle, PairFacts, features, latest, reasons
from pipelines.people.values import PersonWork, Profile
from pipelines.ports import Embedder
from pipelines.values import ChallengeAsItStands, Standing

WEEKS: Final = 52
WINDOW: Final = 4  # weeks that an introduction weighs on a person
LOAD_LIMIT: Final = 2
TOPICS, CHALLENGES, CRITERIA, WORKS = 30, 10, 4, 3
WRONG: Final = 0.2  # share of judgements on criteria that do not tell the truth


@dataclass(frozen=True, slots=True)
class Taste:
    """How people decide: log-odds. `benefit` is what the less gifted side gets (0 to 1), `alike` the cosine of
    interests, `trust` a contact in common, `news` another group. A yes also depends on the person's load."""

    yes: float = -0.4
    useful: float = -1.6
    benefit: float = 2.0
    alike: float = 1.5
    trust: float = 1.0
    news: float = 0.3
    load: float = -0.8
    meets: float = 0.75


TASTES: Final = {"assumed": Taste(), "likeness alone": Taste(benefit=0.0, trust=0.0, news=0.0, alike=3.0)}


class RememberingCommons(Commons):
    """A commons that works out everybody's nearness once; nothing in it changes over the year."""

    def __init__(self, works: Sequence[PersonWork], embedder: Embedder) -> None:
        super().__init__(works, embedder)
        self._near: dict[str, Singles] = {}

    def nearness(self, person: str, hidden: object = ()) -> Singles:
        if person not in self._near:
            self._near[person] = super().nearness(person)
        return self._near[person]


@dataclass(frozen=True)
class Invented:
    """The organization before the first week. Interests: (people, topics), rows of length 1; skills by challenge."""

    profiles: dict[str, Profile]
    commons: RememberingCommons
    interests: NDArray[np.float64]
    skills: dict[str, dict[str, frozenset[str]]]
    at: dict[str, int]
    challenges: dict[str, ChallengeAsItStands]


def invent(people: int, groups: int, seed: int, embedder: Embedder) -> Invented:
    """People in groups of one size. A group has two topics that its people lean to; each has two more of their own.

    One in seven is not open to introductions. Three in four know one to three people of their group, one in twelve
    somebody elsewhere; the others know nobody.
    """
    rng = random.Random(seed)
    names = [f"p{number:04}" for number in range(people)]
    group_of = {name: number % groups for number, name in enumerate(names)}
    themes = [rng.sample(range(TOPICS), 2) for _ in range(groups)]
    interests = np.zeros((people, TOPICS))
    for row, name in enumerate(names):
        for topic, weight in ((themes[group_of[name]][0], 0.6), (themes[group_of[name]][1], 0.4)):
            interests[row, topic] += weight
        for topic in rng.sample(range(TOPICS), 2):
            interests[row, topic] += rng.uniform(0.3, 1.0)
    interests /= np.linalg.norm(interests, axis=1, keepdims=True)
    skills, works = {}, []
    for row, name in enumerate(names):
        home = [(group_of[name] + step) % CHALLENGES for step in (0, 1)]
        tried = dict.fromkeys([*home, rng.randrange(CHALLENGES)])
        skills[name] = {f"c{one}": _skilled(one, rng) for one in tried}
        works += [_work(name, one, interests[row], skills[name][f"c{one}"], rng) for one in tried]
    contacts = _acquainted(names, group_of, rng)
    profiles = {
        name: Profile(name, name, frozenset({f"g{group_of[name]:02}"}), working_on=frozenset(list(skills[name])[:1]),
                      open_to=rng.random() > 1 / 7, contacts=frozenset(contacts[name]))
        for name in names
    }  # fmt: skip
    at = {name: row for row, name in enumerate(names)}
    briefs = {f"c{one}": ChallengeAsItStands(f"c{one}", "", f"Challenge {one}") for one in range(CHALLENGES)}
    return Invented(profiles, RememberingCommons(works, embedder), interests, skills, at, briefs)


def _skilled(challenge: int, rng: random.Random) -> frozenset[str]:
    return frozenset(f"c{challenge}k{k}" for k in range(CRITERIA) if rng.random() < 0.5)


def _work(
    name: str, challenge: int, interests: NDArray[np.float64], skills: frozenset[str], rng: random.Random
) -> PersonWork:
    """Sixty words drawn from one's topics, a third of them words that everybody uses."""
    topics = rng.choices(range(TOPICS), weights=list(interests), k=40)
    text = [f"{_syllables(topic)}{_syllables(rng.randrange(12))}" for topic in topics]
    text += [f"the{_syllables(rng.randrange(30))}" for _ in range(20)]
    judged = {
        f"c{challenge}k{k}": Standing.MET
        if (f"c{challenge}k{k}" in skills) != (rng.random() < WRONG)
        else Standing.NOT_YET
        for k in range(CRITERIA)
    }
    return PersonWork(f"{name}-{challenge}", name, f"c{challenge}", " ".join(text) + ".", criteria=judged)


def _syllables(number: int) -> str:
    return "".join("bdfgklmnprst"[d] + "aeiou"[(d * 7 + number) % 5] for d in divmod(number * 37 % 144, 12))


def _acquainted(names: Sequence[str], group_of: dict[str, int], rng: random.Random) -> dict[str, set[str]]:
    contacts: dict[str, set[str]] = {name: set() for name in names}
    members = {group: [name for name in names if group_of[name] == group] for group in set(group_of.values())}
    for name in names:
        if rng.random() < 0.75:
            known = rng.sample(members[group_of[name]], rng.randint(1, 3))
            known += [rng.choice(names)] if rng.random() < 1 / 12 else []
            for other in known:
                if other != name and rng.random() < 0.6:
                    contacts[name].add(other)
                    contacts[other].add(name)
    return contacts


@dataclass
class Year:
    """The organization as it changes. `weeks[i]`: figures after week i."""

    world: Invented
    taste: Taste
    rng: random.Random
    profiles: dict[str, Profile]
    asked_in: dict[str, list[int]]
    by: dict[str, float] = field(default_factory=lambda: dict(PRIOR))
    outcomes: list[IntroductionOutcome] = field(default_factory=list)
    made: int = 0
    asked: int = 0
    weeks: list[dict[str, float]] = field(default_factory=list)

    @property
    def network(self) -> Network:
        return Network.of(self.profiles, [(one, other) for one, p in self.profiles.items() for other in p.contacts])


MatchChooser = Callable[[Year, Circle, str], str | None]
"""Whom to suggest to a person, if anybody."""
ASKED: Final = MatchWish(limit=1, load_limit=LOAD_LIMIT)


def at_random(year: Year, circle: Circle, person: str) -> str | None:
    """Anybody whom the rules allow."""
    first, names = circle.profiles[person], list(circle.profiles)
    tries = (circle.profiles[year.rng.choice(names)] for _ in range(200))
    return next((other.person for other in tries if may_meet(first, other, ASKED)), None)


def most_alike(year: Year, circle: Circle, person: str) -> str | None:
    """Of those whom the rules allow, the one whose work is the nearest."""
    commons, first = year.world.commons, circle.profiles[person]
    order = np.argsort(-commons.nearness(person), kind="stable")
    near = (circle.profiles[commons.people[row]] for row in order)
    return next((other.person for other in near if may_meet(first, other, ASKED)), None)


def matched(year: Year, circle: Circle, person: str) -> str | None:
    """The product's first match."""
    found = match(person, circle, year.world.commons, year.world.challenges, ASKED, year.by)
    return found[0].second if found else None


def run(world: Invented, choose: MatchChooser, taste: Taste, seed: int, *, a_week: int, learning: bool = False) -> Year:
    """A year in which facilitators suggest `a_week` introductions each week, going round all people by turns.

    With `learning`, what came of them moves the ranking, each week anew.
    """
    names = list(world.profiles)
    year = Year(world, taste, random.Random(seed), dict(world.profiles), {name: [] for name in names})
    turn: list[str] = []
    for week in range(WEEKS):
        for name in names:
            load = sum(week - then < WINDOW for then in year.asked_in[name])
            year.profiles[name] = replace(year.profiles[name], load=load)
        circle = Circle.of(year.profiles)
        for _ in range(a_week):
            turn = turn or year.rng.sample(names, len(names))
            person = turn.pop()
            other = choose(year, circle, person) if year.profiles[person].open_to else None
            if other is not None and may_meet(year.profiles[person], year.profiles[other], ASKED):
                _introduce(year, circle, person, other, week)
        if learning:
            year.by = weights(year.outcomes)
        year.weeks.append(measured(year))
    return year


def _introduce(year: Year, circle: Circle, one: str, other: str, week: int) -> None:
    """Both are asked; with two yeses they may meet, and if it was useful they go on working together."""
    first, second = year.profiles[one], year.profiles[other]
    worth, of = _worth(year, first, second), _features(year, circle, first, second)
    yes = all(_falls(year, year.taste.yes + worth + year.taste.load * person.load) for person in (first, second))
    useful = yes and year.rng.random() < year.taste.meets and _falls(year, year.taste.useful + worth)
    year.outcomes.append(IntroductionOutcome(of, useful))
    year.asked += 1
    year.made += useful
    for person, partner in ((first, other), (second, one)):
        year.asked_in[person.person].append(week)
        more = frozenset({partner}) if useful else frozenset()
        year.profiles[person.person] = replace(
            person, load=person.load + 1, past=person.past | {partner}, contacts=person.contacts | more
        )


def _falls(year: Year, log_odds: float) -> bool:
    return year.rng.random() < 1 / (1 + math.exp(-log_odds))


def _worth(year: Year, first: Profile, second: Profile) -> float:
    """What a meeting is truly worth to both: known to nobody, decisive for their answers."""
    world, taste = year.world, year.taste
    alike = float(world.interests[world.at[first.person]] @ world.interests[world.at[second.person]])
    gifts = []
    for a, b in ((first.person, second.person), (second.person, first.person)):
        shared = world.skills[a].keys() & world.skills[b].keys()
        gifts.append(max((len(world.skills[a][c] - world.skills[b][c]) for c in shared), default=0) / 2)
    benefit = min(1.0, *gifts)
    trust, news = bool(first.contacts & second.contacts), not first.groups & second.groups
    return taste.benefit * benefit + taste.alike * alike + taste.trust * trust + taste.news * news


def _features(year: Year, circle: Circle, first: Profile, second: Profile) -> dict[str, float]:
    commons = year.world.commons
    near = float(commons.nearness(first.person)[commons.row_of[second.person]])
    ours, theirs = (latest(commons.usable(person.person)) for person in (first, second))
    facts = PairFacts(first, second, ours, theirs, near)
    return features(facts, reasons(facts, circle))


def measured(year: Year) -> dict[str, float]:
    """Figures of the moment. `spread`: standard deviation of how often people who are open to it were asked so far."""
    whole, groups = year.network, {name: profile.groups for name, profile in year.profiles.items()}
    open_to = [name for name, profile in year.profiles.items() if profile.open_to]
    asked = np.array([len(year.asked_in[name]) for name in open_to])
    return {
        "asked": float(year.asked),
        "working": float(year.made),
        "isolates": float(len(network.isolates(whole))),
        "across": network.across_density(whole, groups),
        "closure": network.closure(whole),
        "asked_most": float(asked.max(initial=0)),
        "spread": float(asked.std()),
        "most_at_once": float(max((_at_once(year.asked_in[name]) for name in open_to), default=0)),
        "groups_joined": _joined(whole, groups),
    }


def _at_once(weeks: Sequence[int]) -> int:
    """The most introductions within one window."""
    return max((sum(0 <= then - week < WINDOW for then in weeks) for week in weeks), default=0)


def _joined(whole: Network, groups: dict[str, frozenset[str]]) -> float:
    """Share of pairs of groups with at least one pair of contacts."""
    names = sorted({group for of in groups.values() for group in of})
    joined = {frozenset((a, b)) for one, other in whole.pairs for a in groups[one] for b in groups[other] if a != b}
    return len(joined) / max(1, len(list(combinations(names, 2))))
