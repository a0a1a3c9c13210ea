"""Who did what: a chain of entries for each organization, its end, and who the people in it are."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, HashColumn, IdColumn, JsonObject, MomentColumn, OrganizationId


class AuditEntry(Base):
    """Who did what, when, to what. Ids and plain facts only: nobody's text, and people by pseudonym, so that erasure
    need not touch it. Without a number it is not yet in the chain, which no committed row is; from then on the database
    refuses to change it, and to delete it while there is its organization."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_organization_id_id", "organization_id", "id"),
        UniqueConstraint("organization_id", "number"),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    at: Mapped[MomentColumn]
    actor: Mapped[str] = mapped_column(String(80))  # credential:…, somebody:…, operator, machine, clock
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(80))
    facts: Mapped[JsonObject]
    number: Mapped[int | None] = mapped_column(default=None)  # 1, 2, 3 … in the organization
    previous_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    hash: Mapped[str | None] = mapped_column(String(64), default=None)


class AuditHead(Base):
    """The end of an organization's chain; who adds to the chain holds this row until the commit."""

    __tablename__ = "audit_heads"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    hash: Mapped[HashColumn]


class Pseudonym(Base):
    """How a person is called in the trail. It is random, and goes with the person: then nothing tells who it was."""

    __tablename__ = "pseudonyms"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    name: Mapped[str] = mapped_column(String(32), unique=True)
