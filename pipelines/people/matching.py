"""Who should meet this person, and why: candidates from all of an organization, their reasons, ranked, with passages.

Nobody is ever in a result who is not open to introductions now, has had enough of them, or was suggested to the person
before. Interactive among 10,000 people: one pass of vectors and words over all work, reasons for some hundreds of
people, passages and words for those that are offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pipelines.arrays import Singles
from pipelines.people.commons import Commons
from pipelines.people.ranking import PRIOR, WORTH, value
from pipelines.people.reasons import Circle, PairFacts, acquainted, features, latest, reasons
from pipelines.people.saying import wording
from pipelines.people.values import Match, MeetingReason, PersonWork, Profile, ReasonKind, ShownPassage
from pipelines.values import ChallengeAsItStands

NEAREST: Final = 200
"""People whose reasons are looked at because their work is the nearest; as many of each other sort at most."""
LOAD_LIMIT: Final = 2


@dataclass(frozen=True, slots=True)
class MatchWish:
    """What is wanted: at most `limit` matches; `load_limit` introductions a person at a time; the facilitator's
    language; a request that an expert is sought for; works that may not be used any more, though they are in the
    commons."""

    limit: int = 3
    load_limit: int = LOAD_LIMIT
    language: str = "en"
    request: str = ""
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ranked:
    """Somebody worth meeting, before any text is read. `reasons`: the one that speaks most for it first, never none."""

    score: float
    facts: PairFacts
    reasons: tuple[MeetingReason, ...]
    features: Mapping[str, float]


def match(
    person: str,
    circle: Circle,
    commons: Commons,
    challenges: Mapping[str, ChallengeAsItStands],
    asked: MatchWish = MatchWish(),
    weights: Mapping[str, float] = PRIOR,
) -> tuple[Match, ...]:
    """The best matches for this person, the most valuable first (ranking.value); none if the person is not open to any.

    `weights` are those of `ranking.weights`. Texts of people who let no machine read them must not be in `commons`.
    """
    found = ranked(person, circle, commons, asked, weights)[: asked.limit]
    return tuple(worded(one, circle, commons, challenges, asked) for one in found)


def ranked(
    person: str, circle: Circle, commons: Commons, asked: MatchWish = MatchWish(), weights: Mapping[str, float] = PRIOR
) -> list[Ranked]:
    """Everybody whom there is a reason to meet, in the order of `match`."""
    first = circle.profiles.get(person)
    if first is None or not available(first, asked):
        return []
    near = commons.nearness(person, asked.hidden)
    knowing = commons.knowing(asked.request, asked.hidden) if asked.request else np.zeros_like(near)
    found = []
    for other in candidates(first, circle, commons, near, knowing):
        second = circle.profiles[other]
        if not may_meet(first, second, asked):
            continue
        facts = _facts(first, second, commons, near, knowing, asked)
        if why := reasons(facts, circle):
            of = features(facts, why)
            found.append(Ranked(value(of, weights), facts, tuple(_by_weight(why, weights)), of))
    return sorted(found, key=lambda one: (-one.score, one.facts.second.person))


def available(profile: Profile, asked: MatchWish) -> bool:
    """Whether this person may be introduced to anybody now."""
    return profile.open_to and profile.load < asked.load_limit


def may_meet(first: Profile, second: Profile, asked: MatchWish) -> bool:
    """Whether these two may be suggested to each other now: consent, load, no repeats, no acquaintances."""
    again = second.person in first.past or first.person in second.past
    return (
        first.person != second.person
        and available(first, asked)
        and available(second, asked)
        and not again
        and not acquainted(first, second)
    )


def candidates(first: Profile, circle: Circle, commons: Commons, near: Singles, knowing: Singles) -> list[str]:
    """People worth a look, in a fixed order: of every sort of reason the nearest ones. May not be allowed."""
    order = np.argsort(-near, kind="stable")
    rank = {commons.people[row]: at for at, row in enumerate(order.tolist())}

    def nearest(people: Iterable[str]) -> list[str]:
        return sorted(set(people), key=lambda one: (rank.get(one, len(rank)), one))[:NEAREST]

    open_to = [commons.people[row] for row in order.tolist() if _open(commons.people[row], circle)]
    twice = {two for one in first.contacts if one in circle.profiles for two in circle.contacts(one)}
    alike = {one for one, profile in circle.profiles.items() if first.roles & profile.roles}
    met = {two for work in commons.by_person.get(first.person, ()) for two in commons.at(work.challenge)}
    experts = [commons.people[row] for row in np.argsort(-knowing, kind="stable")[:NEAREST]] if knowing.any() else []
    pools = (open_to[:NEAREST], nearest(twice), nearest(alike), nearest(met), experts)
    known = dict.fromkeys(one for pool in pools for one in pool)
    return [one for one in known if one != first.person and _open(one, circle)]


def _open(person: str, circle: Circle) -> bool:
    return person in circle.profiles and circle.profiles[person].open_to


def _facts(
    first: Profile, second: Profile, commons: Commons, near: Singles, knowing: Singles, asked: MatchWish
) -> PairFacts:
    row = commons.row_of.get(second.person)
    nearness, knows = (float(values[row]) if row is not None else 0.0 for values in (near, knowing))
    ours, theirs = (latest(commons.usable(one.person, asked.hidden)) for one in (first, second))
    return PairFacts(first, second, ours, theirs, nearness, asked.request, knows)


def _by_weight(why: list[MeetingReason], weights: Mapping[str, float]) -> list[MeetingReason]:
    """The reason that speaks most for the meeting first; of equals, in the order of Kind."""
    return sorted(why, key=lambda reason: -reason.strength * (weights[reason.kind] + WORTH.get(reason.kind, 0.0)))


def worded(
    found: Ranked, circle: Circle, commons: Commons, challenges: Mapping[str, ChallengeAsItStands], asked: MatchWish
) -> Match:
    """With passages and words; reads the texts that may be quoted."""
    facts = found.facts
    told = tuple(_shown(reason, facts, commons, challenges, asked) for reason in found.reasons)
    names = {profile.person: profile.name for profile in circle.profiles.values()}
    said = wording(told[0], facts.first, facts.second, names, challenges, asked.language)
    return Match(facts.first.person, facts.second.person, found.score, facts.nearness, told, said, found.features)


def _shown(
    reason: MeetingReason,
    facts: PairFacts,
    commons: Commons,
    challenges: Mapping[str, ChallengeAsItStands],
    asked: MatchWish,
) -> MeetingReason:
    """With the passages that show it, the challenge that they are from, and words that both have."""
    passages = _passages(reason, facts, commons, challenges, asked)
    of = {work.id: work.challenge for person in (facts.first, facts.second) for work in commons.usable(person.person)}
    at = {of[passage.work] for passage in passages}
    on = at.pop() if len(at) == 1 and len(passages) == 2 else ""
    matter = commons.matter(passages, _asks(challenges.get(on))) if on else ()
    first = (on, *(one for one in reason.facts.get("challenge", ()) if one != on))
    named = {**reason.facts, "challenge": first} if on and "challenge" in reason.facts else reason.facts
    return replace(reason, passages=passages, on=on, matter=matter, facts=named)


def _asks(challenge: ChallengeAsItStands | None) -> str:
    """What everybody there writes about."""
    if challenge is None:
        return ""
    criteria = (f"{one.text} {one.question}" for one in challenge.criteria)
    return " ".join((challenge.title, challenge.prompt, challenge.outcome, *criteria))


def _passages(
    reason: MeetingReason,
    facts: PairFacts,
    commons: Commons,
    challenges: Mapping[str, ChallengeAsItStands],
    asked: MatchWish,
) -> tuple[ShownPassage, ...]:
    """What shows the reason, one passage of each person at most; of work that may not be quoted, none."""
    if reason.kind is ReasonKind.COMPLEMENTARY:
        found = _solved(reason, facts, commons, challenges)
    elif reason.kind is ReasonKind.EXPERT:
        works = commons.usable(facts.second.person, asked.hidden)
        found = [commons.best_passage(works, facts.request)]
    else:
        both = facts.first_works.keys() & facts.second_works.keys()
        at = reason.facts["challenge"] if reason.kind is ReasonKind.SAME_PROBLEM else sorted(both)
        pair = commons.nearest_works(facts.first.person, facts.second.person, at, asked.hidden)
        found = commons.each_about_other(*pair) if pair else []
    return tuple(passage for passage in found if passage is not None)


def _solved(
    reason: MeetingReason, facts: PairFacts, commons: Commons, challenges: Mapping[str, ChallengeAsItStands]
) -> list[ShownPassage | None]:
    """Of each the place of the first criterion that it gives and that is told from the others."""
    (challenge,) = reason.facts["challenge"]
    criteria = challenges[challenge].criteria if challenge in challenges else ()

    def place(work: PersonWork, side: str) -> ShownPassage | None:
        found = (commons.passage(work, criteria, criterion) for criterion in reason.facts[side])
        return next((passage for passage in found if passage), None)

    return [place(facts.first_works[challenge], "first_gives"), place(facts.second_works[challenge], "second_gives")]
