"""The network as a graph to draw and as files: people, groups and challenges, and what connects them. Pure.

Holds only people who may be introduced. Ids are those of the outside, with what they are in front.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines import network as measures
from pipelines.network import Network
from service.actions.network.mapping import NetworkMap

HEAD = ("kind", "from", "to", "from name", "to name", "since", "likeness")


@dataclass(frozen=True, slots=True)
class Node:
    """`kind`: person, group or challenge. x and y in [0, 1]. `group`: the number of a person's first group, or -1."""

    id: str
    kind: str
    label: str
    x: float
    y: float
    group: int


@dataclass(frozen=True, slots=True)
class NetworkEdge:
    """`kind`: introduced, working (found useful), near, could (would close a triangle), member, at (a challenge)."""

    kind: str
    source: str
    target: str
    since: str = ""
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """What is drawn."""

    nodes: tuple[Node, ...]
    edges: tuple[NetworkEdge, ...]


def edges(seen: NetworkMap) -> tuple[NetworkEdge, ...]:
    """Every connection there is between those who may be introduced, their groups and their challenges."""
    facts = seen.facts
    person = {one.id: f"person:{one.external_id}" for one in seen.open}
    found = [
        NetworkEdge(
            "working" if tie.useful else "introduced", person[tie.first], person[tie.second], f"{tie.at:%Y-%m-%d}"
        )
        for tie in facts.ties
    ]
    found += [
        NetworkEdge("near", person[one.first.id], person[one.second.id], likeness=one.likeness) for one in seen.near
    ]
    found += [NetworkEdge("could", person[one.first.id], person[one.second.id]) for one in seen.could]
    for one in seen.open:
        found += [NetworkEdge("member", person[one.id], f"group:{facts.groups[of].external_id}") for of in one.groups]
    for id_, challenge in sorted(facts.at):
        if id_ in person:
            found.append(NetworkEdge("at", person[id_], f"challenge:{facts.challenges[challenge].external_id}"))
    return tuple(found)


def _labels(seen: NetworkMap) -> dict[str, tuple[str, str]]:
    """Of each node that is connected, or a person: what it is, and its name."""
    there = {end for edge in edges(seen) for end in (edge.source, edge.target)}
    found = {f"person:{one.external_id}": ("person", one.name) for one in seen.open}
    for kind, rows in (("group", seen.facts.groups), ("challenge", seen.facts.challenges)):
        found |= {f"{kind}:{one.external_id}": (kind, one.name) for one in rows.values()}
    return {id_: label for id_, label in found.items() if label[0] == "person" or id_ in there}


def graph(seen: NetworkMap) -> Graph:
    """With positions. A second for a thousand nodes."""
    there, labels = edges(seen), _labels(seen)
    drawn = [(edge.source, edge.target) for edge in there if edge.kind != "could"]
    places = measures.positions(Network.of(labels, drawn))
    number = {id_: at for at, id_ in enumerate(seen.facts.groups)}
    first = {f"person:{one.external_id}": number[one.groups[0]] for one in seen.open}
    first |= {f"group:{seen.facts.groups[id_].external_id}": at for id_, at in number.items()}
    nodes = [Node(id_, kind, label, *places[id_], first.get(id_, -1)) for id_, (kind, label) in sorted(labels.items())]
    return Graph(tuple(nodes), there)


def as_graphml(seen: NetworkMap) -> str:
    """People, groups and challenges with what is a fact: introductions, membership, work handed in. GraphML of ours
    has no kinds of edges, so what is only near or possible is left to the table."""
    labels = _labels(seen)
    facts = [(edge.source, edge.target) for edge in edges(seen) if edge.kind not in ("near", "could")]
    return measures.graphml(
        Network.of(labels, facts), {id_: {"kind": kind, "name": name} for id_, (kind, name) in labels.items()}
    )


def as_csv(seen: NetworkMap) -> str:
    """Every edge a row, and every person without one a row of the kind "alone"."""
    labels, there = _labels(seen), edges(seen)
    rows: list[list[object]] = [
        [
            edge.kind,
            edge.source,
            edge.target,
            labels[edge.source][1],
            labels[edge.target][1],
            edge.since,
            "" if edge.likeness is None else edge.likeness,
        ]
        for edge in there
    ]
    known = {end for edge in there for end in (edge.source, edge.target)}
    rows += [["alone", id_, "", name, "", "", ""] for id_, (_, name) in sorted(labels.items()) if id_ not in known]
    return measures.table(HEAD, rows)
