"""What may become of a passage that work contradicts: a table and one function, as for drafts. Pure."""

from __future__ import annotations

from enum import StrEnum

from service.domain.errors import NotNow


class QuestionedState(StrEnum):
    """Where it is."""

    OPEN = "open"
    TO_CHANGE = "to_change"  # somebody will change the document
    FINE = "fine"  # not a problem; does not come back for as long as the passage reads as it does
    CHANGED = "changed"  # the passage reads otherwise by now


class QuestionedAct(StrEnum):
    """What people, and new versions, do with it."""

    TO_CHANGE = "to_change"
    FINE = "fine"
    UNDO = "undo"
    CHANGE = "change"  # a version came without these words
    RETURN = "return"  # a version came that has these words again


TABLE: dict[tuple[QuestionedState, QuestionedAct], QuestionedState] = {
    (QuestionedState.OPEN, QuestionedAct.TO_CHANGE): QuestionedState.TO_CHANGE,
    (QuestionedState.OPEN, QuestionedAct.FINE): QuestionedState.FINE,
    (QuestionedState.OPEN, QuestionedAct.CHANGE): QuestionedState.CHANGED,
    (QuestionedState.TO_CHANGE, QuestionedAct.FINE): QuestionedState.FINE,
    (QuestionedState.TO_CHANGE, QuestionedAct.UNDO): QuestionedState.OPEN,
    (QuestionedState.TO_CHANGE, QuestionedAct.CHANGE): QuestionedState.CHANGED,
    (QuestionedState.FINE, QuestionedAct.UNDO): QuestionedState.OPEN,
    (QuestionedState.CHANGED, QuestionedAct.RETURN): QuestionedState.OPEN,
}


def step(state: QuestionedState, act: QuestionedAct) -> QuestionedState:
    """The state after the act. Raises NotNow, naming what can be done instead."""
    to = TABLE.get((state, act))
    if to is None:
        raise NotNow(f"This is {state.value.replace('_', ' ')} by now. Load the page again to see what can be done.")
    return to


def signs(*, people: int, requests: int, questions: int, dismissed: int) -> int:
    """How much speaks for looking at a passage: a person who writes it otherwise counts twice, and so does a point
    that was dismissed as wrong, since somebody decided; a request or a question counts once."""
    return 2 * people + 2 * dismissed + requests + questions
