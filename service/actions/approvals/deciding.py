"""What every decision of a facilitator names: who decides, on what, in which version it was seen, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy.orm import Session

from service.domain.roles import Actor


@dataclass(frozen=True, slots=True)
class Deciding:
    """One decision about to be made. `id` is the draft's, gallery's or introduction's; if it has another version than
    `version` by now, whoever decides has not seen what is there, and nothing is decided."""

    session: Session
    actor: Actor
    id: str
    version: int
    now: datetime


class DecisionNote(TypedDict, total=False):
    """What may be recorded of a decision beside who did what, and when; see `DecisionColumns`."""

    reason_code: str
    note: str
    before: str
    after: str
    text_hash: str
