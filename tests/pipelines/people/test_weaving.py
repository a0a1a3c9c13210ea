"""The simulated year keeps the product's rules and can be repeated."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from benchmarks.weaving import picture
from pipelines.evaluation import weaving
from pipelines.evaluation.weaving import LOAD_LIMIT, TASTES, Year
from tests.pipelines.people.neighbours import EMBEDDER


@pytest.fixture(scope="module")
def world() -> weaving.Invented:
    return weaving.invent(60, 4, 1, EMBEDDER)


def a_year(world: weaving.Invented, choose: weaving.MatchChooser, *, learning: bool = False) -> Year:
    return weaving.run(world, choose, TASTES["assumed"], 1, a_week=4, learning=learning)


@pytest.mark.parametrize("choose", [weaving.at_random, weaving.most_alike, weaving.matched])
def test_no_way_of_matching_asks_anybody_against_consent_again_or_too_often(
    world: weaving.Invented, choose: weaving.MatchChooser
):
    year = a_year(world, choose)
    asked = {name for name, weeks in year.asked_in.items() if weeks}
    assert asked
    assert all(world.profiles[name].open_to for name in asked)
    assert year.weeks[-1]["most_at_once"] <= LOAD_LIMIT
    assert sum(len(profile.past) for profile in year.profiles.values()) == 2 * year.asked  # no pair twice


def test_a_year_can_be_repeated_and_answers_change_what_is_suggested(world: weaving.Invented):
    once, again = a_year(world, weaving.matched, learning=True), a_year(world, weaving.matched, learning=True)
    assert once.weeks == again.weeks
    assert once.by != a_year(world, weaving.matched).by


def test_the_figure_is_svg_without_styles_or_scripts(world: weaving.Invented):
    drawn = picture({"matched": [a_year(world, weaving.at_random)]})
    assert ElementTree.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - our own
    assert drawn.count("<polyline") == 4
    assert "style" not in drawn
    assert "script" not in drawn
