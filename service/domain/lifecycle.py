"""The life of something that a person must approve, as one table: in which state who may do what, and where that leads.

No I/O, no clock: callers ask `step` and store what it says. Drafts, galleries and introductions are instances; what
else is to be approved is another one, and another condition (a second signature) is another state with its rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from service.domain.errors import ChangedSince, NotNow

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)
B = TypeVar("B", bound=StrEnum)

LifeRow = tuple[S, A, S, *tuple[B, ...]]
"""From where, by which act, to where, and who may bring it about."""


@dataclass(frozen=True, slots=True)
class LifeRule(Generic[S, B]):
    """An act's outcome and who may bring it about."""

    to: S
    by: frozenset[B]


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[S, A, B]):
    """One kind of thing that is approved. `a`: how a refusal names it. `first`: where it begins. `approved`: exactly
    this was approved, and the undo window is open; `undo` is the act that takes it back, and whose that is. `out`:
    those for whom it is made can see it; reached from `approved` only. `ends`: where it may rest for good; everywhere
    else somebody or something still has an act to do."""

    a: str
    first: S
    approved: S
    undo: tuple[A, B]
    out: frozenset[S]
    ends: frozenset[S]
    table: Mapping[tuple[S, A, B], LifeRule[S, B]]

    def step(self, state: S, act: A, by: B) -> S:
        """The state after `act`. Raises NotNow, naming what can be done instead."""
        rule = self.table.get((state, act, by))
        if rule is None:
            can = ", ".join(self.possible(state, by)) or "nothing"
            raise NotNow(f"{self.a} that is {state.value} cannot be changed by '{act.value}'. Possible now: {can}.")
        return rule.to

    def possible(self, state: S, by: B) -> list[str]:
        """The acts that `by` may do now, by name, in the order of the table."""
        return [act.value for (at, act, who) in self.table if at is state and who is by]


def table(rows: Iterable[LifeRow[S, A, B]]) -> dict[tuple[S, A, B], LifeRule[S, B]]:
    """The rules by state, act and who acts. Raises ValueError where two rows would decide on the same."""
    found: dict[tuple[S, A, B], LifeRule[S, B]] = {}
    for state, act, to, *by in rows:
        for who in by:
            if (state, act, who) in found:
                raise ValueError(f"Two rules for '{act.value}' by {who.value} in {state.value}.")
            found[state, act, who] = LifeRule(to, frozenset(by))
    return found


def require_seen(seen: str, present: str, otherwise: str = "") -> str:
    """The hash of what is here now. Raises ChangedSince unless it is the one that was seen."""
    if seen != present:
        raise ChangedSince(otherwise)
    return present
