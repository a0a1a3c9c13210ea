"""Who did what."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.columns import Base, Id, JsonObject, Moment


class AuditEntry(Base):
    """Who did what, when, to what. Ids and plain facts only: nobody's text, so that erasure need not touch it."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_organization_id_id", "organization_id", "id"),)

    id: Mapped[Id]
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    at: Mapped[Moment]
    actor: Mapped[str] = mapped_column(String(80))  # credential:…, person:…, machine, clock
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(80))
    facts: Mapped[JsonObject]
