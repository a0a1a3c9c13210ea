"""What a model's words cost, and how much of that an organization may spend in a day. Pure; knows no currency.

All amounts are whole micro-units, a millionth of the currency that the prices are in: a token at a price of 2.5 for a
million tokens costs 2.5 micro-units.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.values import Usage

MICRO = 1_000_000
PER_DAY = "model_budget_per_day"
"""The key in an organization's settings: an amount in the prices' currency; 0 or null is no limit."""

BUDGET_SPENT = "The day's budget for the model is spent."
SHARE_SPENT = "This learner's or group's part of the day's drafts by a model is used up."


@dataclass(frozen=True, slots=True)
class Prices:
    """Of a million tokens sent, and of a million tokens answered."""

    prompt: Decimal = Decimal(0)
    completion: Decimal = Decimal(0)

    @classmethod
    def of(cls, prompt: float, completion: float) -> Prices:
        """By the digits that somebody wrote, not by the binary number next to them."""
        return cls(Decimal(str(prompt)), Decimal(str(completion)))

    def cost(self, usage: Usage) -> int:
        """Micro-units, rounded up."""
        return math.ceil(usage.prompt_tokens * self.prompt + usage.completion_tokens * self.completion)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a model costs, and how much may be spent. `per_day` (micro-units; None: no limit) holds where an
    organization says nothing of its own. `per_person` and `per_group` are drafts in a day that a model may make on the
    work of one; 0: no limit."""

    prices: Prices = field(default_factory=Prices)
    per_day: int | None = None
    per_person: int = 0
    per_group: int = 0


def micro(amount: float) -> int | None:
    """An amount as people write it; None, no limit, for 0."""
    return max(1, math.floor(Decimal(str(amount)) * MICRO)) if amount else None


def limit(settings: Mapping[str, object], terms: Terms) -> int | None:
    """What this organization may spend in a day; None: as much as it likes.

    A setting that is not an amount does not lift the limit: then what holds for all organizations holds.
    """
    if PER_DAY not in settings:
        return terms.per_day
    amount = settings[PER_DAY]
    if amount is None:
        return None
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 <= amount < math.inf:
        return terms.per_day
    return micro(amount)


def shown(amount: int) -> str:
    """Micro-units for people: `0.0183`."""
    return f"{Decimal(amount) / MICRO:.4f}"
