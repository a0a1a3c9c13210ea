"""What learners are asked, to whom it is set, and what its criteria mean."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.domain.visibility import PeersShown, SharingReach
from service.store.columns import (
    Base,
    ExternalIdColumn,
    IdColumn,
    JsonArray,
    LongText,
    MaybeJsonArray,
    MaybeMoment,
    MomentColumn,
    OrganizationId,
    choice,
)


class Challenge(Base):
    """What learners are asked to solve. `version` grows whenever prompt, outcome, reference or criteria change."""

    __tablename__ = "challenges"
    __table_args__ = (UniqueConstraint("organization_id", "external_id"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    external_id: Mapped[ExternalIdColumn]
    title: Mapped[str]
    prompt: Mapped[LongText]
    outcome: Mapped[LongText]
    reference: Mapped[LongText]
    notes: Mapped[LongText]
    language: Mapped[str] = mapped_column(default="")  # empty: the organization's
    sharing_peers: Mapped[PeersShown] = mapped_column(choice(PeersShown), default=PeersShown.AFTER_ATTEMPT)
    sharing_reach: Mapped[SharingReach] = mapped_column(choice(SharingReach), default=SharingReach.ORGANIZATION)
    tags: Mapped[JsonArray]
    version: Mapped[int] = mapped_column(default=1)
    calibrate: Mapped[int] = mapped_column(default=0, server_default="0")  # pieces to judge first; 0: none
    opened_at: Mapped[MaybeMoment]
    created_at: Mapped[MomentColumn]
    archived_at: Mapped[MaybeMoment]  # takes no more work, and nothing on it waits for anybody

    criteria: Mapped[list[CriterionRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="CriterionRow.position"
    )


class CriterionRow(Base):
    """One thing that a good solution does. Known by `key` (k1, k2 …) within its challenge."""

    __tablename__ = "criteria"

    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[OrganizationId]
    position: Mapped[int]
    text: Mapped[LongText]
    question: Mapped[LongText]
    points: Mapped[float | None] = mapped_column(default=None)
    forms: Mapped[MaybeJsonArray]  # how it reads inside a sentence, by language, as a person confirmed it


class ChallengeGroup(Base):
    """Which groups a challenge is set to. None at all: every group."""

    __tablename__ = "challenge_groups"

    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True, index=True)
    organization_id: Mapped[OrganizationId]


class Clarification(Base):
    """A question about a criterion, as it was asked, and a facilitator's answer. An empty one: not worth answering.

    Rows are only added; of several on one criterion the latest counts.
    """

    __tablename__ = "clarifications"
    __table_args__ = (Index("ix_clarifications_challenge", "challenge_id", "at"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    criterion: Mapped[str] = mapped_column(String(64))
    question: Mapped[LongText]
    answer: Mapped[LongText]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    at: Mapped[MomentColumn]
