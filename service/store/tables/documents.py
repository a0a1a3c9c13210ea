"""What the organization wrote, at each version."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import (
    Base,
    ExternalIdColumn,
    HashColumn,
    IdColumn,
    JsonArray,
    LongText,
    MaybeMoment,
    MomentColumn,
    OrganizationId,
)


class Document(Base):
    """A context document: the organization's own text. `version` is its latest; a removed one is read by nobody."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("organization_id", "external_id"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    external_id: Mapped[ExternalIdColumn]
    title: Mapped[str]
    media_type: Mapped[str] = mapped_column(default="text/markdown")
    tags: Mapped[JsonArray]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[MomentColumn]
    removed_at: Mapped[MaybeMoment]
    compared_at: Mapped[MaybeMoment]  # with what people write


class DocumentVersion(Base):
    """A context document's text at one version; it never changes."""

    __tablename__ = "document_versions"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[LongText]
    text_hash: Mapped[HashColumn]
    created_at: Mapped[MomentColumn]
