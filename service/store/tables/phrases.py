"""Words that facilitators keep to say again."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, IdColumn, LongText, MomentColumn, OrganizationId


class Phrase(Base):
    """One facilitator's words; with a group, also of all who review that group."""

    __tablename__ = "phrases"

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[str | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True, default=None)
    text: Mapped[LongText]
    made_at: Mapped[MomentColumn]
