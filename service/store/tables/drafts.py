"""Drafts: points and sources, what people read, what verification found, and which work is nearly the same text."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipelines.values import Band, PointKind, SourceKind, Standing
from service.domain.drafts import DraftState
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


class PointState(StrEnum):
    """What a facilitator made of a point. Only the last two kinds and `ACCEPTED` are part of what is approved."""

    PROPOSED = "proposed"
    DISMISSED = "dismissed"
    ACCEPTED = "accepted"
    EDITED = "edited"
    ADDED = "added"


IN_QUEUE = (
    *("organization_id", "state", "group_id", "challenge_id", "band", "stale", "created_at", "shuffle", "id"),
    *("version", "claimed_by", "claimed_until", "handed_in_at"),
)
"""All that the queue filters, counts and orders by, so that it is read off the index: a draft's row is some ten
kilobytes, and with 10,000 waiting SQLite took 200 ms for what comes next instead of 40."""


class DraftRow(Base):
    """The drafted feedback for one revision, through every redraft. `generation` grows with each; what an earlier
    generation of work hands in late is dropped. `version` grows with every change and is the ETag."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_queue", *IN_QUEUE),
        Index("ix_drafts_submission", "submission_id"),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    revision_id: Mapped[str] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), unique=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id"))
    state: Mapped[DraftState] = mapped_column(choice(DraftState), default=DraftState.WAITING)
    generation: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    reason_code: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[LongText]
    summary: Mapped[LongText]
    language: Mapped[str] = mapped_column(default="")
    instruction: Mapped[LongText]
    band: Mapped[Band | None] = mapped_column(choice(Band), default=None)
    standing: Mapped[Standing | None] = mapped_column(choice(Standing), default=None)  # the facilitator's own judgement
    score: Mapped[float | None] = mapped_column(default=None)  # the facilitator's, in [0, 1]
    judgements: Mapped[JsonObject]  # the facilitator's, criterion key → standing
    assessment: Mapped[JsonObject]
    evidence: Mapped[JsonArray]  # label, id, shelf, dense, lexical, fused; never text
    # by criterion: its places in the work, and ids of what was found for it; never text
    sheet: Mapped[JsonArray] = mapped_column(server_default=text("'[]'"))
    challenge_version: Mapped[int] = mapped_column(default=1)
    stale: Mapped[bool] = mapped_column(default=False)  # the challenge, or a document it quotes, has changed
    shuffle: Mapped[str] = mapped_column(String(16), default="")  # stable pseudo-random order among equals
    model: Mapped[str] = mapped_column(String(128), default="")
    prompt_name: Mapped[str] = mapped_column(String(64), default="")
    prompt_version: Mapped[int | None] = mapped_column(default=None)
    prompt_sha: Mapped[str] = mapped_column(String(64), default="")
    prompt_rendered: Mapped[LongText]
    prompt_tokens: Mapped[int] = mapped_column(default=0)
    completion_tokens: Mapped[int] = mapped_column(default=0)
    model_calls: Mapped[int] = mapped_column(default=0)
    cost: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")  # micro-units of the prices' currency
    passes: Mapped[JsonArray] = mapped_column(
        server_default=text("'[]'")
    )  # of the model, over this draft: tokens, seconds
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    claimed_until: Mapped[MaybeMoment]
    created_at: Mapped[MomentColumn]
    handed_in_at: Mapped[MaybeMoment]  # the revision's; what was made by an earlier version has none
    ready_at: Mapped[MaybeMoment]
    changed_at: Mapped[MomentColumn]

    points: Mapped[list[PointRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="PointRow.position"
    )
    findings: Mapped[list[FindingRow]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    readings: Mapped[list[CriterionReadingRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="CriterionReadingRow.criterion"
    )


class PointRow(Base):
    """One piece of feedback. `drafted` is what the machine wrote (empty for a person's own); `text` is what stands now.

    Points of earlier generations stay, for history; the draft is made of those of its current generation.
    """

    __tablename__ = "points"
    __table_args__ = (Index("ix_points_draft", "draft_id", "generation"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    generation: Mapped[int]
    position: Mapped[int]
    kind: Mapped[PointKind] = mapped_column(choice(PointKind))
    criterion: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[LongText]
    drafted: Mapped[LongText]
    quote: Mapped[LongText]
    start: Mapped[int]
    end: Mapped[int]
    band: Mapped[Band | None] = mapped_column(choice(Band), default=None)
    state: Mapped[PointState] = mapped_column(choice(PointState), default=PointState.PROPOSED)
    reason_code: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[LongText]
    composed: Mapped[bool] = mapped_column(default=False, server_default=false())  # from a person's readings
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    decided_at: Mapped[MaybeMoment]

    sources: Mapped[list[SourceRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="SourceRow.position"
    )


class CriterionReadingRow(Base):
    """How a person said that the work stands on one criterion, and where: `start` to `end` of the revision's text, both
    None for nowhere. It holds for the revision, through every redraft; the latest stands."""

    __tablename__ = "criterion_readings"
    __table_args__ = (UniqueConstraint("draft_id", "criterion"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    criterion: Mapped[str] = mapped_column(String(64))
    standing: Mapped[Standing] = mapped_column(choice(Standing))
    start: Mapped[int | None] = mapped_column(default=None)
    end: Mapped[int | None] = mapped_column(default=None)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    read_at: Mapped[MomentColumn]


class SourceRow(Base):
    """What a point rests on. `ref_id` is a passage, criterion key, or point id by `kind`."""

    __tablename__ = "sources"

    point_id: Mapped[str] = mapped_column(ForeignKey("points.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[OrganizationId]
    kind: Mapped[SourceKind] = mapped_column(choice(SourceKind))
    ref_id: Mapped[str] = mapped_column(String(128))
    owner_id: Mapped[str] = mapped_column(String(32), default="", index=True)  # revision or document version, if any
    quote: Mapped[LongText]
    start: Mapped[int | None] = mapped_column(default=None)
    end: Mapped[int | None] = mapped_column(default=None)
    title: Mapped[LongText]
    version: Mapped[int | None] = mapped_column(default=None)


class FindingRow(Base):
    """What verification said of a point, or of the draft where `point_id` is empty."""

    __tablename__ = "findings"

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    generation: Mapped[int]
    point_id: Mapped[str | None] = mapped_column(ForeignKey("points.id", ondelete="CASCADE"), index=True, default=None)
    code: Mapped[str] = mapped_column(String(64))
    message: Mapped[LongText]


class Sketch(Base):
    """A draft's work as `domain.texts.likeness` sketches it. `first_id` is the draft that came first among those whose
    work is nearly the same as that one's; its own, where there was none."""

    __tablename__ = "sketches"
    __table_args__ = (
        Index("ix_sketches_challenge", "challenge_id", "first_id"),
        Index("ix_sketches_first", "first_id"),
    )

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    first_id: Mapped[str] = mapped_column(String(32))
    data: Mapped[bytes] = mapped_column(LargeBinary)
