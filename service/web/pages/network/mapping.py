"""The network of people: a map, the same in words and tables, and files to take along. Shows; measures nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import ClassVar
from urllib.parse import quote

from markupsafe import Markup

from service.actions.network import graph as network_graph
from service.actions.network import shown
from service.actions.network.facts import Tie
from service.actions.network.mapping import Closing, GroupDensity, Member, Near, NetworkMap, NetworkMonth, OutsideName
from service.domain.errors import Unavailable
from service.domain.overview.statistics import FEWEST, said_share
from service.web.pages.charts import ChartLine, length, lines
from service.web.pages.overview.challenge import GroupChosen
from service.web.pages.routes import pages
from service.web.pages.views import Download, PageView
from service.web.pages.visits import AskingVisit

router = pages()

MOST_SHOWN = 60


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
    """A month with its bar; shares of few in words, and none of few contacts."""

    month: NetworkMonth
    bar: Markup
    alone: str
    closed: str


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
        brokers=tuple((one, f"{share:.0%}" if len(seen.open) >= FEWEST else "some") for one, share in seen.brokers),
        bridges=seen.bridges[:MOST_SHOWN],
        isolated=seen.isolated,
        blocks=_blocks(there, seen),
        unconnected=_blocks(seen.unconnected[:10], seen),
        months=_told(seen),
        over_time=_over_time(seen),
        members=tuple((one, ", ".join(facts.groups[id_].name for id_ in one.groups)) for one in facts.members),
        most=MOST_SHOWN,
    )


def _measures(seen: NetworkMap) -> tuple[MeasureDrawn, ...]:
    n, contacts = len(seen.open), len(seen.network.pairs)
    few = contacts < FEWEST
    shares = (
        ("Density", seen.density, "of all pairs of these people, the share who are in contact"),
        ("Across groups", seen.across, "of all pairs who share no group, the share who are in contact"),
        ("Closure", seen.closure, "of all pairs with a contact in common, the share who know each other"),
    )
    dense, across, closed = (
        MeasureDrawn(name, "not yet" if few else f"{share:.1%}", f"with ten contacts or more: {what}" if few else what)
        for name, share, what in shares
    )
    return (
        MeasureDrawn("Contacts", str(contacts), "introductions to which both people said yes"),
        dense,
        across,
        MeasureDrawn("Without contact", f"{len(seen.isolated)} of {n}", "people whom no introduction has reached"),
        closed,
        MeasureDrawn(
            "Separate parts", str(seen.apart), "sets of two or more people who reach one another through contacts"
        ),
    )


def _blocks(found: Sequence[GroupDensity], seen: NetworkMap) -> tuple[Block, ...]:
    names = {id_: one.name for id_, one in seen.facts.groups.items()}
    return tuple(
        Block(names[one.first], names[one.second], one.pairs, one.possible, said_share(one.pairs, one.possible))
        for one in found[:MOST_SHOWN]
    )


def _told(seen: NetworkMap) -> tuple[NetworkMonthDrawn, ...]:
    most, people = max((one.made for one in seen.months), default=0), len(seen.open)
    bars = (length(one.made, most, "met", f"Introductions in {one.name}") for one in seen.months)
    return tuple(
        NetworkMonthDrawn(
            one, bar, said_share(round(one.isolated * people), people), f"{one.closure:.0%}" if many else ""
        )
        for one, bar, many in zip(seen.months, bars, _many(seen), strict=True)
    )


def _many(seen: NetworkMap) -> list[bool]:
    """Of each month, whether there were contacts enough by then to tell a share of them."""
    sums = accumulate(one.made for one in seen.months)
    return [count >= FEWEST for count in sums]


def _over_time(seen: NetworkMap) -> Markup:
    """Nothing where all shares are of few."""
    months, many, people = seen.months, _many(seen), len(seen.open) >= FEWEST
    if not people and not any(many):
        return Markup("")
    drawn = [
        ChartLine("without contact", tuple(one.isolated if people else None for one in months), "dismissed"),
        ChartLine(
            "closure", tuple(one.closure if on else None for one, on in zip(months, many, strict=True)), "accepted"
        ),
    ]
    return lines(drawn, "By month")


def _seen(visit: AskingVisit, group: str) -> NetworkMap:
    if visit.services.network is None:
        raise Unavailable("The network is not set up in this process.")
    return visit.services.network(visit.actor, group=group or None, now=visit.now)


@router.get("/desk/network")
def show_network(visit: AskingVisit, group: GroupChosen = "") -> PageView:
    return network_page(_seen(visit, group))


@router.get("/desk/network/graph.json")
def draw_network(visit: AskingVisit, group: GroupChosen = "") -> Download:
    seen = _seen(visit, group)
    visit.disclose(shown.taken(visit.actor, seen, now=visit.now))
    graph = network_graph.graph(seen)
    return Download("network.json", "application/json", json.dumps(asdict(graph), ensure_ascii=False))


@router.get("/desk/network/network.graphml")
def take_graph(visit: AskingVisit, group: GroupChosen = "") -> Download:
    return Download("network.graphml", "application/xml; charset=utf-8", network_graph.as_graphml(_taken(visit, group)))


@router.get("/desk/network/network.csv")
def take_table(visit: AskingVisit, group: GroupChosen = "") -> Download:
    return Download("network.csv", "text/csv; charset=utf-8", network_graph.as_csv(_taken(visit, group)))


def _taken(visit: AskingVisit, group: str) -> NetworkMap:
    seen = _seen(visit, group)
    visit.disclose(shown.taken(visit.actor, seen))
    return seen
