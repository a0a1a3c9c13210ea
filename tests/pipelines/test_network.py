"""Measures of the network equal networkx's; maps and exports are the same every time and safe to open."""

from __future__ import annotations

import csv
import io
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import network
from pipelines.network import Network
from tests.budget import examples

PEOPLE = [f"p{number:02}" for number in range(9)]
PAIRS = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=22)


def both(pairs: list[tuple[str, str]]) -> tuple[Network, nx.Graph]:
    ours = Network.of(PEOPLE, pairs)
    theirs = nx.Graph(list(ours.pairs))
    theirs.add_nodes_from(PEOPLE)
    return ours, theirs


@settings(max_examples=examples(50, 500))
@given(PAIRS)
def test_every_measure_is_what_networkx_says(pairs: list[tuple[str, str]]):
    ours, theirs = both(pairs)
    assert network.density(ours) == pytest.approx(nx.density(theirs))
    assert network.closure(ours) == pytest.approx(nx.transitivity(theirs))
    assert network.isolates(ours) == sorted(nx.isolates(theirs))
    assert network.betweenness(ours) == pytest.approx(nx.betweenness_centrality(theirs))
    assert network.bridges(ours) == sorted((min(pair), max(pair)) for pair in nx.bridges(theirs))
    assert sorted(map(set, network.parts(ours)), key=sorted) == sorted(nx.connected_components(theirs), key=sorted)


@settings(max_examples=examples(40, 500))
@given(PAIRS, st.dictionaries(st.sampled_from(PEOPLE), st.frozensets(st.sampled_from("xyz"), max_size=2)))
def test_density_of_groups_counts_each_pair_of_people_once(pairs: list[tuple[str, str]], groups: dict):
    ours, theirs = both(pairs)
    for found in network.group_densities(ours, groups):
        possible = {
            frozenset(pair)
            for pair in combinations(PEOPLE, 2)
            if any(
                found.first in groups.get(a, ()) and found.second in groups.get(b, ()) for a, b in (pair, pair[::-1])
            )
        }
        assert found.possible == len(possible)
        assert found.pairs == sum(theirs.has_edge(*pair) for pair in map(tuple, possible))
    apart = [pair for pair in combinations(PEOPLE, 2) if not groups.get(pair[0], set()) & groups.get(pair[1], set())]
    there = sum(theirs.has_edge(*pair) for pair in apart)
    assert network.across_density(ours, groups) == pytest.approx(there / len(apart) if apart else 0)


@given(PAIRS)
def test_each_open_triangle_would_be_closed_by_one_introduction(pairs: list[tuple[str, str]]):
    ours, theirs = both(pairs)
    found = network.open_triangles(ours, limit=1000)
    open_to = [pair for pair in combinations(PEOPLE, 2) if not theirs.has_edge(*pair)]
    assert {pair for pair, _ in found} == {(a, b) for a, b in open_to if set(theirs[a]) & set(theirs[b])}
    assert all(set(through) == set(theirs[one]) & set(theirs[other]) for (one, other), through in found)
    assert [len(through) for _, through in found] == sorted(len(through) for _, through in found)


def test_the_broker_stands_between_two_teams():
    pairs = [*combinations(PEOPLE[:4], 2), *combinations(PEOPLE[5:], 2), (PEOPLE[3], PEOPLE[4]), (PEOPLE[4], PEOPLE[5])]
    assert network.brokers(Network.of(PEOPLE, pairs), 1)[0][0] == PEOPLE[4]


@settings(max_examples=examples(15, 150))
@given(PAIRS)
def test_a_map_is_the_same_every_time_and_within_its_frame(pairs: list[tuple[str, str]]):
    once = network.positions(Network.of(PEOPLE, pairs))
    assert once == network.positions(Network.of(reversed(PEOPLE), [(b, a) for a, b in reversed(pairs)]))
    assert set(once) == set(PEOPLE)
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in once.values())
    assert len(set(once.values())) == len(PEOPLE)


def test_contacts_are_drawn_nearer_than_strangers():
    pairs = [*combinations(PEOPLE[:4], 2), *combinations(PEOPLE[4:], 2)]
    at = network.positions(Network.of(PEOPLE, pairs))

    def mean(of: list[tuple[str, str]]) -> float:
        return sum(((at[a][0] - at[b][0]) ** 2 + (at[a][1] - at[b][1]) ** 2) ** 0.5 for a, b in of) / len(of)

    strangers = [pair for pair in combinations(PEOPLE, 2) if pair not in pairs]
    assert mean(pairs) < mean(strangers) / 1.5


def test_an_empty_network_has_no_map_and_one_person_stands_in_the_middle():
    assert network.positions(Network.of([], [])) == {}
    assert network.positions(Network.of(["amara"], [])) == {"amara": (0.5, 0.5)}


def test_graphml_is_read_by_others_whatever_the_names_hold():
    names = {"p1": {"name": 'Ngũgĩ & <b>"Ana"</b>\x00'}, "p2": {"name": "李"}}
    read = nx.parse_graphml(network.graphml(Network.of(["p1", "p2"], [("p2", "p1")]), names))
    assert set(read.edges) == {("p1", "p2")}
    assert read.nodes["p1"]["name"] == 'Ngũgĩ & <b>"Ana"</b>�'
    assert read.nodes["p2"]["name"] == "李"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\ufeff=1", "\r=1", "\n=1"])
def test_no_cell_is_read_as_a_formula(text: str):
    cell = next(csv.reader(io.StringIO(network.table(["name"], [[text]]).partition("\r\n")[2], newline="")))[0]
    assert cell == f"'{text}"


def test_numbers_and_ordinary_words_are_left_alone():
    assert network.table(["name", "share"], [["Ana, Li", -0.5]]) == 'name,share\r\n"Ana, Li",-0.5\r\n'
