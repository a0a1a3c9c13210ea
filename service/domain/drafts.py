"""The life of one draft, as a table and one function. No I/O, no clock: callers ask `step` and store what it says.

A draft reaches RELEASED only through APPROVED, and every act that changes its text leads away from APPROVED, so no text
is released that a facilitator has not approved. WITHDRAWN absorbs: nothing leads out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.domain.errors import NotNow


class State(StrEnum):
    """Where a draft is."""

    WAITING = "waiting"  # for the machine
    DRAFTING = "drafting"  # the machine is at it
    READY = "ready"  # a facilitator decides
    STUCK = "stuck"  # no draft could be made; a facilitator writes, redrafts or declines
    APPROVED = "approved"  # exactly this text, and the undo window is open
    RELEASED = "released"  # the learner can read it
    DECLINED = "declined"  # a facilitator decided to give no feedback
    RETRACTED = "retracted"  # was released, taken back
    SUPERSEDED = "superseded"  # the learner handed in a later revision first
    WITHDRAWN = "withdrawn"  # the learner took the submission back


class Act(StrEnum):
    """What can happen to a draft."""

    BEGIN = "begin"
    REQUEUE = "requeue"
    FINISH = "finish"
    FAIL = "fail"
    REVISE = "revise"  # accept, edit, dismiss or add a point; change the summary
    WRITE = "write"  # a person takes over and writes by hand
    APPROVE = "approve"
    UNDO = "undo"
    RELEASE = "release"
    DECLINE = "decline"
    REOPEN = "reopen"
    REDRAFT = "redraft"
    RETRACT = "retract"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


class By(StrEnum):
    """Who acts."""

    MACHINE = "machine"
    FACILITATOR = "facilitator"
    AUTHOR = "author"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Rule:
    """An act's outcome and who may bring it about."""

    to: State
    by: frozenset[By]


def _rule(to: State, *by: By) -> Rule:
    return Rule(to, frozenset(by))


_MACHINE, _PERSON, _AUTHOR, _CLOCK = By.MACHINE, By.FACILITATOR, By.AUTHOR, By.CLOCK
_OPEN = (State.WAITING, State.DRAFTING, State.READY, State.STUCK, State.DECLINED)  # nothing was said to the learner yet
_ALIVE = (*_OPEN, State.APPROVED, State.RELEASED, State.RETRACTED, State.SUPERSEDED)

TABLE: dict[tuple[State, Act], Rule] = {
    (State.WAITING, Act.BEGIN): _rule(State.DRAFTING, _MACHINE),
    (State.WAITING, Act.FAIL): _rule(State.STUCK, _MACHINE),
    (State.WAITING, Act.WRITE): _rule(State.READY, _PERSON),
    (State.WAITING, Act.DECLINE): _rule(State.DECLINED, _PERSON),
    (State.DRAFTING, Act.REQUEUE): _rule(State.WAITING, _MACHINE),
    (State.DRAFTING, Act.FINISH): _rule(State.READY, _MACHINE),
    (State.DRAFTING, Act.FAIL): _rule(State.STUCK, _MACHINE),
    (State.DRAFTING, Act.WRITE): _rule(State.READY, _PERSON),
    (State.DRAFTING, Act.DECLINE): _rule(State.DECLINED, _PERSON),
    (State.READY, Act.REVISE): _rule(State.READY, _PERSON),
    (State.READY, Act.APPROVE): _rule(State.APPROVED, _PERSON),
    (State.READY, Act.DECLINE): _rule(State.DECLINED, _PERSON),
    (State.READY, Act.REDRAFT): _rule(State.WAITING, _PERSON),
    (State.STUCK, Act.WRITE): _rule(State.READY, _PERSON),
    (State.STUCK, Act.REDRAFT): _rule(State.WAITING, _PERSON),
    (State.STUCK, Act.DECLINE): _rule(State.DECLINED, _PERSON),
    (State.APPROVED, Act.UNDO): _rule(State.READY, _PERSON),
    (State.APPROVED, Act.RELEASE): _rule(State.RELEASED, _PERSON, _CLOCK),
    (State.RELEASED, Act.RETRACT): _rule(State.RETRACTED, _PERSON),
    (State.DECLINED, Act.REOPEN): _rule(State.READY, _PERSON),
    (State.DECLINED, Act.REDRAFT): _rule(State.WAITING, _PERSON),
    (State.RETRACTED, Act.REOPEN): _rule(State.READY, _PERSON),
    (State.RETRACTED, Act.REDRAFT): _rule(State.WAITING, _PERSON),
    (State.SUPERSEDED, Act.WRITE): _rule(State.READY, _PERSON),  # an earlier revision may still be worth a word
    **{(state, Act.SUPERSEDE): _rule(State.SUPERSEDED, _AUTHOR) for state in _OPEN},
    **{(state, Act.WITHDRAW): _rule(State.WITHDRAWN, _AUTHOR) for state in _ALIVE},
    (State.WITHDRAWN, Act.WITHDRAW): _rule(State.WITHDRAWN, _AUTHOR),
}

ENDS = frozenset({State.RELEASED, State.SUPERSEDED, State.WITHDRAWN})
"""Where a draft may rest for good. Everywhere else somebody or something still has an act to do."""


def step(state: State, act: Act, by: By) -> State:
    """The state after `act`. Raises NotNow, naming what can be done instead."""
    rule = TABLE.get((state, act))
    if rule is None or by not in rule.by:
        can = ", ".join(possible(state, by)) or "nothing"
        raise NotNow(f"A draft that is {state.value} cannot be changed by '{act.value}'. Possible now: {can}.")
    return rule.to


def possible(state: State, by: By) -> list[str]:
    """The acts that `by` may do now, by name, in the order of the table."""
    return [act.value for (at, act), rule in TABLE.items() if at is state and by in rule.by]
