"""Needs that learners stated, the passages that speak to them, and others' work found for them with its approvals.

Words of what was found are not kept here: they are read anew whenever they are shown.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.values import AI
from service.domain.requests.found import FoundWorkState
from service.domain.requests.need import RequestState
from service.store.columns import Base, IdColumn, LongText, MaybeMoment, MomentColumn, OrganizationId, choice
from service.store.tables.approvals import ApprovalColumns, DecisionColumns, ReleaseColumns, backed_by, named_by_hash


class Request(Base):
    """A need that a learner stated. `cluster_id` is the first request of those that ask for the same."""

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_open", "organization_id", "state", "stated_at"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    text: Mapped[LongText]
    ai: Mapped[AI] = mapped_column(choice(AI), default=AI.LOCAL)
    state: Mapped[RequestState] = mapped_column(choice(RequestState), default=RequestState.OPEN)
    cluster_id: Mapped[str | None] = mapped_column(String(32), default=None)
    stated_at: Mapped[MomentColumn]
    looked_at: Mapped[MaybeMoment]
    answer: Mapped[LongText]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    answered_at: Mapped[MaybeMoment]


class PassageForRequest(Base):
    """A passage that speaks to a request; its words are read again whenever it is shown. `shelf`: context, or `nearest`
    where no document answers."""

    __tablename__ = "request_findings"

    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[OrganizationId]
    shelf: Mapped[str] = mapped_column(String(16))
    passage_id: Mapped[str] = mapped_column(String(64))
    owner_id: Mapped[str] = mapped_column(String(32), index=True)  # revision or document version
    start: Mapped[int]
    end: Mapped[int]


class FoundWork(Base):
    """A passage of somebody's work that speaks to a request, and what a facilitator decided on it."""

    __tablename__ = "found_works"
    __table_args__ = (UniqueConstraint("request_id", "revision_id", "start", "end"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"))
    revision_id: Mapped[str] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), index=True)
    start: Mapped[int]
    end: Mapped[int]
    position: Mapped[int]
    state: Mapped[FoundWorkState] = mapped_column(choice(FoundWorkState), default=FoundWorkState.FOUND)
    version: Mapped[int] = mapped_column(default=1)
    found_at: Mapped[MomentColumn]


class FoundWorkDecision(DecisionColumns):
    """A human act on found work."""

    __tablename__ = "found_work_decisions"

    found_id: Mapped[str] = mapped_column(ForeignKey("found_works.id", ondelete="CASCADE"), index=True)


class FoundWorkApproval(ApprovalColumns):
    """A facilitator approved exactly the words that have this hash; `body` says which, and what is out of sight."""

    __tablename__ = "found_work_approvals"
    __table_args__ = (named_by_hash("found_id"),)

    found_id: Mapped[str] = mapped_column(ForeignKey("found_works.id", ondelete="CASCADE"))
    release_at: Mapped[MomentColumn] = mapped_column("show_at")


class FoundWorkShowing(ReleaseColumns):
    """The moment it became visible to whoever asked. The foreign key is rule 1, as for all that comes out."""

    __tablename__ = "found_work_showings"
    __table_args__ = (
        backed_by("found_work_approvals", "found_id", name="fk_found_work_showings_approval"),
        UniqueConstraint("approval_id"),
    )

    id: Mapped[IdColumn]
    found_id: Mapped[str] = mapped_column(String(32), index=True)
    released_at: Mapped[MomentColumn] = mapped_column("shown_at")
    ended_at: Mapped[MaybeMoment]
