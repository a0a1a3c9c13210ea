"""Every showing of anybody's work: one entry each, without a word of it."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, Id, Moment, OrganizationId, choice


class DisclosureKind(StrEnum):
    """In what a person's work was shown."""

    GALLERY = "gallery"  # to a learner who compares
    REQUEST = "request"  # to a learner who asked
    INTRODUCTION = "introduction"  # to whom its author may meet
    MODEL = "model"  # to a model outside of the organization's machines


class Disclosure(Base):
    """A person's work was shown once. `subject_id` is the gallery, request, introduction or draft; `reader_id` who read
    it, of which its author is not told; `reader` a model's name; `approved_by` who let it, nobody for a model. The
    entry outlives what it tells of: work and people that were erased are named in it no more."""

    __tablename__ = "disclosures"
    __table_args__ = (Index("ix_disclosures_person", "person_id", "at"),)

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    revision_id: Mapped[str | None] = mapped_column(ForeignKey("revisions.id", ondelete="SET NULL"), index=True)
    kind: Mapped[DisclosureKind] = mapped_column(choice(DisclosureKind))
    subject_id: Mapped[str] = mapped_column(String(32), index=True)
    reader_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    reader: Mapped[str] = mapped_column(String(255), default="")
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    at: Mapped[Moment]
