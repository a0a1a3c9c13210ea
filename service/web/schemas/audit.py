"""The trail of who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from service.actions.audit.trail import TrailEntry
from service.domain.audit import Anchor
from service.web.fields import ResponseBody


class AuditEntryShown(ResponseBody):
    """Who did what to what: ids and plain facts, never anybody's words."""

    number: int = Field(description="Its place in the trail: 1, 2, 3 …")
    at: datetime = Field(description="When.")
    actor: str = Field(
        description="`credential:…`, `somebody:…` (a person's pseudonym), `operator`, `machine` or `clock`."
    )
    who: str = Field(description="The person's name, for as long as the person is kept; else empty.")
    act: str = Field(description="What was done, such as `draft.approve` or `key.issue`.")
    subject: str = Field(description="To what: an id of this service, or a person's pseudonym.")
    whom: str = Field(description="The person's name, where the subject is a person who is kept; else empty.")
    facts: dict[str, Any] = Field(description="What else is kept of it.")
    previous_hash: str = Field(description="The hash of the entry before.")
    hash: str = Field(description="SHA-256 over the entry and the hash before it.")

    @classmethod
    def made(cls, entry: TrailEntry) -> AuditEntryShown:
        return cls.mirror(entry)


class AuditCheckShown(ResponseBody):
    """Whether the trail is whole."""

    anchor: str = Field(
        description="Number and hash of the last entry. Keep it somewhere else: with it a trail that was cut off or "
        "written anew is found."
    )
    faults: list[str] = Field(description="What is wrong with it; empty if nothing is.")

    @classmethod
    def made(cls, end: Anchor, faults: list[str]) -> AuditCheckShown:
        return cls(anchor=str(end), faults=faults)
