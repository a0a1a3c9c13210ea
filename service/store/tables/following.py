"""Following through: reminders that a facilitator sent, what was told once, and what became of released points."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.values import Band
from service.domain.following.reminders import ReminderKind
from service.domain.following.uptake import UptakeVerdict
from service.store.columns import Base, IdColumn, LongText, MaybeMoment, MomentColumn, OrganizationId, choice


class Reminder(Base):
    """A facilitator's word to one learner about one challenge, and exactly what it says. `submission_id` is the work
    that it is about; none where nothing was handed in."""

    __tablename__ = "reminders"
    __table_args__ = (
        Index("ix_reminders_challenge", "challenge_id", "person_id", "sent_at"),
        Index("ix_reminders_person", "person_id", "dismissed_at"),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    submission_id: Mapped[str | None] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True, default=None
    )
    kind: Mapped[ReminderKind] = mapped_column(choice(ReminderKind))
    text: Mapped[LongText]
    sent_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    sent_at: Mapped[MomentColumn]
    dismissed_at: Mapped[MaybeMoment]


class Telling(Base):
    """Something that happens once: the key is there, so it was done. `subject_id` is of what, by our id; `turn` tells
    a second time from the first, or one week from another."""

    __tablename__ = "tellings"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    turn: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[MomentColumn]


class Uptake(Base):
    """The points released on one revision were compared with the revision after it. What was compared is named, so
    that another approval or another `method` is compared anew, and nothing else is. `month` (2026-11, in UTC) is when
    the later revision was handed in."""

    __tablename__ = "uptakes"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    approval_id: Mapped[str] = mapped_column(String(32))
    after_id: Mapped[str] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), index=True)
    method: Mapped[int]
    month: Mapped[str] = mapped_column(String(7))
    reckoned_at: Mapped[MomentColumn]


class UptakeCount(Base):
    """How many of these points became this, and how sure that is; no row where there were none."""

    __tablename__ = "uptake_counts"

    draft_id: Mapped[str] = mapped_column(ForeignKey("uptakes.draft_id", ondelete="CASCADE"), primary_key=True)
    verdict: Mapped[UptakeVerdict] = mapped_column(choice(UptakeVerdict), primary_key=True)
    sure: Mapped[Band] = mapped_column(choice(Band), primary_key=True)
    organization_id: Mapped[OrganizationId]
    points: Mapped[int]
