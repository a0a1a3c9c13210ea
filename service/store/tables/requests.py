"""Needs that learners stated, and the passages that speak to them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.values import AI
from service.domain.requests.need import RequestState
from service.store.columns import Base, Id, LongText, MaybeMoment, Moment, OrganizationId, choice


class Request(Base):
    """A need that a learner stated. `cluster_id` is the first request of those that ask for the same."""

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_open", "organization_id", "state", "stated_at"),)

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    text: Mapped[LongText]
    ai: Mapped[AI] = mapped_column(choice(AI), default=AI.LOCAL)
    state: Mapped[RequestState] = mapped_column(choice(RequestState), default=RequestState.OPEN)
    cluster_id: Mapped[str | None] = mapped_column(String(32), default=None)
    stated_at: Mapped[Moment]
    looked_at: Mapped[MaybeMoment]
    answer: Mapped[LongText]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    answered_at: Mapped[MaybeMoment]


class RequestFinding(Base):
    """A passage that speaks to a request. Its words are read again whenever it is shown."""

    __tablename__ = "request_findings"

    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[OrganizationId]
    shelf: Mapped[str] = mapped_column(String(16))
    passage_id: Mapped[str] = mapped_column(String(64))
    owner_id: Mapped[str] = mapped_column(String(32), index=True)  # revision or document version
    start: Mapped[int]
    end: Mapped[int]
