"""The network of people: who is connected, who works near whom, what one introduction would change. Pure over facts.

Contacts are introductions that both people said yes to: Peerloom knows of no others, and a page says so. Measures are
over those alone who may be introduced, since nobody else can have a contact here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines import network as measures
from pipelines.network import GroupDensity, Network, Pair
from service.actions.network.facts import MatchableText, Member, NetworkFacts, OutsideName, Tie

SHARPNESS: Final = 10.0
"""Of the log-mean-exp over the likeness of two people's works: between their mean and their maximum."""
NEAREST: Final = 2
"""People to whom each is drawn near, at most."""
CLEARLY: Final = 1.0
"""Standard deviations above the mean of all pairs from which two people are said to work near each other."""
MONTHS: Final = 24
SUGGESTED: Final = 30


@dataclass(frozen=True, slots=True)
class Near:
    """Two people whose work is clearly more alike than that of most pairs; `likeness` is a pooled cosine."""

    first: Member
    second: Member
    likeness: float


@dataclass(frozen=True, slots=True)
class Closing:
    """An introduction that would close triangles, and the contacts that the two have in common."""

    first: Member
    second: Member
    through: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class NetworkMonth:
    """What there was at the end of a month: introductions made in it, of these met and found useful; and, of all people
    who are open today, the share without any contact, and closure."""

    name: str  # 2026-10
    made: int
    met: int
    useful: int
    isolated: float
    closure: float


@dataclass(frozen=True)
class NetworkMap:
    """All that a page, a map or a file shows. `unconnected`: pairs of groups without any contact across, those first
    in which most people could meet. `apart`: how many parts hold at least two people."""

    facts: NetworkFacts
    network: Network
    near: tuple[Near, ...]
    could: tuple[Closing, ...]
    brokers: tuple[tuple[Member, float], ...]
    bridges: tuple[tuple[Member, Member], ...]
    isolated: tuple[Member, ...]
    densities: tuple[GroupDensity, ...]
    density: float
    across: float
    closure: float
    apart: int
    months: tuple[NetworkMonth, ...]

    @property
    def open(self) -> tuple[Member, ...]:
        return tuple(one for one in self.facts.members if one.open)

    @property
    def closed(self) -> int:
        """How many are in nothing but the list, since they do not want to be introduced or read by machines."""
        return len(self.facts.members) - len(self.open)

    @property
    def unconnected(self) -> list[GroupDensity]:
        apart = [one for one in self.densities if one.first != one.second and not one.pairs and one.possible]
        return sorted(apart, key=lambda one: (-one.possible, one.first, one.second))


def drawn(facts: NetworkFacts, *, now: datetime) -> NetworkMap:
    """Everything that is measured, about a second for a thousand people and their contacts."""
    people = {one.id: one for one in facts.members if one.open}
    network = Network.of(people, (tie.pair for tie in facts.ties))
    groups = {id_: one.groups for id_, one in people.items()}
    return NetworkMap(
        facts=facts,
        network=network,
        near=tuple(Near(people[one], people[other], like) for (one, other), like in near(facts.texts)),
        could=_could(network, facts.settled, people),
        brokers=tuple((people[id_], share) for id_, share in measures.brokers(network)),
        bridges=tuple((people[one], people[other]) for one, other in measures.bridges(network)),
        isolated=tuple(sorted((people[id_] for id_ in measures.isolates(network)), key=_by_name)),
        densities=tuple(measures.group_densities(network, groups)),
        density=measures.density(network),
        across=measures.across_density(network, groups),
        closure=measures.closure(network),
        apart=sum(len(part) > 1 for part in measures.parts(network)),
        months=tuple(_months(facts.ties, people, now)),
    )


def _by_name(one: Member) -> tuple[str, str]:
    return one.name.casefold(), one.id


def _could(network: Network, settled: frozenset[Pair], people: Mapping[str, Member]) -> tuple[Closing, ...]:
    """Nobody who was asked about each other before, whatever came of it."""
    found = [
        Closing(people[one], people[other], tuple(people[id_] for id_ in through))
        for (one, other), through in measures.open_triangles(network, limit=SUGGESTED + len(settled))
        if (one, other) not in settled
    ]
    return tuple(found[:SUGGESTED])


def near(texts: Sequence[MatchableText]) -> list[tuple[Pair, float]]:
    """Pairs of people by how alike their work is, the nearest first: those clearly above most, a few for each person.

    Pooled over all works of both by a log-mean-exp of cosines, as in matching. Works kept within a group count only
    for pairs that may both see them.
    """
    people = sorted({text.person for text in texts})
    if len(people) < 3:
        return []
    pooled = _pooled(texts, people)
    upper = np.triu_indices(len(people), 1)
    known = pooled[upper][np.isfinite(pooled[upper])]
    if not len(known):
        return []
    least = float(known.mean() + CLEARLY * known.std())
    kept: dict[Pair, float] = {}
    for at, person in enumerate(people):
        row = np.where(np.isfinite(pooled[at]), pooled[at], -np.inf)
        row[at] = -np.inf
        for other in np.argsort(-row, kind="stable")[:NEAREST]:
            if row[other] >= least and known.std() > 1e-6:
                kept[min(person, people[other]), max(person, people[other])] = round(float(row[other]), 4)
    return sorted(kept.items(), key=lambda one: (-one[1], one[0]))


def _pooled(texts: Sequence[MatchableText], people: Sequence[str]) -> NDArray[np.float64]:
    at = {person: row for row, person in enumerate(people)}
    rows = np.stack([text.vector for text in texts]).astype(np.float64)
    of = np.zeros((len(people), len(texts)))
    sees = np.ones((len(people), len(texts)))
    for number, text in enumerate(texts):
        of[at[text.person], number] = 1
        if text.within is not None:
            sees[:, number] = [person == text.person or person in text.within for person in people]
    seen = of.T @ sees  # text × text: whether the author of the first may see the second
    both = seen * seen.T
    sums = of @ (np.exp(SHARPNESS * (rows @ rows.T - 1)) * both) @ of.T
    counts = of @ both @ of.T
    pooled: NDArray[np.float64] = np.full(sums.shape, -np.inf)
    there = counts > 0
    pooled[there] = 1 + np.log(sums[there] / counts[there]) / SHARPNESS
    return pooled


def _months(ties: Sequence[Tie], people: Mapping[str, Member], now: datetime) -> list[NetworkMonth]:
    """From the first introduction to now, at most the last MONTHS."""
    if not ties:
        return []
    first, last = ties[0].at, now
    names = []
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        names.append(f"{number // 12:04d}-{number % 12 + 1:02d}")
    found = []
    for name in names[-MONTHS:]:
        here = [tie for tie in ties if f"{tie.at:%Y-%m}" == name]
        so_far = Network.of(people, (tie.pair for tie in ties if f"{tie.at:%Y-%m}" <= name))
        alone = len(measures.isolates(so_far)) / len(people) if people else 0.0
        met, useful = sum(tie.met for tie in here), sum(tie.useful for tie in here)
        found.append(NetworkMonth(name, len(here), met, useful, alone, measures.closure(so_far)))
    return found


__all__ = ["Closing", "GroupDensity", "Member", "Near", "NetworkMap", "NetworkMonth", "OutsideName", "drawn", "near"]
