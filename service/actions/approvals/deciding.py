"""What every decision of a facilitator names: who decides, on what, in which version it was seen, and when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy.orm import Session

from service.domain.errors import ChangedSince
from service.domain.roles import Actor
from service.domain.texts import digest

VERSIONS = 999_999_999
"""As many as an ETag of this service can name."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """One decision about to be made. `id` is of what it is on; if that has another version than `version` by now,
    whoever decides has not seen what is there, and nothing is decided."""

    session: Session
    actor: Actor
    id: str
    version: int
    now: datetime

    def require(self, present: int, otherwise: str = "") -> None:
        """Raises ChangedSince, in these words, unless `present` is the version that was seen."""
        if self.version != present:
            raise ChangedSince(otherwise, version=present)


def version_of(*parts: object) -> int:
    """A version for what does not count its changes: another number as soon as one part of what is seen is another
    (texts, numbers, moments, and tuples of them). It does not grow."""
    return int(digest(json.dumps(parts, default=_moment)), 16) % VERSIONS + 1


def _moment(part: datetime) -> float:
    return part.timestamp()


class DecisionNote(TypedDict, total=False):
    """What may be recorded of a decision beside who did what, and when; see `DecisionColumns`."""

    reason_code: str
    note: str
    before: str
    after: str
    text_hash: str
