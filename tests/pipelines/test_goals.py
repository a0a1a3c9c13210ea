"""Goals are read where a document calls something a goal, at their place, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.goals import MOST_GOALS, read


def titles(text: str) -> list[str]:
    return [goal.title for goal in read(text)]


def test_a_heading_that_begins_as_a_goal_is_one_with_the_paragraph_below() -> None:
    text = "# Plan\n\n## Now\n\nSo far.\n\n## Goal 1: Open doors\n\nEvery door.\nOpen.\n\nMore words.\n\n## End\n"
    (goal,) = read(text)
    assert goal.title == "Goal 1: Open doors"
    assert text[goal.start : goal.end] == goal.text == "## Goal 1: Open doors\n\nEvery door.\nOpen."
    assert goal.said == "Goal 1: Open doors\nEvery door.\nOpen."


def test_items_and_headings_below_goals_are_goals_and_those_of_other_sections_are_not() -> None:
    listed = "# Plan\n\n## Our goals\n\nTwo:\n\n1. **Walk** more\n   - by foot\n2. Read more\n\n## Food\n\n- Soup\n"
    assert titles(listed) == ["Walk more", "Read more"]
    headed = "# Strategic goals 2026\n\n## Water\n\nLess of it.\n\n- a detail\n\n### Taps\n\n## Air\n\nCleaner.\n"
    assert titles(headed) == ["Water", "Air"]


def test_plain_text_and_german_are_read_as_well() -> None:
    text = "Goal 1: sing more.\nEvery day.\n\nGoal keepers are needed.\n\nZiel 2: mehr lesen"
    assert titles(text) == ["Goal 1: sing more.", "Ziel 2: mehr lesen"]
    assert titles("## Ziele\n\n* Öfter singen\n") == ["Öfter singen"]


@pytest.mark.parametrize(
    "text", ["", "# Handbook\n\nOur goal is to help.\n", "## Goals\n", "## Goalkeeping\n\nDive.\n", "- Goal\n- Aim\n"]
)
def test_what_no_heading_calls_a_goal_is_none(text: str) -> None:
    assert read(text) == []


def test_a_long_list_ends_somewhere() -> None:
    assert len(read("## Goals\n\n" + "".join(f"- Goal number {n} sings\n" for n in range(500)))) == MOST_GOALS


_LINES = st.sampled_from(
    [
        "# Goals",
        "## Goal 1: x",
        "### Aims",
        "- item",
        "  - deeper",
        "1. first",
        "words",
        "",
        "> Goal 2: y",
        "\r\n",
        "```",
    ]
)


@given(st.lists(_LINES | st.text(max_size=12), max_size=25).map("\n".join))
def test_whatever_is_read_stands_there_verbatim_in_order_and_apart(text: str) -> None:
    at = 0
    for goal in read(text):
        assert text[goal.start : goal.end] == goal.text
        assert goal.text.strip() == goal.text != ""
        assert at <= goal.start < goal.end
        at = goal.end
