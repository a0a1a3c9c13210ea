"""The life of one draft, as a table and one function. No I/O, no clock: callers ask `step` and store what it says.

A draft reaches RELEASED only through APPROVED, and every act that changes its text leads away from APPROVED, so no text
is released that a facilitator has not approved. WITHDRAWN absorbs: nothing leads out of it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from service.domain.lifecycle import Lifecycle, table


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


_MACHINE, _PERSON, _AUTHOR, _CLOCK = By.MACHINE, By.FACILITATOR, By.AUTHOR, By.CLOCK
_OPEN = (State.WAITING, State.DRAFTING, State.READY, State.STUCK, State.DECLINED)  # nothing was said to the learner yet

LIFE: Final[Lifecycle[State, Act, By]] = Lifecycle(
    a="A draft",
    first=State.WAITING,
    approved=State.APPROVED,
    out=frozenset({State.RELEASED}),
    ends=frozenset({State.RELEASED, State.SUPERSEDED, State.WITHDRAWN}),
    table=table(
        (
            (State.WAITING, Act.BEGIN, State.DRAFTING, _MACHINE),
            (State.WAITING, Act.FAIL, State.STUCK, _MACHINE),
            (State.WAITING, Act.WRITE, State.READY, _PERSON),
            (State.WAITING, Act.DECLINE, State.DECLINED, _PERSON),
            (State.DRAFTING, Act.REQUEUE, State.WAITING, _MACHINE),
            (State.DRAFTING, Act.FINISH, State.READY, _MACHINE),
            (State.DRAFTING, Act.FAIL, State.STUCK, _MACHINE),
            (State.DRAFTING, Act.WRITE, State.READY, _PERSON),
            (State.DRAFTING, Act.DECLINE, State.DECLINED, _PERSON),
            (State.READY, Act.REVISE, State.READY, _PERSON),
            (State.READY, Act.APPROVE, State.APPROVED, _PERSON),
            (State.READY, Act.DECLINE, State.DECLINED, _PERSON),
            (State.READY, Act.REDRAFT, State.WAITING, _PERSON),
            (State.STUCK, Act.WRITE, State.READY, _PERSON),
            (State.STUCK, Act.REDRAFT, State.WAITING, _PERSON),
            (State.STUCK, Act.DECLINE, State.DECLINED, _PERSON),
            (State.APPROVED, Act.UNDO, State.READY, _PERSON),
            (State.APPROVED, Act.RELEASE, State.RELEASED, _PERSON, _CLOCK),
            (State.RELEASED, Act.RETRACT, State.RETRACTED, _PERSON),
            (State.DECLINED, Act.REOPEN, State.READY, _PERSON),
            (State.DECLINED, Act.REDRAFT, State.WAITING, _PERSON),
            (State.RETRACTED, Act.REOPEN, State.READY, _PERSON),
            (State.RETRACTED, Act.REDRAFT, State.WAITING, _PERSON),
            (State.SUPERSEDED, Act.WRITE, State.READY, _PERSON),  # an earlier revision may still be worth a word
            *((state, Act.SUPERSEDE, State.SUPERSEDED, _AUTHOR) for state in _OPEN),
            *((state, Act.WITHDRAW, State.WITHDRAWN, _AUTHOR) for state in State),
        )
    ),
)

step, possible = LIFE.step, LIFE.possible
