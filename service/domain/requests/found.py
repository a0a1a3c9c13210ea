"""The life of a piece of others' work that was found for a request. Pure.

Nothing of it is shown to whoever asked before a facilitator lets it: SHOWN is reached only through APPROVED.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from service.domain.lifecycle import Lifecycle, table


class FoundWorkState(StrEnum):
    """Where it is."""

    FOUND = "found"  # a facilitator decides
    APPROVED = "approved"  # exactly this, and the undo window is open
    SHOWN = "shown"  # whoever asked can read it
    KEPT_BACK = "kept_back"  # a facilitator decided against it, or took it back


class FoundWorkAct(StrEnum):
    """What can happen to it."""

    APPROVE = "approve"
    UNDO = "undo"
    RECONSIDER = "reconsider"  # it may not be shown any more, or reads otherwise by now
    SHOW = "show"
    KEEP_BACK = "keep_back"


class FoundWorkActor(StrEnum):
    """Who acts."""

    FACILITATOR = "facilitator"
    CLOCK = "clock"


_PERSON, _CLOCK = FoundWorkActor.FACILITATOR, FoundWorkActor.CLOCK

LIFE: Final[Lifecycle[FoundWorkState, FoundWorkAct, FoundWorkActor]] = Lifecycle(
    a="Work that was found",
    first=FoundWorkState.FOUND,
    approved=FoundWorkState.APPROVED,
    undo=(FoundWorkAct.UNDO, FoundWorkActor.FACILITATOR),
    out=frozenset({FoundWorkState.SHOWN}),
    ends=frozenset({FoundWorkState.SHOWN, FoundWorkState.KEPT_BACK}),
    table=table(
        (
            (FoundWorkState.FOUND, FoundWorkAct.APPROVE, FoundWorkState.APPROVED, _PERSON),
            (FoundWorkState.FOUND, FoundWorkAct.KEEP_BACK, FoundWorkState.KEPT_BACK, _PERSON),
            (FoundWorkState.APPROVED, FoundWorkAct.UNDO, FoundWorkState.FOUND, _PERSON),
            (FoundWorkState.APPROVED, FoundWorkAct.RECONSIDER, FoundWorkState.FOUND, _CLOCK),
            (FoundWorkState.APPROVED, FoundWorkAct.SHOW, FoundWorkState.SHOWN, _CLOCK),
            (FoundWorkState.SHOWN, FoundWorkAct.KEEP_BACK, FoundWorkState.KEPT_BACK, _PERSON),
            (FoundWorkState.KEPT_BACK, FoundWorkAct.APPROVE, FoundWorkState.APPROVED, _PERSON),
        )
    ),
)

step, possible = LIFE.step, LIFE.possible
