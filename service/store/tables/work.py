"""What learners hand in, and what is made of it and of documents: passages, vectors, and what assessment learned."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.values import AI, Shelf
from service.domain.files import FileKind
from service.store.columns import (
    Base,
    ExternalIdColumn,
    HashColumn,
    IdColumn,
    JsonArray,
    JsonObject,
    LongText,
    MaybeMoment,
    MomentColumn,
    OrganizationId,
    choice,
)


class Submission(Base):
    """One person's solution to one challenge, through all its revisions. `group_id` is where drafts are reviewed."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("organization_id", "external_id"),
        Index("ix_submissions_challenge_person", "challenge_id", "person_id"),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    external_id: Mapped[ExternalIdColumn]
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id"), index=True)
    latest: Mapped[int] = mapped_column(default=1)  # number of the latest revision
    created_at: Mapped[MomentColumn]
    withdrawn_at: Mapped[MaybeMoment]


class Revision(Base):
    """A submission's text as handed in at one time; it never changes. `ai` is the stricter of person's and call's."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[LongText]
    text_hash: Mapped[HashColumn]
    language: Mapped[str] = mapped_column(default="")
    ai: Mapped[AI] = mapped_column(choice(AI), default=AI.LOCAL)
    submitted_at: Mapped[MomentColumn]


class WorkFile(Base):
    """A file as it was sent, with the text that was read from it. Belongs to a revision once it was handed in with one;
    what is not is swept after a day. In the database, so that whatever erases, keeps or restores the rows does so here,
    and several machines see the same."""

    __tablename__ = "files"

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    revision_id: Mapped[str | None] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), index=True)
    name: Mapped[ExternalIdColumn]
    kind: Mapped[FileKind] = mapped_column(choice(FileKind))
    media_type: Mapped[str] = mapped_column(String(128))
    sha256: Mapped[HashColumn]  # of what was sent
    size: Mapped[int]  # bytes of what is kept
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    text: Mapped[LongText]
    pages: Mapped[int] = mapped_column(default=0)
    remarks: Mapped[JsonArray]
    position: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[MomentColumn]


class PassageRow(Base):
    """Where a passage stands in its owner's text (a revision or a document version). The text itself stays there."""

    __tablename__ = "passages"
    __table_args__ = (Index("ix_passages_owner", "owner_id"), Index("ix_passages_part", "shelf", "part_id"))

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # owner@start-end
    organization_id: Mapped[OrganizationId]
    shelf: Mapped[Shelf] = mapped_column(choice(Shelf))
    part_id: Mapped[str] = mapped_column(String(32))  # the challenge for work, the organization for context
    owner_id: Mapped[str] = mapped_column(String(32))
    start: Mapped[int]
    end: Mapped[int]
    heading: Mapped[LongText]


class VectorRow(Base):
    """An embedding, by model and hash of the text embedded, so that an index can be rebuilt without the model."""

    __tablename__ = "vectors"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(String(128), primary_key=True)
    text_hash: Mapped[HashColumn] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)  # float32, little-endian


class AssessmentFit(Base):
    """What assessment learned from an organization's history with one embedder, as plain numbers."""

    __tablename__ = "assessment_fits"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(String(128), primary_key=True)
    history: Mapped[int]  # number of judged submissions it was fitted on
    data: Mapped[JsonObject]
    fitted_at: Mapped[MomentColumn]
