"""The network of people: measures with their definitions, positions for a map, exports. Pure, and the same every time.

Undirected, without weights or loops. Everything takes plain ids and is asked after permission: what goes in may be
shown. No graph library, since the web process draws maps and should load nothing for it; the tests compare every
measure with networkx.
"""

from __future__ import annotations

import csv
import io
import math
import xml.etree.ElementTree as ElementTree
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

Pair = tuple[str, str]

ROUNDS: Final = 120
"""Rounds of moving that a map gets; more change little to be seen."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Network:
    """People (sorted) and pairs of contacts (each once, the smaller id first)."""

    people: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @classmethod
    def of(cls, people: Iterable[str], pairs: Iterable[Pair]) -> Network:
        """Pairs with themselves or with somebody who is not in `people` are left out."""
        known = frozenset(people)
        kept = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1] and known.issuperset(pair)}
        return cls(tuple(sorted(known)), tuple(sorted(kept)))

    @cached_property
    def contacts(self) -> Mapping[str, frozenset[str]]:
        """Whom each person is connected with."""
        found: dict[str, set[str]] = {person: set() for person in self.people}
        for one, other in self.pairs:
            found[one].add(other)
            found[other].add(one)
        return {person: frozenset(others) for person, others in found.items()}


# Measures


def density(network: Network) -> float:
    """Pairs there are over pairs there could be, n (n - 1) / 2; 0 below two people (Wasserman & Faust 1994, ch. 4)."""
    n = len(network.people)
    return 2 * len(network.pairs) / (n * (n - 1)) if n > 1 else 0.0


@dataclass(frozen=True, slots=True)
class GroupDensity:
    """Pairs within one group (`first == second`) or across two: how many there are, and of how many there could be."""

    first: str
    second: str
    pairs: int
    possible: int

    @property
    def density(self) -> float:
        return self.pairs / self.possible if self.possible else 0.0


def group_densities(network: Network, groups: Mapping[str, Iterable[str]]) -> list[GroupDensity]:
    """For each group and each pair of groups, in the order of ids. `groups`: of each person; more than one counts in
    each. Block densities as in Wasserman & Faust 1994, ch. 10."""
    members: dict[str, set[str]] = {}
    for person in network.people:
        for group in groups.get(person, ()):
            members.setdefault(group, set()).add(person)
    names, found = sorted(members), []
    for at, first in enumerate(names):
        for second in names[at:]:
            found.append(_density(network, first, second, members[first], members[second]))
    return found


def _density(network: Network, first: str, second: str, ours: set[str], theirs: set[str]) -> GroupDensity:
    both = ours & theirs
    ends = sum(len(network.contacts[person] & theirs) for person in ours)
    twice = sum(len(network.contacts[person] & both) for person in both)  # counted from either end
    possible = len(ours) * len(theirs) - len(both) - len(both) * (len(both) - 1) // 2
    return GroupDensity(first, second, ends - twice // 2, possible)


def across_density(network: Network, groups: Mapping[str, Iterable[str]]) -> float:
    """Of all pairs of people who share no group, the share that is connected."""
    of = {person: frozenset(groups.get(person, ())) for person in network.people}
    there = sum(not of[one] & of[other] for one, other in network.pairs)
    kinds = Counter(of.values())
    possible = sum(a * b for (one, a), (other, b) in combinations(kinds.items(), 2) if not one & other)
    possible += sum(count * (count - 1) // 2 for kind, count in kinds.items() if not kind)
    return there / possible if possible else 0.0


def isolates(network: Network) -> list[str]:
    """People without any contact."""
    return [person for person in network.people if not network.contacts[person]]


def closure(network: Network) -> float:
    """Transitivity: three times the triangles over the pairs of contacts that share a person (Newman 2010, 7.9)."""
    triangles = sum(len(network.contacts[one] & network.contacts[other]) for one, other in network.pairs)
    triples = sum(len(others) * (len(others) - 1) // 2 for others in network.contacts.values())
    return triangles / triples if triples else 0.0


def betweenness(network: Network) -> dict[str, float]:
    """Share of shortest paths between all other pairs that run through each person, in [0, 1].

    Brandes 2001 ("A faster algorithm for betweenness centrality"): O(people × pairs), about a second for a thousand
    people; meant for the map of a group, not for a whole large organization.
    """
    found = dict.fromkeys(network.people, 0.0)
    for source in network.people:
        order, paths, before = _paths(network, source)
        share = dict.fromkeys(order, 0.0)
        for person in reversed(order):
            for earlier in before[person]:
                share[earlier] += paths[earlier] / paths[person] * (1 + share[person])
            if person != source:
                found[person] += share[person]
    n = len(network.people)
    scale = 1 / ((n - 1) * (n - 2)) if n > 2 else 0.0
    return {person: value * scale for person, value in found.items()}


def _paths(network: Network, source: str) -> tuple[list[str], dict[str, int], dict[str, list[str]]]:
    """Everybody reachable, the nearest first; how many shortest paths lead there; who stands before each on them."""
    far, paths, before = {source: 0}, Counter({source: 1}), {source: list[str]()}
    order, ahead = list[str](), deque([source])
    while ahead:
        person = ahead.popleft()
        order.append(person)
        for other in sorted(network.contacts[person]):
            if other not in far:
                far[other], before[other] = far[person] + 1, []
                ahead.append(other)
            if far[other] == far[person] + 1:
                paths[other] += paths[person]
                before[other].append(person)
    return order, paths, before


def brokers(network: Network, limit: int = 10) -> list[tuple[str, float]]:
    """Those through whom most shortest paths run, with that share (Freeman 1977); nobody through whom none does."""
    ranked = sorted(betweenness(network).items(), key=lambda one: (-one[1], one[0]))
    return [(person, share) for person, share in ranked[:limit] if share > 0]


def bridges(network: Network) -> list[Pair]:
    """Pairs without which the network would fall into one more part (Tarjan 1974), found without recursion."""
    entered: dict[str, int] = {}
    low: dict[str, int] = {}
    found: list[Pair] = []
    for root in network.people:
        if root in entered:
            continue
        entered[root] = low[root] = len(entered)
        trail = [(root, "", iter(sorted(network.contacts[root])))]
        while trail:
            person, parent, rest = trail[-1]
            other = next(rest, None)
            if other is None:
                trail.pop()
                if trail:
                    low[parent] = min(low[parent], low[person])
                    if low[person] > entered[parent]:
                        found.append((min(parent, person), max(parent, person)))
            elif other not in entered:
                entered[other] = low[other] = len(entered)
                trail.append((other, person, iter(sorted(network.contacts[other]))))
            elif other != parent:
                low[person] = min(low[person], entered[other])
    return sorted(found)


def parts(network: Network) -> list[list[str]]:
    """Connected components, the largest first."""
    left, found = set(network.people), []
    for person in network.people:
        if person in left:
            reached = sorted(_paths(network, person)[0])
            left.difference_update(reached)
            found.append(reached)
    return sorted(found, key=lambda part: (-len(part), part))


def open_triangles(network: Network, limit: int = 50) -> list[tuple[Pair, tuple[str, ...]]]:
    """Pairs whom one introduction would make into triangles, with their common contacts: those with one contact in
    common first (others are likely to meet anyway), then by ids."""
    common: dict[Pair, list[str]] = {}
    for person in network.people:
        for pair in combinations(sorted(network.contacts[person]), 2):
            if pair[1] not in network.contacts[pair[0]]:
                common.setdefault(pair, []).append(person)
    ranked = sorted(common.items(), key=lambda one: (len(one[1]), one[0]))
    return [(pair, tuple(through)) for pair, through in ranked[:limit]]


# Positions


def positions(network: Network) -> dict[str, tuple[float, float]]:
    """Where to draw each person, in [0, 1] × [0, 1]: force-directed (Fruchterman & Reingold 1991), always the same.

    Starts on a sunflower spiral in the order of ids rather than at random. O(rounds × people²): a second at 1,000.
    """
    n = len(network.people)
    if n == 0:
        return {}
    at = {person: row for row, person in enumerate(network.people)}
    pairs = np.array([(at[one], at[other]) for one, other in network.pairs], np.int64).reshape(-1, 2)
    spots = _spiral(n)
    ideal = math.sqrt(1.0 / n)
    for turn in range(ROUNDS):
        pull = _forces(spots, pairs, ideal) - 0.3 * (spots - 0.5)  # a little gravity keeps the isolated on the map
        length = np.maximum(np.linalg.norm(pull, axis=1, keepdims=True), 1e-9)
        spots = spots + pull / length * np.minimum(length, 0.1 * (1 - turn / ROUNDS))
    low, high = spots.min(axis=0), spots.max(axis=0)
    spots = np.where(high - low > 1e-9, (spots - low) / np.maximum(high - low, 1e-9), 0.5)
    return {person: (round(float(x), 4), round(float(y), 4)) for person, (x, y) in zip(at, spots, strict=True)}


def _spiral(n: int) -> NDArray[np.float64]:
    rows = np.arange(n)
    angle, radius = rows * math.pi * (3 - math.sqrt(5)), 0.5 * np.sqrt((rows + 0.5) / n)
    return np.stack([0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)], axis=1)


def _forces(spots: NDArray[np.float64], pairs: NDArray[np.int64], ideal: float) -> NDArray[np.float64]:
    """Everybody pushes everybody away by ideal² / distance; contacts pull each other by distance² / ideal."""
    across, down = (side[:, None] - side[None, :] for side in spots.T)
    push = ideal**2 / np.maximum(across**2 + down**2, 1e-6)
    found = np.stack([(across * push).sum(axis=1), (down * push).sum(axis=1)], axis=1)
    if len(pairs):
        between = spots[pairs[:, 0]] - spots[pairs[:, 1]]
        pull = between * np.linalg.norm(between, axis=1, keepdims=True) / ideal
        np.add.at(found, pairs[:, 0], -pull)
        np.add.at(found, pairs[:, 1], pull)
    return found


# Exports


def graphml(network: Network, labels: Mapping[str, Mapping[str, str]]) -> str:
    """GraphML (graphml.graphdrawing.org) with these text attributes of people, by name; XML takes no control signs."""
    root = ElementTree.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    names = sorted({name for of in labels.values() for name in of})
    for name in names:
        ElementTree.SubElement(root, "key", {"id": name, "for": "node", "attr.name": name, "attr.type": "string"})
    graph = ElementTree.SubElement(root, "graph", edgedefault="undirected")
    for person in network.people:
        node = ElementTree.SubElement(graph, "node", id=_xml(person))
        for name in names:
            if value := labels.get(person, {}).get(name, ""):
                ElementTree.SubElement(node, "data", key=name).text = _xml(value)
    for one, other in network.pairs:
        ElementTree.SubElement(graph, "edge", source=_xml(one), target=_xml(other))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _xml(text: str) -> str:
    """The text with what XML 1.0 cannot hold replaced."""
    return "".join(
        c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "�" for c in text
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV (RFC 4180) that a spreadsheet opens as text: what would be read as a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(value) for value in head])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    """Numbers stay as they are; of text, also one that begins with spaces before the sign is guarded."""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(_FORMULA) or text.startswith(_FORMULA) else text
