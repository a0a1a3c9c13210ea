"""Galleries: peers' work chosen for one learner. Approvals and showings carry rule 1 as a constraint.

Peers' words are not kept here, but for what a comparison quotes; their texts are read anew whenever they are shown.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.domain.galleries import GalleryState
from service.store.columns import Base, IdColumn, JsonArray, LongText, MaybeMoment, MomentColumn, OrganizationId, choice
from service.store.tables.approvals import ApprovalColumns, DecisionColumns, ReleaseColumns, backed_by, named_by_hash


class GalleryPolicy(Base):
    """What a facilitator laid down for galleries on a challenge, in a group and those below it. Never changed: another
    one takes its place, so that what was shown by it can be told later."""

    __tablename__ = "gallery_policies"
    __table_args__ = (Index("ix_gallery_policies_in_force", "challenge_id", "group_id", "ended_at"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    facilitator_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    suggest: Mapped[bool]
    automatic: Mapped[bool]
    without_names: Mapped[bool]
    weeks: Mapped[int]
    most_per_author: Mapped[int]
    question: Mapped[LongText]
    set_at: Mapped[MomentColumn]
    ended_at: Mapped[MaybeMoment]


class Gallery(Base):
    """What is chosen for the author of one submission. `generation` grows with each remaking; what comes late for an
    earlier one is dropped. `version` grows with every change. `marks` are places in the learner's own text."""

    __tablename__ = "galleries"
    __table_args__ = (
        UniqueConstraint("submission_id"),
        Index("ix_galleries_queue", "organization_id", "state", "group_id", "challenge_id", "created_at"),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    revision_id: Mapped[str] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), index=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    state: Mapped[GalleryState] = mapped_column(choice(GalleryState), default=GalleryState.SUGGESTED)
    generation: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    asked: Mapped[bool] = mapped_column(default=False)  # the learner asked for it
    reason_code: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[LongText]
    comparison: Mapped[LongText]  # as it stands now
    drafted: Mapped[LongText]  # as the machine drafted it; empty where nothing was
    marks: Mapped[JsonArray]
    created_at: Mapped[MomentColumn]
    ready_at: Mapped[MaybeMoment]
    shown_at: Mapped[MaybeMoment]
    changed_at: Mapped[MomentColumn]
    takeaway: Mapped[LongText]
    takeaway_at: Mapped[MaybeMoment]
    commitment_id: Mapped[str | None] = mapped_column(
        ForeignKey("commitments.id", ondelete="SET NULL"), index=True, default=None
    )

    items: Mapped[list[GalleryItem]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="GalleryItem.position"
    )


class GalleryItem(Base):
    """One peer's work in a gallery, as it was in one revision. `reasons` are for the facilitator's eyes; `nth` counts
    the author's galleries on the challenge, once this one is approved."""

    __tablename__ = "gallery_items"
    __table_args__ = (UniqueConstraint("gallery_id", "revision_id"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    gallery_id: Mapped[str] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"))
    revision_id: Mapped[str] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    reasons: Mapped[JsonArray]
    marks: Mapped[JsonArray]
    nth: Mapped[int | None] = mapped_column(default=None)


class GalleryDecision(DecisionColumns):
    """A human act on a gallery; `before` and `after` are comparisons."""

    __tablename__ = "gallery_decisions"
    __table_args__ = (Index("ix_gallery_decisions_gallery", "gallery_id", "at"),)

    gallery_id: Mapped[str] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"))


class GalleryApproval(ApprovalColumns):
    """A facilitator approved exactly what has this hash: by looking at it, or by a policy that the facilitator set."""

    __tablename__ = "gallery_approvals"
    __table_args__ = (named_by_hash("gallery_id"),)

    gallery_id: Mapped[str] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"))
    policy_id: Mapped[str | None] = mapped_column(
        ForeignKey("gallery_policies.id", ondelete="CASCADE"), index=True, default=None
    )
    release_at: Mapped[MomentColumn] = mapped_column("show_at")


class GalleryShowing(ReleaseColumns):
    """The moment a gallery became visible. The foreign key is rule 1: nothing is shown without an approval of it."""

    __tablename__ = "gallery_showings"
    __table_args__ = (
        backed_by("gallery_approvals", "gallery_id", name="fk_gallery_showings_approval"),
        UniqueConstraint("approval_id"),
    )

    id: Mapped[IdColumn]
    gallery_id: Mapped[str] = mapped_column(String(32), index=True)
    released_at: Mapped[MomentColumn] = mapped_column("shown_at")
    ended_at: Mapped[MaybeMoment]


class GalleryThanks(Base):
    """The reader thanks the author of one work. Both learn each other's names only if the reader offers the own name
    (`named`) and the author then takes the offer up (`met`)."""

    __tablename__ = "gallery_thanks"
    __table_args__ = (CheckConstraint("NOT met OR named", name="both_wish"),)

    item_id: Mapped[str] = mapped_column(ForeignKey("gallery_items.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    named: Mapped[bool] = mapped_column(default=False)
    met: Mapped[bool] = mapped_column(default=False)
    at: Mapped[MomentColumn]
    returned_at: Mapped[MaybeMoment]
