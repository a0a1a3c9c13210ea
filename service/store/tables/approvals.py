"""What every table of decisions, of approvals and of what was let out by one has in common. The keys carry rule 1:
nothing comes out without an approval of exactly its hash, and an approval cannot be without a facilitator."""

from __future__ import annotations

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import (
    Base,
    HashColumn,
    IdColumn,
    JsonObject,
    LongText,
    MaybeMoment,
    MomentColumn,
    OrganizationId,
)


class DecisionColumns(Base):
    """A recorded human act. Kept for good: `before` and `after` are the texts, so an edit can be shown as a diff."""

    __abstract__ = True

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    act: Mapped[str] = mapped_column(String(32))
    reason_code: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[LongText]
    before: Mapped[LongText]
    after: Mapped[LongText]
    text_hash: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[MomentColumn]


class ApprovalColumns(Base):
    """A facilitator approved exactly what has this hash; `body` is that, as those for whom it is made would read it.
    It comes out at `release_at`, unless it was undone before."""

    __abstract__ = True

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    text_hash: Mapped[HashColumn]
    body: Mapped[JsonObject]
    facilitator_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[MomentColumn]
    release_at: Mapped[MomentColumn]
    undone_at: Mapped[MaybeMoment]


class ReleaseColumns(Base):
    """What was approved came out, by this approval."""

    __abstract__ = True

    organization_id: Mapped[OrganizationId]
    text_hash: Mapped[HashColumn]
    approval_id: Mapped[str] = mapped_column(String(32))
    released_at: Mapped[MomentColumn]


def named_by_hash(subject: str) -> UniqueConstraint:
    """What a release points to: the approval together with what it is of and with its hash."""
    return UniqueConstraint(subject, "text_hash", "id")


def backed_by(approvals: str, subject: str, *, name: str) -> ForeignKeyConstraint:
    """No release but of what was approved, with the hash that was approved."""
    pointing, there = (subject, "text_hash", "approval_id"), (subject, "text_hash", "id")
    return ForeignKeyConstraint(pointing, [f"{approvals}.{column}" for column in there], name=name, ondelete="CASCADE")
