"""Which work that was handed in is nearly the same text, so that whoever decides can look at it together."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.columns import Base, OrganizationId


class Sketch(Base):
    """A draft's work as `domain.likeness` sketches it. `first_id` is the draft that came first among those whose work
    is nearly the same as that one's; its own, where there was none."""

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
