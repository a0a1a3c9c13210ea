"""The network of people: a map, the same in words and tables, and files to take along. Shows; measures nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, ClassVar, Literal
from urllib.parse import quote

from fastapi import Query
from markupsafe import Markup

from service.actions.network import graph as network_graph
from service.actions.network.facts import Tie
from service.actions.network.mapping import Closing, GroupDensity, Member, Near, NetworkMap, NetworkMonth, OutsideName
from service.domain.errors import Unavailable
from service.web.fields import Name
from service.web.pages.charts import ChartLine, length, lines
from service.web.pages.routes import pages
from service.web.pages.views import Download, PageView
from service.web.pages.visits import Asking

router = pages()

MOST_SHOWN = 60
Chosen = Annotated[Name | Literal[""], Query()]


@dataclass(frozen=True, slots=True)
class Met:
    """An introduction that both said yes to."""

    first: Member
    second: Member
    tie: Tie


@dataclass(frozen=True, slots=True)
class Block:
    """Contacts within a group, or across two."""

    first: str
    second: str
    pairs: int
    possible: int
    share: str


@dataclass(frozen=True, slots=True)
class MeasureDrawn:
    """A figure and what it means."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class NetworkMonthDrawn:
    """A month with its bar."""

    month: NetworkMonth
    bar: Markup


@dataclass(frozen=True)
class NetworkPage(PageView):
    """The network."""

    template: ClassVar[str] = "network/map.html"
    chosen: str
    choices: tuple[OutsideName, ...]
    query: str
    people: int
    closed: int
    beyond: int
    coming: int
    outward: int
    measures: tuple[MeasureDrawn, ...]
    made: tuple[Met, ...]
    could: tuple[Closing, ...]
    near: tuple[Near, ...]
    brokers: tuple[tuple[Member, str], ...]
    bridges: tuple[tuple[Member, Member], ...]
    isolated: tuple[Member, ...]
    blocks: tuple[Block, ...]
    unconnected: tuple[Block, ...]
    months: tuple[NetworkMonthDrawn, ...]
    over_time: Markup
    members: tuple[tuple[Member, str], ...]
    most: int


def network_page(seen: NetworkMap) -> NetworkPage:
    facts = seen.facts
    people = {one.id: one for one in facts.members}
    there = [one for one in seen.densities if one.first == one.second or one.pairs]
    return NetworkPage(
        chosen=facts.chosen,
        choices=facts.choices,
        query=f"?group={quote(facts.chosen, safe='')}" if facts.chosen else "",
        people=len(facts.members),
        closed=seen.closed,
        beyond=facts.beyond,
        coming=facts.coming,
        outward=facts.outward,
        measures=_measures(seen),
        made=tuple(Met(people[one.first], people[one.second], one) for one in reversed(facts.ties)),
        could=seen.could,
        near=seen.near[:MOST_SHOWN],
        brokers=tuple((one, f"{share:.0%}") for one, share in seen.brokers),
        bridges=seen.bridges[:MOST_SHOWN],
        isolated=seen.isolated,
        blocks=_blocks(there, seen),
        unconnected=_blocks(seen.unconnected[:10], seen),
        months=_told(seen.months),
        over_time=_over_time(seen.months),
        members=tuple((one, ", ".join(facts.groups[id_].name for id_ in one.groups)) for one in facts.members),
        most=MOST_SHOWN,
    )


def _measures(seen: NetworkMap) -> tuple[MeasureDrawn, ...]:
    n = len(seen.open)
    return (
        MeasureDrawn("Contacts", str(len(seen.network.pairs)), "introductions to which both people said yes"),
        MeasureDrawn("Density", f"{seen.density:.1%}", "of all pairs of these people, the share who are in contact"),
        MeasureDrawn(
            "Across groups", f"{seen.across:.1%}", "of all pairs who share no group, the share who are in contact"
        ),
        MeasureDrawn("Without contact", f"{len(seen.isolated)} of {n}", "people whom no introduction has reached"),
        MeasureDrawn(
            "Closure", f"{seen.closure:.1%}", "of all pairs with a contact in common, the share who know each other"
        ),
        MeasureDrawn(
            "Separate parts", str(seen.apart), "sets of two or more people who reach one another through contacts"
        ),
    )


def _blocks(found: Sequence[GroupDensity], seen: NetworkMap) -> tuple[Block, ...]:
    names = {id_: one.name for id_, one in seen.facts.groups.items()}
    return tuple(
        Block(names[one.first], names[one.second], one.pairs, one.possible, f"{one.density:.0%}")
        for one in found[:MOST_SHOWN]
    )


def _told(months: Sequence[NetworkMonth]) -> tuple[NetworkMonthDrawn, ...]:
    most = max((one.made for one in months), default=0)
    return tuple(
        NetworkMonthDrawn(one, length(one.made, most, "met", f"Introductions in {one.name}")) for one in months
    )


def _over_time(months: Sequence[NetworkMonth]) -> Markup:
    drawn = [
        ChartLine("without contact", tuple(one.isolated for one in months), "dismissed"),
        ChartLine("closure", tuple(one.closure for one in months), "accepted"),
    ]
    return lines(drawn, "By month")


def _seen(visit: Asking, group: str) -> NetworkMap:
    if visit.services.network is None:
        raise Unavailable("The network is not set up in this process.")
    return visit.services.network(visit.actor, group=group or None, now=visit.now)


@router.get("/desk/network")
def show_network(visit: Asking, group: Chosen = "") -> PageView:
    return network_page(_seen(visit, group))


@router.get("/desk/network/graph.json")
def draw_network(visit: Asking, group: Chosen = "") -> Download:
    graph = network_graph.graph(_seen(visit, group))
    return Download("network.json", "application/json", json.dumps(asdict(graph), ensure_ascii=False))


@router.get("/desk/network/network.graphml")
def take_graph(visit: Asking, group: Chosen = "") -> Download:
    return Download("network.graphml", "application/xml; charset=utf-8", network_graph.as_graphml(_seen(visit, group)))


@router.get("/desk/network/network.csv")
def take_table(visit: Asking, group: Chosen = "") -> Download:
    return Download("network.csv", "text/csv; charset=utf-8", network_graph.as_csv(_seen(visit, group)))
