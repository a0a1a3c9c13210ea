"""The network shows whom a role may see, counts introductions of two yeses alone, and keeps to consent everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.values import AI
from service.actions.network import facts
from service.actions.network import graph as network_graph
from service.actions.network.mapping import NetworkMap
from service.actions.people import register
from service.domain.errors import NotAllowed, NotFound
from service.domain.introductions import LOAD_WINDOW
from service.domain.visibility import ShowWork
from service.jobs.network import charting
from tests.service.actions.introductions.gathering import embed, introduced
from tests.service.actions.introductions.village import LEARNERS, TEXTS, Village, settle
from tests.statements import count


def drawn(village: Village, who: str = "ines", group: str | None = None) -> NetworkMap:
    return charting(village.sessions)(village.actor(who), group=group, now=village.now)


def names(seen: NetworkMap) -> set[str]:
    return {one.external_id for one in seen.facts.members}


def everything(seen: NetworkMap) -> str:
    """Every word that a map or a file would show."""
    graph = network_graph.graph(seen)
    return f"{graph}{network_graph.as_csv(seen)}{network_graph.as_graphml(seen)}{seen.near}{seen.could}{seen.isolated}"


def test_two_yeses_make_a_contact_and_one_more_introduction_would_close_a_triangle(village: Village) -> None:
    introduced(village, "amara", "lin")
    introduced(village, "lin", "yusuf")
    village.answer(village.asked("noor", "tiago"), "noor", True)  # one yes is no contact
    seen = drawn(village)
    assert len(seen.network.pairs) == 2
    assert [{one.first.external_id, one.second.external_id} for one in seen.could] == [{"amara", "yusuf"}]
    assert [one.external_id for one in seen.could[0].through] == ["lin"]
    assert {one.external_id for one in seen.isolated} == {"noor", "tiago"}
    assert [one.external_id for one, _ in seen.brokers] == ["lin"]
    assert len(seen.bridges) == 2
    assert seen.density == pytest.approx(2 / 10)
    assert seen.across == pytest.approx(2 / 6)  # of the pairs of north and south
    assert (seen.months[-1].made, seen.months[-1].isolated) == (2, pytest.approx(2 / 5))


def test_a_no_is_not_told_and_its_pair_is_not_suggested_again(village: Village) -> None:
    introduced(village, "amara", "lin")
    introduced(village, "lin", "yusuf")
    village.now += 2 * LOAD_WINDOW
    village.answer(village.asked("amara", "yusuf"), "yusuf", False)
    seen = drawn(village)
    assert len(seen.network.pairs) == 2
    assert seen.could == ()


def test_a_facilitator_sees_the_own_groups_a_coordinator_all_a_learner_nothing(village: Village) -> None:
    introduced(village, "amara", "lin")
    assert names(drawn(village, "ines")) == set(LEARNERS)
    north = drawn(village, "lena")
    assert names(north) == {"amara", "yusuf"}
    assert (north.network.pairs, north.facts.outward) == ((), 1)
    assert not any(name in everything(north) for name in ("lin", "Lin Tester", "noor", "tiago"))
    assert names(drawn(village, "ines", "south")) == {"lin", "noor", "tiago"}
    with pytest.raises(NotFound):
        drawn(village, "lena", "south")
    with pytest.raises(NotAllowed):
        drawn(village, "amara")


def test_another_organization_is_not_in_it(village: Village) -> None:
    other = settle(village.sessions, "oakfield")
    introduced(other, "amara", "lin")
    seen = drawn(village)
    assert len(seen.facts.members) == len(LEARNERS)
    assert seen.network.pairs == ()
    with other.sessions.writing() as session:
        register.put_group(session, other.platform, "only-there", name="Only there", parent=None, now=other.now)
    with pytest.raises(NotFound):
        drawn(village, "ines", "only-there")


def test_people_are_near_by_all_work_that_may_be_used(village: Village, tmp_path: Path) -> None:
    embed(village, tmp_path)
    near = drawn(village).near
    assert near
    assert "tiago" not in {person for one in near for person in (one.first.external_id, one.second.external_id)}


REFUSALS = (
    {"show_work": ShowWork.WITH_NAME, "introduce": False, "ai": AI.LOCAL},
    {"show_work": ShowWork.WITH_NAME, "introduce": True, "ai": AI.NONE},
)


@pytest.mark.parametrize("wish", REFUSALS, ids=("no introductions", "no machines"))
def test_who_says_no_is_in_no_tie_map_measure_suggestion_or_file(
    hamlet: Village, tmp_path: Path, wish: dict[str, object]
) -> None:
    person = "lin"
    introduced(hamlet, "amara", "lin")
    introduced(hamlet, "lin", "yusuf")
    embed(hamlet, tmp_path)
    before = everything(drawn(hamlet))
    assert f"person:{person}" in before
    assert f"{person.title()} Tester" in before
    hamlet.allow(person, **wish)
    seen = drawn(hamlet)
    assert person in names(seen)  # a facilitator still sees who learns in the group
    assert f"person:{person}" not in everything(seen)
    assert f"{person.title()} Tester" not in everything(seen)
    assert seen.closed == 1
    assert len(seen.network.people) == len(LEARNERS) - 1


def test_no_words_of_anybodys_work_leave_with_the_network(hamlet: Village, tmp_path: Path) -> None:
    embed(hamlet, tmp_path)
    told = everything(drawn(hamlet))
    assert not any(text[:20] in told for text in TEXTS.values())


def test_the_graph_is_the_same_every_time_and_every_edge_has_its_ends(hamlet: Village, tmp_path: Path) -> None:
    introduced(hamlet, "amara", "lin")
    embed(hamlet, tmp_path)
    graph = network_graph.graph(drawn(hamlet))
    assert graph == network_graph.graph(drawn(hamlet))
    ids = {node.id for node in graph.nodes}
    assert {"person:amara", "group:north", "challenge:observe"} <= ids
    assert all({edge.source, edge.target} <= ids for edge in graph.edges)
    assert all(0 <= node.x <= 1 and 0 <= node.y <= 1 for node in graph.nodes)
    assert json.dumps([edge.kind for edge in graph.edges if edge.source == "person:amara"])


def test_statements_do_not_grow_with_people(hamlet: Village) -> None:
    def asked() -> int:
        actor = hamlet.actor("ines")
        with hamlet.sessions.reading() as session:
            return count(session, lambda: facts.gather(session, actor))

    few = asked()
    introduced(hamlet, "amara", "lin")
    introduced(hamlet, "noor", "yusuf")
    assert asked() == few
