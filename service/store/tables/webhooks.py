"""Where a platform wants to be told of events by itself, and what became of each telling."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, IdColumn, JsonArray, LongText, MaybeMoment, MomentColumn, OrganizationId, choice


class WebhookState(StrEnum):
    """Whether anything is sent there. `gone`: its receiver said that there is nothing any more (410)."""

    ON = "on"
    OFF = "off"
    GONE = "gone"


class DeliveryState(StrEnum):
    """What became of a delivery. `pending` ones are tried, or wait for an earlier one on the same subject."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


class WebhookEndpoint(Base):
    """An address of a platform's that events are sent to.

    `events` are the names wanted; none is all. `secret` is sealed; so is `old_secret`, with which is signed, too, until
    `old_until`. `reached` is the number of the last event that was looked at for it. While it fails (`failures` in a
    row, since `failing_since`) it is left alone until `rest_until`.
    """

    __tablename__ = "webhook_endpoints"

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2000))
    events: Mapped[JsonArray]
    state: Mapped[WebhookState] = mapped_column(choice(WebhookState), default=WebhookState.ON)
    version: Mapped[int] = mapped_column(default=1)
    secret: Mapped[str] = mapped_column(String(255))
    old_secret: Mapped[str] = mapped_column(String(255), default="")
    old_until: Mapped[MaybeMoment]
    reached: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[MaybeMoment]
    rest_until: Mapped[MaybeMoment]
    created_at: Mapped[MomentColumn]


_PENDING = text("state = 'pending'")
_OF_PENDING: dict[str, Any] = {"sqlite_where": _PENDING, "postgresql_where": _PENDING}
_DEAD = text("state = 'dead'")
_OF_DEAD: dict[str, Any] = {"sqlite_where": _DEAD, "postgresql_where": _DEAD}


class WebhookDelivery(Base):
    """One event for one endpoint, or a trial (no event). `lane` is a digest of its subject: of those of one lane, only
    the one with the lowest `number` is tried. `status` is what its receiver answered last, `excerpt` the beginning of
    that, and `trouble` why there was none."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_lane", "endpoint_id", "lane", "number", **_OF_PENDING),
        Index("ix_webhook_deliveries_due", "endpoint_id", "due_at", **_OF_PENDING),
        Index("ix_webhook_deliveries_dead", "endpoint_id", "id", **_OF_DEAD),
        Index("ix_webhook_deliveries_listed", "endpoint_id", "id"),
        Index("ix_webhook_deliveries_ended", "organization_id", "ended_at"),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    event_id: Mapped[str | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True, default=None)
    event_name: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(BigInteger)
    lane: Mapped[str] = mapped_column(String(64))
    state: Mapped[DeliveryState] = mapped_column(choice(DeliveryState), default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[MomentColumn]
    due_at: Mapped[MomentColumn]
    tried_at: Mapped[MaybeMoment]
    ended_at: Mapped[MaybeMoment]
    status: Mapped[int | None] = mapped_column(default=None)
    trouble: Mapped[str] = mapped_column(String(200), default="")
    excerpt: Mapped[LongText]
