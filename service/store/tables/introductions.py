"""Introductions. The keys carry two rules: nobody is asked about a text that was not approved, and no two people are
introduced without a yes of each."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.introductions import IntroductionState
from service.store.columns import (
    Base,
    IdColumn,
    JsonArray,
    JsonObject,
    LongText,
    MaybeMoment,
    MomentColumn,
    OrganizationId,
    choice,
)
from service.store.tables.approvals import ApprovalColumns, ReleaseColumns, backed_by, named_by_hash


class IntroductionSaid(StrEnum):
    """An answer to "would you like to be introduced?"."""

    YES = "yes"
    NO = "no"


class IntroductionUseful(StrEnum):
    """An answer to "was it useful?"."""

    YES = "yes"
    A_LITTLE = "a_little"
    NO = "no"


_COUNTS = text("asked_at IS NOT NULL OR state NOT IN ('expired', 'withdrawn')")


class Introduction(Base):
    """Two people who might meet. `pair` is both ids, the lesser first; it is there once at most, but for suggestions
    that faded before anybody was asked. `passages` hold places, never words; `version` grows with the text."""

    __tablename__ = "introductions"
    __table_args__ = (
        CheckConstraint("first_id <> second_id", name="two_people"),
        UniqueConstraint("id", "first_id", "second_id"),
        Index("uq_introductions_pair", "pair", unique=True, sqlite_where=_COUNTS, postgresql_where=_COUNTS),
        Index("ix_introductions_queue", "organization_id", "state", "created_at"),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    first_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    second_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    pair: Mapped[str] = mapped_column(String(65))
    request_id: Mapped[str | None] = mapped_column(
        ForeignKey("requests.id", ondelete="SET NULL"), index=True, default=None
    )
    through_id: Mapped[str | None] = mapped_column(  # a third person whom the words name
        ForeignKey("people.id", ondelete="CASCADE"), index=True, default=None
    )
    kind: Mapped[str] = mapped_column(String(32))
    reasons: Mapped[JsonArray]
    features: Mapped[JsonObject]
    score: Mapped[float]
    wording: Mapped[JsonObject]
    passages: Mapped[JsonArray]
    state: Mapped[IntroductionState] = mapped_column(choice(IntroductionState), default=IntroductionState.SUGGESTED)
    version: Mapped[int] = mapped_column(default=1)
    reason_code: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[LongText]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    created_at: Mapped[MomentColumn]
    asked_at: Mapped[MaybeMoment]
    introduced_at: Mapped[MaybeMoment]
    ended_at: Mapped[MaybeMoment]  # nobody can answer any more


class IntroductionApproval(ApprovalColumns):
    """A facilitator approved exactly the text with this hash; `body` is that text, as the two would read it."""

    __tablename__ = "introduction_approvals"
    __table_args__ = (named_by_hash("introduction_id"),)

    introduction_id: Mapped[str] = mapped_column(ForeignKey("introductions.id", ondelete="CASCADE"))
    release_at: Mapped[MomentColumn] = mapped_column("ask_at")


class IntroductionQuestion(ReleaseColumns):
    """Both were asked. The foreign key: nobody is asked about a text without an approval of it."""

    __tablename__ = "introduction_questions"
    __table_args__ = (
        backed_by("introduction_approvals", "introduction_id", name="fk_introduction_questions_approval"),
    )

    introduction_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    released_at: Mapped[MomentColumn] = mapped_column("asked_at")


class IntroductionAnswer(Base):
    """What one of the two said, and only that person knows; later, whether they met and found it useful."""

    __tablename__ = "introduction_answers"
    __table_args__ = (UniqueConstraint("introduction_id", "person_id", "said"),)

    introduction_id: Mapped[str] = mapped_column(
        ForeignKey("introduction_questions.introduction_id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    organization_id: Mapped[OrganizationId]
    said: Mapped[IntroductionSaid] = mapped_column(choice(IntroductionSaid))
    said_at: Mapped[MomentColumn]
    met: Mapped[bool | None] = mapped_column(default=None)
    useful: Mapped[IntroductionUseful | None] = mapped_column(choice(IntroductionUseful), default=None)
    note: Mapped[LongText]
    told_at: Mapped[MaybeMoment]


class Meeting(Base):
    """Two people were introduced. Its keys: the two of that introduction, and a yes of each."""

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint("first_said = 'yes' AND second_said = 'yes'", name="two_yeses"),
        ForeignKeyConstraint(
            ["introduction_id", "first_id", "second_id"],
            ["introductions.id", "introductions.first_id", "introductions.second_id"],
            name="fk_meetings_introduction",
            ondelete="CASCADE",
        ),
        *(
            ForeignKeyConstraint(
                ["introduction_id", f"{side}_id", f"{side}_said"],
                ["introduction_answers.introduction_id", "introduction_answers.person_id", "introduction_answers.said"],
                name=f"fk_meetings_{side}_yes",
                ondelete="CASCADE",
            )
            for side in ("first", "second")
        ),
    )

    introduction_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    organization_id: Mapped[OrganizationId]
    first_id: Mapped[str] = mapped_column(String(32))
    first_said: Mapped[IntroductionSaid] = mapped_column(choice(IntroductionSaid), default=IntroductionSaid.YES)
    second_id: Mapped[str] = mapped_column(String(32))
    second_said: Mapped[IntroductionSaid] = mapped_column(choice(IntroductionSaid), default=IntroductionSaid.YES)
    at: Mapped[MomentColumn]
