"""Small statistics give what the sources that they name give, and what other implementations give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from service.domain.overview.statistics import agreement, binned, median, quantile, said_share, share_interval

DIAGNOSES = {("p", "p"): 75, ("p", "n"): 1, ("p", "o"): 4, ("n", "p"): 5, ("n", "n"): 4, ("n", "o"): 1, ("o", "o"): 10}
"""Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, table 18.1: 100 people, two raters."""


def spread(table: dict[tuple[str, str], int]) -> list[tuple[str, str]]:
    return [pair for pair, count in table.items() for _ in range(count)]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50), st.floats(0, 1))
def test_a_quantile_is_what_numpy_says(values: list[float], q: float) -> None:
    assert quantile(values, q) == pytest.approx(float(np.quantile(values, q)), rel=1e-9, abs=1e-6)


def test_a_median_is_the_middle_and_of_nothing_there_is_none() -> None:
    assert (median([3, 1, 2]), median([4, 1, 2, 3])) == (2, 2.5)
    with pytest.raises(ValueError, match="needs values"):
        median([])


def test_values_are_counted_between_edges_and_one_on_an_edge_lies_above_it() -> None:
    assert binned([0.5, 1, 1.5, 9, 10, 11], [1, 10]) == [1, 3, 2]
    assert binned([], [1, 10]) == [0, 0, 0]


def test_an_interval_of_a_share_is_wilsons() -> None:
    assert share_interval(0, 10).low == 0
    assert share_interval(0, 10).high == pytest.approx(0.2775, abs=5e-5)  # Newcombe (1998), table I, method 3
    found = share_interval(81, 263)
    assert (found.low, found.high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    with pytest.raises(ValueError, match="needs a whole"):
        share_interval(0, 0)


def test_kappa_and_its_error_are_those_of_the_published_example() -> None:
    found = agreement(spread(DIAGNOSES))
    assert (found.pairs, found.same, found.share) == (100, 89, 0.89)
    assert found.kappa == pytest.approx(0.676, abs=5e-4)
    assert found.interval is not None
    assert (found.interval.high - found.interval.low) / 2 / 1.96 == pytest.approx(0.088, abs=5e-4)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=60))
def test_kappa_is_what_another_implementation_says(pairs: list[tuple[str, str]]) -> None:
    found = agreement(pairs)
    if found.kappa is not None:
        assert found.kappa == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)))
        assert found.interval is not None
        assert -1 <= found.interval.low <= found.kappa <= found.interval.high <= 1


def test_kappa_means_nothing_where_only_one_thing_was_ever_said() -> None:
    assert agreement([]).share is None
    for pairs in ([], [("met", "met")] * 40):
        assert (agreement(pairs).kappa, agreement(pairs).interval) == (None, None)
    assert agreement([("met", "partly")] * 40).kappa == 0


def test_of_fewer_than_ten_no_share_and_no_kappa_is_told_but_their_counts() -> None:
    pairs = [("met", "met")] * 5 + [("partly", "met")] * 4
    few, more = agreement(pairs), agreement([*pairs, ("met", "partly")])
    assert (few.pairs, few.same, few.share, few.kappa, few.interval) == (9, 5, None, None, None)
    assert (more.share, more.kappa is None) == (0.5, False)
    assert (said_share(3, 4), said_share(0, 0), said_share(9, 9), said_share(6, 12)) == ("3 of 4", "", "9 of 9", "50 %")


def test_few_pairs_are_said_to_be_few() -> None:
    assert agreement([("met", "met"), ("partly", "met")] * 14).small
    assert not agreement([("met", "met"), ("partly", "met")] * 15).small
