"""What makes two wordings the same goal, what follows from a decision, and how months are counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from service.domain.errors import NotNow
from service.domain.goals import (
    ConfirmedPiece,
    EvidenceAct,
    EvidenceStanding,
    GoalWording,
    decided,
    holds_goals,
    key,
    months,
    successors,
)


def test_case_marks_and_layout_make_no_other_goal_and_a_word_does() -> None:
    assert key("Goal 1: Doors", "Open, all of them.") == key("goal 1 – DOORS", "**Open**\nall of them")
    assert key("Goal 1: Doors", "Open all of them.") != key("Goal 1: Doors", "Open most of them.")


def test_a_goal_follows_the_one_with_its_title_or_most_of_its_words_and_no_two_follow_one() -> None:
    gone = [
        GoalWording("a", "Goal 1: Doors", "Open all doors."),
        GoalWording("b", "Goal 2: Sea", "Swim each day in the sea."),
    ]
    new = [
        GoalWording("x", "Goal 1: Doors", "Something else altogether."),
        GoalWording("y", "Goal 2: The sea", "Swim each week in the sea."),
        GoalWording("z", "Goal 9: Cats", "Feed them."),
        GoalWording("w", "Goal 1: Doors", "Open all doors, twice."),
    ]
    found = successors(new, gone)
    assert found["y"] == "b"
    assert "z" not in found
    assert sorted(found.values()) == ["a", "b"]


@pytest.mark.parametrize("standing", list(EvidenceStanding))
@pytest.mark.parametrize("act", list(EvidenceAct))
def test_only_what_is_open_is_decided_and_only_what_is_decided_is_undone(
    standing: EvidenceStanding, act: EvidenceAct
) -> None:
    if (act is EvidenceAct.UNDO) == (standing is EvidenceStanding.OFFERED):
        with pytest.raises(NotNow):
            decided(standing, act)
    else:
        after = {
            EvidenceAct.CONFIRM: EvidenceStanding.CONFIRMED,
            EvidenceAct.DISMISS: EvidenceStanding.DISMISSED,
            EvidenceAct.UNDO: EvidenceStanding.OFFERED,
        }
        assert decided(standing, act) is after[act]


def test_months_without_a_piece_are_there_also_over_a_new_year() -> None:
    pieces = [ConfirmedPiece("g", "c", datetime(2026, month, 3, tzinfo=UTC)) for month in (11, 11)]
    pieces.append(ConfirmedPiece("g", "c", datetime(2027, 1, 31, 23, 59, tzinfo=UTC)))
    assert [(one.name, one.pieces) for one in months(pieces)] == [("2026-11", 2), ("2026-12", 0), ("2027-01", 1)]
    assert months([]) == ()


def test_the_tag_is_read_in_any_case_and_nothing_else_is_a_plan() -> None:
    assert holds_goals(["families", " Strategy "])
    assert not holds_goals(["strategic", "open-doors"])
