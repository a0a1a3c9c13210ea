"""Others' work that was found for a request, with its approvals and showings; and every showing of anybody's work.

Words are not kept here: they are read anew whenever they are shown.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.requests.found import FoundWorkState
from service.store.columns import Base, Id, MaybeMoment, Moment, OrganizationId, choice
from service.store.tables.approvals import ApprovalColumns, DecisionColumns, ReleaseColumns, backed_by, named_by_hash


class FoundWork(Base):
    """A passage of somebody's work that speaks to a request, and what a facilitator decided on it."""

    __tablename__ = "found_works"
    __table_args__ = (UniqueConstraint("request_id", "revision_id", "start", "end"),)

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"))
    revision_id: Mapped[str] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), index=True)
    start: Mapped[int]
    end: Mapped[int]
    position: Mapped[int]
    state: Mapped[FoundWorkState] = mapped_column(choice(FoundWorkState), default=FoundWorkState.FOUND)
    version: Mapped[int] = mapped_column(default=1)
    found_at: Mapped[Moment]


class FoundWorkDecision(DecisionColumns):
    """A human act on found work."""

    __tablename__ = "found_work_decisions"

    found_id: Mapped[str] = mapped_column(ForeignKey("found_works.id", ondelete="CASCADE"), index=True)


class FoundWorkApproval(ApprovalColumns):
    """A facilitator approved exactly the words that have this hash; `body` says which, and what is out of sight."""

    __tablename__ = "found_work_approvals"
    __table_args__ = (named_by_hash("found_id"),)

    found_id: Mapped[str] = mapped_column(ForeignKey("found_works.id", ondelete="CASCADE"))
    release_at: Mapped[Moment] = mapped_column("show_at")


class FoundWorkShowing(ReleaseColumns):
    """The moment it became visible to whoever asked. The foreign key is rule 1, as for all that comes out."""

    __tablename__ = "found_work_showings"
    __table_args__ = (
        backed_by("found_work_approvals", "found_id", name="fk_found_work_showings_approval"),
        UniqueConstraint("approval_id"),
    )

    id: Mapped[Id]
    found_id: Mapped[str] = mapped_column(String(32), index=True)
    released_at: Mapped[Moment] = mapped_column("shown_at")
    ended_at: Mapped[MaybeMoment]


class DisclosureKind(StrEnum):
    """In what a person's work was shown."""

    GALLERY = "gallery"  # to a learner who compares
    REQUEST = "request"  # to a learner who asked
    INTRODUCTION = "introduction"  # to whom its author may meet
    BRIEF = "brief"  # to a meeting
    DESK = "desk"  # to a facilitator, beside what somebody else has
    SEARCH = "search"  # to a facilitator who looked for work like it
    EXPORT = "export"  # the name alone, in a file of the network
    MODEL = "model"  # to a model outside of the organization's machines
    LOCAL_MODEL = "local_model"  # to a model on the organization's own machines

    @property
    def once(self) -> bool:
        """Read by looking: an author is told once of each brief, draft or search, however often it is looked at."""
        return self in (DisclosureKind.BRIEF, DisclosureKind.DESK, DisclosureKind.SEARCH)


_ONCE: Final = text("kind IN ({})".format(", ".join(f"'{one.value}'" for one in DisclosureKind if one.once)))


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
