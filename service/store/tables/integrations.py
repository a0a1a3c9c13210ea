"""What is connected to the service, and does not answer any more."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, IdColumn, MomentColumn, OrganizationId


class IntegrationTrouble(Base):
    """Something that an integration looks after (`subject_id`, by our own id) does not answer, since when, and the page
    where that can be mended. Gone once it answers again."""

    __tablename__ = "integration_troubles"
    __table_args__ = (UniqueConstraint("integration", "subject_id"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    integration: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(32))
    path: Mapped[str] = mapped_column(String(255))
    since: Mapped[MomentColumn]
