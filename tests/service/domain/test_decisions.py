"""Shares come out as they were asked for, the same each time, and nobody gets what they may not have."""

from __future__ import annotations

from collections import Counter

from service.domain.decisions import shared_out

ALL = ("ana", "ben", "cleo")
ITEMS = [f"d{number}" for number in range(12)]
ANYBODY = dict.fromkeys(ITEMS, ALL)


def test_shares_of_two_one_and_one_come_out_so_and_the_same_each_time() -> None:
    given = shared_out(ITEMS, {"ana": 2, "ben": 1, "cleo": 1}, ANYBODY)
    assert Counter(given.values()) == {"ana": 6, "ben": 3, "cleo": 3}
    assert list(given) == ITEMS
    assert given == shared_out(ITEMS, {"ana": 2, "ben": 1, "cleo": 1}, ANYBODY)


def test_what_somebody_has_counts_as_part_of_their_share() -> None:
    given = shared_out(ITEMS[:6], {"ana": 1, "ben": 1}, ANYBODY, has={"ana": 4})
    assert Counter(given.values()) == {"ben": 5, "ana": 1}


def test_what_few_may_have_goes_to_them_first_and_what_nobody_may_have_is_left() -> None:
    may = {**ANYBODY, "d11": ("cleo",), "d10": ()}
    given = shared_out(ITEMS, dict.fromkeys(ALL, 1), may)
    assert given["d11"] == "cleo"
    assert "d10" not in given
    assert sorted(Counter(given.values()).values()) == [3, 4, 4]
