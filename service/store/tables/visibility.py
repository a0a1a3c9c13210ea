"""Every showing of anybody's work: one entry each, without a word of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, IdColumn, MomentColumn, OrganizationId, choice


class DisclosureKind(StrEnum):
    """In what a person's work was shown."""

    GALLERY = "gallery"  # to a learner who compares
    REQUEST = "request"  # to a learner who asked
    INTRODUCTION = "introduction"  # to whom its author may meet
    BRIEF = "brief"  # to a meeting
    DESK = "desk"  # to a facilitator, beside what somebody else has, or a document
    SEARCH = "search"  # to a facilitator who looked for work like it
    EXPORT = "export"  # the name alone, in a file of the network
    TABLE = "table"  # to whoever took a table of a challenge's work along
    MODEL = "model"  # to a model outside of the organization's machines
    LOCAL_MODEL = "local_model"  # to a model on the organization's own machines

    @property
    def once(self) -> bool:
        """Read by looking: an author is told once of each brief, draft or search, however often it is looked at."""
        return self in (DisclosureKind.BRIEF, DisclosureKind.DESK, DisclosureKind.SEARCH)


_ONCE: Final = text("kind IN ('brief', 'desk', 'search')")  # those of `DisclosureKind.once`


class Disclosure(Base):
    """A person's work was shown once. `subject_id` is the gallery, request, introduction or draft, a mark of the brief
    or of what was looked for, or the group of a network's file (the organization, of all groups); `reader_id` who read
    it, of which its author is not told; `reader` a model's name; `approved_by` who let it, nobody for a model or where
    it was read by looking. The entry outlives what it tells of: work and people that were erased are named no more."""

    __tablename__ = "disclosures"
    __table_args__ = (
        Index("ix_disclosures_person", "person_id", "at"),
        Index(
            "uq_disclosures_once",
            *("subject_id", "person_id", "kind"),
            unique=True,
            sqlite_where=_ONCE,
            postgresql_where=_ONCE,
        ),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    revision_id: Mapped[str | None] = mapped_column(ForeignKey("revisions.id", ondelete="SET NULL"), index=True)
    kind: Mapped[DisclosureKind] = mapped_column(choice(DisclosureKind))
    subject_id: Mapped[str] = mapped_column(String(32), index=True)
    reader_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    reader: Mapped[str] = mapped_column(String(255), default="")
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    at: Mapped[MomentColumn]
