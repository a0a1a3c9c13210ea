"""The life of one draft, as a table and one function. No I/O, no clock: callers ask `step` and store what it says.

A draft reaches RELEASED only through APPROVED, and every act that changes its text leads away from APPROVED, so no text
is released that a facilitator has not approved. WITHDRAWN absorbs: nothing leads out of it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from service.domain.lifecycle import Lifecycle, table


class DraftState(StrEnum):
    """Where a draft is."""

    WAITING = "waiting"  # for the machine
    AWAITS_CALIBRATION = "awaits_calibration"  # first a few other pieces are judged, by which it is drafted then
    DRAFTING = "drafting"  # the machine is at it
    TO_JUDGE = "to_judge"  # nobody may say yet how it stands: a facilitator judges on the evidence sheet
    READY = "ready"  # a facilitator decides
    STUCK = "stuck"  # no draft could be made; a facilitator writes, redrafts or declines
    APPROVED = "approved"  # exactly this text, and the undo window is open
    RELEASED = "released"  # the learner can read it
    DECLINED = "declined"  # a facilitator decided to give no feedback
    RETRACTED = "retracted"  # was released, taken back
    SUPERSEDED = "superseded"  # the learner handed in a later revision first
    WITHDRAWN = "withdrawn"  # the learner took the submission back


class DraftAct(StrEnum):
    """What can happen to a draft."""

    BEGIN = "begin"
    REQUEUE = "requeue"
    PUT_OFF = "put_off"  # until its challenge is calibrated
    GO_ON = "go_on"  # it is, or this piece is one to calibrate by
    FINISH = "finish"
    LAY_OUT = "lay_out"  # the machine found where the work speaks of what, and says no more than that
    FAIL = "fail"
    JUDGE = "judge"  # a person says how the work stands on a criterion, and feedback is composed from that
    REVISE = "revise"  # accept, edit, dismiss or add a point; change the summary
    WRITE = "write"  # a person takes over and writes by hand
    APPROVE = "approve"
    UNDO = "undo"
    RECONSIDER = "reconsider"  # a document that it quotes no longer says so
    RELEASE = "release"
    DECLINE = "decline"
    REOPEN = "reopen"
    REDRAFT = "redraft"
    RETRACT = "retract"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


class DraftActor(StrEnum):
    """Who acts."""

    MACHINE = "machine"
    FACILITATOR = "facilitator"
    AUTHOR = "author"
    CLOCK = "clock"


_MACHINE, _PERSON, _AUTHOR, _CLOCK = DraftActor.MACHINE, DraftActor.FACILITATOR, DraftActor.AUTHOR, DraftActor.CLOCK
_OPEN = (
    DraftState.WAITING,
    DraftState.AWAITS_CALIBRATION,
    DraftState.DRAFTING,
    DraftState.TO_JUDGE,
    DraftState.READY,
    DraftState.STUCK,
    DraftState.DECLINED,
)  # nothing was said to the learner yet

FOR_A_PERSON: Final = (DraftState.READY, DraftState.TO_JUDGE, DraftState.STUCK)
"""What waits for a person to decide, in the order in which it is looked at, unless somebody wants it the other way
round: what is drafted, what is to be judged, what is to be written by hand."""

NOT_MADE_YET: Final = (DraftState.WAITING, DraftState.AWAITS_CALIBRATION, DraftState.DRAFTING)
"""What has come in and waits for no person; one may take it over, or decline."""

LIFE: Final[Lifecycle[DraftState, DraftAct, DraftActor]] = Lifecycle(
    a="A draft",
    first=DraftState.WAITING,
    approved=DraftState.APPROVED,
    undo=(DraftAct.UNDO, DraftActor.FACILITATOR),
    out=frozenset({DraftState.RELEASED}),
    ends=frozenset({DraftState.RELEASED, DraftState.SUPERSEDED, DraftState.WITHDRAWN}),
    table=table(
        (
            (DraftState.WAITING, DraftAct.BEGIN, DraftState.DRAFTING, _MACHINE),
            (DraftState.WAITING, DraftAct.FAIL, DraftState.STUCK, _MACHINE),
            (DraftState.WAITING, DraftAct.WRITE, DraftState.READY, _PERSON),
            (DraftState.WAITING, DraftAct.DECLINE, DraftState.DECLINED, _PERSON),
            (DraftState.WAITING, DraftAct.PUT_OFF, DraftState.AWAITS_CALIBRATION, _MACHINE),
            (DraftState.AWAITS_CALIBRATION, DraftAct.GO_ON, DraftState.WAITING, _MACHINE),
            (DraftState.AWAITS_CALIBRATION, DraftAct.FAIL, DraftState.STUCK, _MACHINE),
            (DraftState.AWAITS_CALIBRATION, DraftAct.WRITE, DraftState.READY, _PERSON),
            (DraftState.AWAITS_CALIBRATION, DraftAct.REDRAFT, DraftState.WAITING, _PERSON),
            (DraftState.AWAITS_CALIBRATION, DraftAct.DECLINE, DraftState.DECLINED, _PERSON),
            (DraftState.DRAFTING, DraftAct.REQUEUE, DraftState.WAITING, _MACHINE),
            (DraftState.DRAFTING, DraftAct.FINISH, DraftState.READY, _MACHINE),
            (DraftState.DRAFTING, DraftAct.LAY_OUT, DraftState.TO_JUDGE, _MACHINE),
            (DraftState.DRAFTING, DraftAct.FAIL, DraftState.STUCK, _MACHINE),
            (DraftState.DRAFTING, DraftAct.WRITE, DraftState.READY, _PERSON),
            (DraftState.DRAFTING, DraftAct.DECLINE, DraftState.DECLINED, _PERSON),
            (DraftState.TO_JUDGE, DraftAct.PUT_OFF, DraftState.AWAITS_CALIBRATION, _MACHINE),
            (DraftState.TO_JUDGE, DraftAct.JUDGE, DraftState.READY, _PERSON),
            (DraftState.TO_JUDGE, DraftAct.WRITE, DraftState.READY, _PERSON),
            (DraftState.TO_JUDGE, DraftAct.REDRAFT, DraftState.WAITING, _PERSON),
            (DraftState.TO_JUDGE, DraftAct.DECLINE, DraftState.DECLINED, _PERSON),
            (DraftState.READY, DraftAct.JUDGE, DraftState.READY, _PERSON),
            (DraftState.READY, DraftAct.REVISE, DraftState.READY, _PERSON),
            (DraftState.READY, DraftAct.APPROVE, DraftState.APPROVED, _PERSON),
            (DraftState.READY, DraftAct.DECLINE, DraftState.DECLINED, _PERSON),
            (DraftState.READY, DraftAct.REDRAFT, DraftState.WAITING, _PERSON),
            (DraftState.STUCK, DraftAct.JUDGE, DraftState.READY, _PERSON),
            (DraftState.STUCK, DraftAct.WRITE, DraftState.READY, _PERSON),
            (DraftState.STUCK, DraftAct.REDRAFT, DraftState.WAITING, _PERSON),
            (DraftState.STUCK, DraftAct.DECLINE, DraftState.DECLINED, _PERSON),
            (DraftState.APPROVED, DraftAct.UNDO, DraftState.READY, _PERSON),
            (DraftState.APPROVED, DraftAct.RECONSIDER, DraftState.READY, _CLOCK),
            (DraftState.APPROVED, DraftAct.RELEASE, DraftState.RELEASED, _PERSON, _CLOCK),
            (DraftState.RELEASED, DraftAct.RETRACT, DraftState.RETRACTED, _PERSON),
            (DraftState.DECLINED, DraftAct.REOPEN, DraftState.READY, _PERSON),
            (DraftState.DECLINED, DraftAct.REDRAFT, DraftState.WAITING, _PERSON),
            (DraftState.RETRACTED, DraftAct.REOPEN, DraftState.READY, _PERSON),
            (DraftState.RETRACTED, DraftAct.REDRAFT, DraftState.WAITING, _PERSON),
            (
                DraftState.SUPERSEDED,
                DraftAct.WRITE,
                DraftState.READY,
                _PERSON,
            ),  # an earlier revision may still be worth a word
            *((state, DraftAct.SUPERSEDE, DraftState.SUPERSEDED, _AUTHOR) for state in _OPEN),
            *((state, DraftAct.WITHDRAW, DraftState.WITHDRAWN, _AUTHOR) for state in DraftState),
        )
    ),
)

step, possible = LIFE.step, LIFE.possible
