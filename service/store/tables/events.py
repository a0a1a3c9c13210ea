"""What the outside is told of what happened. Ids and plain facts only."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, IdColumn, JsonObject, MomentColumn


class OutgoingEvent(Base):
    """Something the outside is told about; ids and states only. Read in order of `number`.

    A number is given after the commit (`outbox.number`), not with the row: a long transaction may commit an event that
    was written before one that somebody has read already, and a reader would pass it over.
    """

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("organization_id", "number"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(64))
    data: Mapped[JsonObject]
    at: Mapped[MomentColumn]
    number: Mapped[int | None] = mapped_column(BigInteger, default=None)
