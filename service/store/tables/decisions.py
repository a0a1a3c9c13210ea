"""What people decide about drafts. `approvals` and `releases` carry rule 1 as a constraint."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, IdColumn, LongText, MaybeMoment, MomentColumn, OrganizationId
from service.store.tables.approvals import ApprovalColumns, DecisionColumns, ReleaseColumns, backed_by, named_by_hash


class Opening(Base):
    """The first time that a facilitator had a draft, as one generation of drafting left it, before the eyes."""

    __tablename__ = "openings"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    generation: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[OrganizationId]
    version: Mapped[int]  # of the draft, as it was opened
    opened_at: Mapped[MomentColumn]


class SourceOpening(Base):
    """The first time that a facilitator opened a source of a draft, as one generation of drafting left it. `source` is
    its id: a passage's, or a precedent's."""

    __tablename__ = "source_openings"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    generation: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(128), primary_key=True)
    organization_id: Mapped[OrganizationId]
    opened_at: Mapped[MomentColumn]


class Decision(DecisionColumns):
    """A human act on a draft or on one of its points."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_draft", "draft_id", "at"),)

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    point_id: Mapped[str | None] = mapped_column(ForeignKey("points.id", ondelete="CASCADE"), index=True, default=None)
    bulk: Mapped[bool] = mapped_column(default=False, server_default=false())  # made for several at once


class Approval(ApprovalColumns):
    """A facilitator approved exactly the text with this hash. `body` is that text, as a learner would read it."""

    __tablename__ = "approvals"
    __table_args__ = (named_by_hash("draft_id"),)

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))


class Release(ReleaseColumns):
    """The moment approved text became visible. The foreign key is rule 1: no release without an approval of that hash,
    and an approval cannot be without a facilitator."""

    __tablename__ = "releases"
    __table_args__ = (
        backed_by("approvals", "draft_id", name="fk_releases_approval"),
        UniqueConstraint("approval_id"),
    )

    id: Mapped[IdColumn]
    draft_id: Mapped[str] = mapped_column(String(32), index=True)
    retracted_at: Mapped[MaybeMoment]
    retracted_reason: Mapped[LongText]
