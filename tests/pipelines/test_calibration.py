"""Pieces to judge first are chosen for spread, the same each time, and each with a reason that is true."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.calibration import CalibrationWork, choose
from pipelines.looked_at import CalibrationReason

ALL, TYPICAL, LONGEST, SHORTEST, UNLIKE, APART, LEFT = CalibrationReason


def work(id_: str, words: int, *towards: float) -> CalibrationWork:
    vector = np.array([1.0, *towards, *[0.0] * (5 - len(towards))], np.float32)
    return CalibrationWork(id_, words, vector / np.linalg.norm(vector))


def several() -> list[CalibrationWork]:
    return [
        work("middle", 95, 0.0, 0.3, 0.3),
        work("a", 90, 0.6, 0.5, 0.0),
        work("b", 130, -0.9, 0.4, 1.2),
        work("c", 110, 0.5, 0.1, 0.5),
        work("long", 420, 0.1, 0.7, 0.7),
        work("short", 30, 0.2, 0.7, 0.3),
        work("other", 100, -2.0, -1.0, 3.0),
    ]


def test_the_typical_piece_comes_first_and_then_those_farthest_from_what_is_chosen() -> None:
    chosen = choose(several(), 4)
    assert (chosen[0].id, chosen[0].reason) == ("middle", TYPICAL)
    assert {(one.id, one.reason) for one in chosen[1:]} == {("long", LONGEST), ("short", SHORTEST), ("other", UNLIKE)}


def test_the_order_in_which_work_is_given_makes_no_difference() -> None:
    assert choose(several()[::-1], 3) == choose(several(), 3)


def test_a_longest_or_shortest_that_is_not_the_only_one_is_not_called_so() -> None:
    works = [*several(), work("long too", 420, 0.9, 0.1, 0.1)]
    assert LONGEST not in {one.reason for one in choose(works, 5)}


def test_of_near_copies_one_is_chosen_and_of_what_says_next_to_nothing_none_while_there_are_others() -> None:
    works = [work("a", 50, 1.0), work("a again", 52, 1.01), work("b", 60, 0.0, 1.0), work("empty", 3, 0.0, 0.0, 1.0)]
    chosen = {one.id for one in choose(works, 2)}
    assert len(chosen) == 2
    assert "b" in chosen
    assert "empty" not in chosen


def test_where_different_works_do_not_fill_the_room_short_ones_do_and_then_copies() -> None:
    works = [work("a", 50, 1.0), work("a again", 52, 1.01), work("b", 60, 0.0, 1.0), work("few", 3, 0.0, 0.0, 1.0)]
    assert [(one.id, one.reason) for one in choose(works, 3)][2:] == [("few", LEFT)]
    assert {one.id for one in choose(works, 4)} == {"a", "a again", "b", "few"}
    assert {one.reason for one in choose(works, 4)} == {ALL}


def test_of_short_works_the_longest_is_chosen_and_of_copies_as_many_as_are_wanted() -> None:
    short = [work(f"short {words}", words, float(words)) for words in (3, 5, 4)]
    assert [one.id for one in choose(short, 1)] == ["short 5"]
    assert len(choose([work(f"copy {number}", 50, 1.0) for number in range(9)], 3)) == 3


def test_what_is_kept_counts_and_others_are_chosen_away_from_it() -> None:
    chosen = choose(several(), 3, kept=["long", "middle"])
    assert [one.id for one in chosen] == ["short"] or [one.id for one in chosen] == ["other"]
    assert choose(several(), 3, kept=["long", "middle", "short"]) == ()


def test_a_near_copy_of_what_is_kept_is_not_chosen_while_there_are_others() -> None:
    works = [work("kept", 50, 1.0), work("copy", 50, 1.0), work("b", 60, 0.0, 1.0)]
    assert [one.id for one in choose(works, 2, kept=["kept"])] == ["b"]
    assert [one.id for one in choose(works, 3, kept=["kept"])] == ["b", "copy"]


def test_where_there_are_no_more_all_are_chosen_and_nothing_else_is_said_of_them() -> None:
    assert [one.reason for one in choose(several()[:3], 3)] == [ALL] * 3


@pytest.mark.parametrize("works", [[], [work("only", 40, 1.0)]])
def test_of_nothing_or_one_there_is_little_to_choose(works: list[CalibrationWork]) -> None:
    assert [one.id for one in choose(works, 3)] == [one.id for one in works]
