"""Goals read from the organization's strategy documents, and work found for them. Places only: no word of a learner's
is kept here, so that what is shown is read again, under the consents of that moment."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.goals import EvidenceStanding
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


class PlanReading(Base):
    """When a strategy document was last read into goals, at which version, and when work was last looked for."""

    __tablename__ = "goal_readings"

    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    version: Mapped[int]
    looked_at: Mapped[MaybeMoment]


class Goal(Base):
    """A goal in one wording. `version` is the last that holds it, `version_id` that version's row and where `start` and
    `end` point into; `follows_id` is the earlier wording that this one took the place of."""

    __tablename__ = "goals"
    __table_args__ = (UniqueConstraint("document_id", "key"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    key: Mapped[HashColumn]
    version: Mapped[int]
    version_id: Mapped[str] = mapped_column(ForeignKey("document_versions.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    title: Mapped[LongText]
    follows_id: Mapped[str | None] = mapped_column(
        ForeignKey("goals.id", ondelete="SET NULL"), index=True, default=None
    )
    created_at: Mapped[MomentColumn]


class GoalEvidence(Base):
    """A piece of work for a goal, at the passage that speaks to it. One a piece: what was said of it holds for all of
    its revisions."""

    __tablename__ = "goal_evidence"
    __table_args__ = (
        UniqueConstraint("goal_id", "submission_id"),
        Index("ix_goal_evidence_standing", "organization_id", "standing", "goal_id"),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    goal_id: Mapped[str] = mapped_column(ForeignKey("goals.id", ondelete="CASCADE"))
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), index=True)
    revision_id: Mapped[str] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), index=True)
    passage_id: Mapped[str] = mapped_column(String(64))
    start: Mapped[int]
    end: Mapped[int]
    dense: Mapped[float]  # cosine of goal and passage
    standing: Mapped[EvidenceStanding] = mapped_column(choice(EvidenceStanding), default=EvidenceStanding.OFFERED)
    found_at: Mapped[MomentColumn]
    decided_by: Mapped[str | None] = mapped_column(
        ForeignKey("people.id", ondelete="SET NULL"), index=True, default=None
    )
    decided_at: Mapped[MaybeMoment]
