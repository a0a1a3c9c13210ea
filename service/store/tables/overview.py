"""What a second facilitator found who read the work without knowing the first's view."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.values import Standing
from service.store.columns import Base, IdColumn, JsonObject, LongText, MomentColumn, OrganizationId, choice


class SpotCheck(Base):
    """A second reading of work whose feedback was approved; one approval is checked once. `first_…` is what the first
    facilitator's judgement was then."""

    __tablename__ = "spot_checks"
    __table_args__ = (UniqueConstraint("approval_id"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    approval_id: Mapped[str] = mapped_column(ForeignKey("approvals.id", ondelete="CASCADE"))
    first_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    first_standing: Mapped[Standing | None] = mapped_column(choice(Standing), default=None)
    first_judgements: Mapped[JsonObject]  # criterion key → standing
    second_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    second_standing: Mapped[Standing | None] = mapped_column(choice(Standing), default=None)
    second_judgements: Mapped[JsonObject]
    note: Mapped[LongText]
    at: Mapped[MomentColumn]
