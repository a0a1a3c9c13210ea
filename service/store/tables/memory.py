"""Decisions that contradict each other, and which of two opposite ones holds."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, HashColumn, LongText, MomentColumn, OrganizationId, choice


class RightDecision(StrEnum):
    """Which of two opposite decisions is to be followed."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"


class Settlement(Base):
    """What was said of two opposite decisions on passages alike. `first_id` is the lesser id of the two points."""

    __tablename__ = "settlements"

    first_id: Mapped[str] = mapped_column(ForeignKey("points.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[str] = mapped_column(ForeignKey("points.id", ondelete="CASCADE"), primary_key=True, index=True)
    organization_id: Mapped[OrganizationId]
    right: Mapped[RightDecision] = mapped_column(choice(RightDecision))
    note: Mapped[LongText]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    at: Mapped[MomentColumn]


class PointCompared(Base):
    """A decided point was compared with the challenge's other ones, as it stood then: `stamp` is a hash of all that
    comparing reads of it."""

    __tablename__ = "compared_points"

    point_id: Mapped[str] = mapped_column(ForeignKey("points.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    stamp: Mapped[HashColumn]


class OpposedDecisions(Base):
    """Two decided points that contradicted each other when they were compared; `first_id` is the lesser id, `at` the
    later decision. They may have changed since: whoever shows them looks again."""

    __tablename__ = "opposed_points"
    __table_args__ = (Index("ix_opposed_points_challenge", "challenge_id", "at"),)

    first_id: Mapped[str] = mapped_column(ForeignKey("points.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[str] = mapped_column(ForeignKey("points.id", ondelete="CASCADE"), primary_key=True, index=True)
    organization_id: Mapped[OrganizationId]
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    at: Mapped[MomentColumn]
