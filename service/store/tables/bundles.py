"""Bundles being taken in."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, IdColumn, LongText, MaybeMoment, MomentColumn, OrganizationId


class ImportRun(Base):
    """A bundle being taken in, a chunk of lines a transaction, so that a crash costs at most one chunk's work."""

    __tablename__ = "imports"

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    credential_id: Mapped[str] = mapped_column(String(32), default="")
    state: Mapped[str] = mapped_column(String(16), default="running")  # running, finished
    lines: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[MomentColumn]
    finished_at: Mapped[MaybeMoment]


class ImportChunk(Base):
    """Lines of a bundle that wait to be taken in; deleted once they are."""

    __tablename__ = "import_chunks"

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    first_line: Mapped[int] = mapped_column(primary_key=True)  # 1-based
    body: Mapped[LongText]


class ImportError_(Base):
    """A line that could not be kept, and why."""

    __tablename__ = "import_errors"

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    message: Mapped[LongText]
