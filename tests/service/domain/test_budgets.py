"""Prices, amounts and limits, to the last micro-unit."""

from __future__ import annotations

import math

import pytest

from pipelines.values import Usage
from service.domain.budgets import PER_DAY, Prices, Terms, limit, micro, shown

TERMS = Terms(Prices.of(0.15, 0.6), per_day=2_000_000)


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (Usage(), 0),
        (Usage(1000, 0), 150),
        (Usage(0, 1000), 600),
        (Usage(1, 0), 1),  # rounded up: a cost is never booked as nothing
        (Usage(1_000_000, 1_000_000), 750_000),
    ],
)
def test_a_cost_is_exact_and_rounded_up_to_a_whole_micro_unit(usage: Usage, cost: int) -> None:
    assert TERMS.prices.cost(usage) == cost


def test_prices_are_taken_by_the_digits_that_were_written() -> None:
    assert Prices.of(0.1, 0).cost(Usage(3_000_000, 0)) == 300_000  # binary 0.1 would make it one more


@pytest.mark.parametrize(("amount", "units"), [(0, None), (0.5, 500_000), (3, 3_000_000), (1e-9, 1)])
def test_nought_is_no_limit_and_the_smallest_amount_is_one(amount: float, units: int | None) -> None:
    assert micro(amount) == units


def test_an_organizations_own_limit_goes_before_the_one_for_all() -> None:
    assert limit({}, TERMS) == 2_000_000
    assert limit({PER_DAY: 0.25}, TERMS) == 250_000
    assert limit({PER_DAY: 0}, TERMS) is None
    assert limit({PER_DAY: None}, TERMS) is None


@pytest.mark.parametrize("nonsense", ["5", -1, True, [], math.nan, math.inf])
def test_a_limit_that_is_not_an_amount_does_not_lift_the_limit(nonsense: object) -> None:
    assert limit({PER_DAY: nonsense}, TERMS) == 2_000_000


def test_amounts_are_shown_in_the_currency() -> None:
    assert shown(18_300) == "0.0183"
