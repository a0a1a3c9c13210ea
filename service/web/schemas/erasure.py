"""Erasures, and how long an organization keeps what."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field

from service.actions.erasure.retention import RetentionPreview
from service.domain.erasure.erased import ErasureKind, ErasureState
from service.domain.erasure.retention import LONGEST, LONGEST_WITHDRAWN, WITHDRAWN_DAYS, Retention
from service.store.tables import Erasure
from service.web.fields import Id, RequestBody, ResponseBody


class ErasureAsked(RequestBody):
    """What to erase, for good."""

    model_config = ConfigDict(json_schema_extra={"example": {"kind": "person", "id": "noor"}})

    kind: ErasureKind = Field(description="`person`, `submission`, `group`, `challenge` or `organization`.")
    id: Id = Field(description="Its id.")


class ErasureShown(ResponseBody):
    """One erasure. What was erased is not told, since it is not known any more."""

    id: str = Field(description="The erasure's own id.")
    kind: ErasureKind = Field(description="What it was.")
    state: ErasureState = Field(
        description="`hidden`: nobody reads it any more. `gone`: its rows and words are gone. `done`: so are its bytes."
    )
    counts: dict[str, int] = Field(description="How much went so far.")
    left: str = Field(description="What is not gone everywhere yet, and what to do; empty if nothing is left.")
    asked_at: datetime = Field(description="When it was asked for.")
    done_at: datetime | None = Field(description="When its bytes were gone.")

    @classmethod
    def of(cls, row: Erasure) -> ErasureShown:
        counts = {name: count for name, count in row.counts.items() if isinstance(count, int)}
        return cls.mirror(row, counts=counts)


class ErasureList(ResponseBody):
    """Erasures of the organization."""

    items: list[ErasureShown] = Field(description="The latest first, at most 200.")


class ErasurePreviewShown(ResponseBody):
    """What would go."""

    counts: dict[str, int] = Field(description="How much of what.")


_DAYS = "Days after which {} goes; null: it stays until somebody erases it."


class RetentionAsked(RequestBody):
    """How long the organization keeps what. All of it is set."""

    model_config = ConfigDict(json_schema_extra={"example": {"withdrawn_days": 30, "work_days": 1095}})

    withdrawn_days: int = Field(
        default=WITHDRAWN_DAYS,
        ge=1,
        le=LONGEST_WITHDRAWN,
        description="Days after which work goes that its author took back.",
    )
    work_days: int | None = Field(
        default=None, ge=1, le=LONGEST, description=_DAYS.format("work, from its latest revision on,")
    )
    prompt_days: int | None = Field(
        default=None, ge=1, le=LONGEST, description=_DAYS.format("what was sent to a model for a draft")
    )
    request_days: int | None = Field(
        default=None, ge=1, le=LONGEST, description=_DAYS.format("a request that was answered or closed")
    )
    event_days: int | None = Field(default=None, ge=1, le=LONGEST, description=_DAYS.format("an event"))

    def wish(self) -> Retention:
        return Retention(**self.model_dump())


class RetentionKindShown(ResponseBody):
    """One kind, as it stands."""

    kind: str = Field(description="The setting.")
    days: int | None = Field(description="Days after which it goes; null: never by itself.")
    now: int = Field(description="How much has had its time, and goes within an hour.")
    soon: int = Field(description="How much more will have had its time in 30 days.")


class RetentionShown(ResponseBody):
    """How long the organization keeps what, and what that means for what is there."""

    kinds: list[RetentionKindShown] = Field(description="Every kind.")

    @classmethod
    def of(cls, found: list[RetentionPreview]) -> RetentionShown:
        return cls(kinds=[RetentionKindShown.mirror(one) for one in found])
