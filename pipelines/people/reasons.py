"""What would make a meeting of two people worth it: six kinds of reason, each from facts that both can check. Pure.

Every kind but the expert's is symmetric: what holds for (a, b) holds for (b, a), with what each gives turned round.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from pipelines.people.values import MeetingReason, PersonWork, Profile, ReasonKind
from pipelines.values import Standing

LACKS = frozenset({Standing.NOT_YET, Standing.PARTLY})


@dataclass(frozen=True)
class Circle:
    """Everybody, and which groups are connected: at least one pair of contacts, one in each."""

    profiles: Mapping[str, Profile]
    connected: frozenset[frozenset[str]] = field(default_factory=frozenset)

    @classmethod
    def of(cls, profiles: Mapping[str, Profile]) -> Circle:
        """A contact counts when either of the two has it."""
        pairs = {
            frozenset({one, other})
            for profile in profiles.values()
            for contact in profile.contacts
            if contact in profiles
            for one, other in product(profile.groups, profiles[contact].groups)
            if one != other
        }
        return cls(profiles, frozenset(pairs))

    def contacts(self, person: str) -> frozenset[str]:
        """Whom this person works with."""
        return self.profiles[person].contacts


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What is known of two people: their latest work by challenge, how alike all of it is, the request if there is
    one and how near the second's work is to it (both as z-scores)."""

    first: Profile
    second: Profile
    first_works: Mapping[str, PersonWork]
    second_works: Mapping[str, PersonWork]
    nearness: float
    request: str = ""
    knowing: float = 0.0


def latest(works: Iterable[PersonWork]) -> dict[str, PersonWork]:
    """The last work to each challenge."""
    return {work.challenge: work for work in works}


def squashed(z: float) -> float:
    """A z-score as a number in [0, 1]; .5 at one standard deviation above the mean."""
    return 1.0 / (1.0 + math.exp(-1.5 * (z - 1.0)))


def reasons(facts: PairFacts, circle: Circle) -> list[MeetingReason]:
    """All that hold, in the order of Kind; passages are put to them later."""
    found: list[MeetingReason] = [
        *complementary(facts),
        *same_problem(facts),
        *triangle(facts, circle),
        *bridge(facts, circle),
        *same_role(facts),
        *expert(facts),
    ]
    return found


def complementary(facts: PairFacts) -> list[MeetingReason]:
    """On one challenge each met a criterion that the other did not yet: the challenge where they give most evenly."""
    best: MeetingReason | None = None
    for challenge in sorted(facts.first_works.keys() & facts.second_works.keys()):
        first, second = facts.first_works[challenge].criteria, facts.second_works[challenge].criteria
        gives, takes = _gives(first, second), _gives(second, first)
        if not (gives and takes):
            continue
        strength = min(1.0, 0.8 + 0.1 * (min(len(gives), len(takes)) - 1) + 0.05 * (len(gives) + len(takes) - 2))
        if best is None or strength > best.strength:
            named = {"challenge": (challenge,), "first_gives": gives, "second_gives": takes}
            best = MeetingReason(ReasonKind.COMPLEMENTARY, strength, named)
    return [best] if best else []


def _gives(one: Mapping[str, Standing], other: Mapping[str, Standing]) -> tuple[str, ...]:
    return tuple(sorted(c for c, standing in one.items() if standing is Standing.MET and other.get(c) in LACKS))


def same_problem(facts: PairFacts) -> list[MeetingReason]:
    """Both are at the same challenge now, and have handed something in."""
    at = facts.first.working_on & facts.second.working_on & facts.first_works.keys() & facts.second_works.keys()
    if not at:
        return []
    return [
        MeetingReason(ReasonKind.SAME_PROBLEM, 0.4 + 0.6 * squashed(facts.nearness), {"challenge": tuple(sorted(at))})
    ]


def triangle(facts: PairFacts, circle: Circle) -> list[MeetingReason]:
    """They have a contact in common but are none of each other: worth most where there is only one, since people who
    share many will meet anyway. The contact is named, so only one who is open to introductions counts."""
    both = circle.contacts(facts.first.person) & circle.contacts(facts.second.person)
    common = {one for one in both if one in circle.profiles and circle.profiles[one].open_to}
    if not common or acquainted(facts.first, facts.second):
        return []
    return [MeetingReason(ReasonKind.TRIANGLE, 1.0 / math.sqrt(len(common)), {"through": tuple(sorted(common))})]


def bridge(facts: PairFacts, circle: Circle) -> list[MeetingReason]:
    """No group of one is connected with a group of the other, and their work is more alike than most."""
    ours, theirs = facts.first.groups, facts.second.groups
    apart = ours and theirs and not ours & theirs
    if not apart or facts.nearness <= 0 or acquainted(facts.first, facts.second):
        return []
    if any(frozenset(pair) in circle.connected for pair in product(ours, theirs)):
        return []
    named = {"first_groups": tuple(sorted(ours)), "second_groups": tuple(sorted(theirs))}
    return [MeetingReason(ReasonKind.BRIDGE, 0.3 + 0.7 * squashed(facts.nearness), named)]


def same_role(facts: PairFacts) -> list[MeetingReason]:
    """The same role, in other groups."""
    shared = facts.first.roles & facts.second.roles
    if not shared or facts.first.groups & facts.second.groups:
        return []
    return [MeetingReason(ReasonKind.SAME_ROLE, 0.4 + 0.6 * squashed(facts.nearness), {"role": tuple(sorted(shared))})]


def expert(facts: PairFacts) -> list[MeetingReason]:
    """The second's work is far nearer than most to what the first asks for."""
    if not facts.request or facts.knowing < 1.0:
        return []
    return [MeetingReason(ReasonKind.EXPERT, squashed(facts.knowing - 0.5), {"request": (facts.request,)})]


def acquainted(first: Profile, second: Profile) -> bool:
    """Whether either counts the other as a contact."""
    return second.person in first.contacts or first.person in second.contacts


def features(facts: PairFacts, found: Sequence[MeetingReason]) -> dict[str, float]:
    """What a match is ranked by (see ranking.PRIOR); the same whoever of the two comes first, but for the expert."""
    first, second = facts.first, facts.second
    return {
        **{reason.kind.value: reason.strength for reason in found},
        "near": min(4.0, max(-1.0, facts.nearness)) / 4.0,
        "load": float(first.load + second.load),
        "across": float(not first.groups & second.groups),
        "alone": ((not first.contacts) + (not second.contacts)) / 2,
        "useful_before": (first.usefulness + second.usefulness) / 2,
    }
