"""Links with which people come in through the browser. A session itself is a credential of a person."""

from __future__ import annotations

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.columns import Base, Hash, Id, LongText, MaybeMoment, Moment, OrganizationId


class SignIn(Base):
    """A link that signs one person in, once; only its hash is kept. `embedded`: for a frame on a platform's page."""

    __tablename__ = "sign_ins"

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[Hash] = mapped_column(unique=True)
    minted_by: Mapped[str | None] = mapped_column(ForeignKey("credentials.id", ondelete="CASCADE"), default=None)
    embedded: Mapped[bool] = mapped_column(default=False, server_default=false())
    path: Mapped[LongText]  # where to go first; empty: where the person's role begins
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[MaybeMoment]
