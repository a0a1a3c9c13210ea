"""What was just done to another draft, to be said on top of the page that came next, and how to undo it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.actions.desk import around
from service.domain.drafts import DraftState
from service.domain.roles import Actor


@dataclass(frozen=True, slots=True)
class Done:
    """What was just done to another draft, and how to undo it."""

    id: str
    version: int
    state: str
    words: str
    person: str
    undo: str
    release_at: datetime | None
    seconds: int


_DID = {
    DraftState.APPROVED: ("Approved the feedback for", "undo"),
    DraftState.RELEASED: ("The feedback is released for", ""),
    DraftState.DECLINED: ("No feedback is given to", "reopen"),
    DraftState.WAITING: ("It is being drafted anew for", ""),
    DraftState.DRAFTING: ("It is being drafted anew for", ""),
}


def done_with(session: Session, actor: Actor, draft_id: str, now: datetime) -> Done | None:
    """What was just done to another draft, to be said on top of the page that came next."""
    left = around.left_behind(session, actor, draft_id)
    if left is None or left.state not in _DID:
        return None
    words, undo = _DID[left.state]
    seconds = max(0, round((left.release_at - now).total_seconds())) if left.release_at else 0
    return Done(left.id, left.version, left.state.value, words, left.person, undo, left.release_at, seconds)
