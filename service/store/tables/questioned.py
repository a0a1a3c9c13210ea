"""Passages of documents that work contradicts, and what was decided on them. Places only, never words: whatever is
shown is read again."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.questioned import QuestionedState
from service.store.columns import (
    Base,
    HashColumn,
    IdColumn,
    LongText,
    MaybeMoment,
    MomentColumn,
    OrganizationId,
    choice,
)


class Questioned(Base):
    """A passage of a document at a version. `wording` is the hash of its words: what was decided on them holds for as
    long as they stand there, in whatever version. `kind`, `says` and `instead`: what differs."""

    __tablename__ = "questioned"
    __table_args__ = (
        UniqueConstraint("document_id", "wording", "kind", "instead"),
        Index("ix_questioned_list", "organization_id", "state"),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    version_id: Mapped[str] = mapped_column(ForeignKey("document_versions.id", ondelete="CASCADE"), index=True)
    start: Mapped[int]
    end: Mapped[int]
    wording: Mapped[HashColumn]
    kind: Mapped[str] = mapped_column(String(64))
    says: Mapped[str] = mapped_column(String(64))
    instead: Mapped[str] = mapped_column(String(64))
    state: Mapped[QuestionedState] = mapped_column(choice(QuestionedState), default=QuestionedState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    note: Mapped[LongText]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    decided_at: Mapped[MaybeMoment]
    found_at: Mapped[MomentColumn]


class QuestionedBy(Base):
    """A sentence of work that says it otherwise."""

    __tablename__ = "questioned_by"

    questioned_id: Mapped[str] = mapped_column(ForeignKey("questioned.id", ondelete="CASCADE"), primary_key=True)
    revision_id: Mapped[str] = mapped_column(
        ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    organization_id: Mapped[OrganizationId]
    start: Mapped[int]
    end: Mapped[int]
