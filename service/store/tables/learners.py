"""What learners do with feedback: that they read it, what they make of it, what they ask, and what they try next."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

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


class AskKind(StrEnum):
    """Whether somebody is asked, or only told."""

    QUESTION = "question"
    REPLY = "reply"


class CommitmentOutcome(StrEnum):
    """What became of a commitment, as the learner tells it."""

    KEPT = "kept"
    PARTLY = "partly"
    NOT = "not"
    CHANGED = "changed"


class FeedbackReading(Base):
    """The first time that its learner opened released feedback."""

    __tablename__ = "readings"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    read_at: Mapped[MomentColumn]


class Reaction(Base):
    """Whether feedback helped its learner, and why. `about` is a point, or empty for the feedback as a whole.

    `text_hash` is of the released text that was read, so that nobody counts it for another.
    """

    __tablename__ = "reactions"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    about: Mapped[str] = mapped_column(String(32), primary_key=True)
    organization_id: Mapped[OrganizationId]
    helpful: Mapped[bool]
    why: Mapped[LongText]
    text_hash: Mapped[HashColumn]
    at: Mapped[MomentColumn]


class AskRow(Base):
    """What a learner asks the facilitators of the group about released feedback, or replies to them, and the answer."""

    __tablename__ = "asks"
    __table_args__ = (Index("ix_asks_open", "organization_id", "kind", "answered_at"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    point_id: Mapped[str | None] = mapped_column(ForeignKey("points.id", ondelete="SET NULL"), index=True, default=None)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AskKind] = mapped_column(choice(AskKind), default=AskKind.QUESTION)
    text: Mapped[LongText]
    asked_at: Mapped[MomentColumn]
    answer: Mapped[LongText]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    answered_at: Mapped[MaybeMoment]


class CommitmentRow(Base):
    """A learner's own next step with a day, and what became of it. `told_at`: when the outside was told that it is due.

    `submission_id` is the work that it came from, if any; `point_id` the point.
    """

    __tablename__ = "commitments"
    __table_args__ = (Index("ix_commitments_due", "due_on", "told_at"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[str | None] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True, default=None
    )
    point_id: Mapped[str | None] = mapped_column(ForeignKey("points.id", ondelete="SET NULL"), index=True, default=None)
    text: Mapped[LongText]
    due_on: Mapped[date] = mapped_column(Date)
    made_at: Mapped[MomentColumn]
    told_at: Mapped[MaybeMoment]
    outcome: Mapped[CommitmentOutcome | None] = mapped_column(choice(CommitmentOutcome), default=None)
    said: Mapped[LongText]
    said_at: Mapped[MaybeMoment]
