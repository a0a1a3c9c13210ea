"""What search looks in: a copy of each text that may be found, kept by triggers of the database and by nothing else."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, LongText, MomentColumn, OrganizationId, choice


class SearchKind(StrEnum):
    """What was found: somebody's work, feedback that was released on it, or a person by their name."""

    WORK = "work"
    FEEDBACK = "feedback"
    PERSON = "person"


class SearchText(Base):
    """One text that may be found: a submission's latest, the released feedback of a draft, a person's name and id.

    Rows are written by triggers (migration 0040) whenever what they copy is, so that no writer can forget them: what is
    taken back, retracted or erased is gone in the same transaction. The numbers grow with each change: latest last.
    """

    __tablename__ = "search_texts"
    __table_args__ = (
        Index("ix_search_texts_subject", "subject_id"),
        Index("ix_search_texts_submission", "submission_id"),
        {"info": {"derived": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[OrganizationId]
    kind: Mapped[SearchKind] = mapped_column(choice(SearchKind))
    subject_id: Mapped[str] = mapped_column(String(32))  # of the submission, the draft or the person
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), default=None)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    text: Mapped[LongText]
    at: Mapped[MomentColumn]
