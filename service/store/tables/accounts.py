"""Where an organization's people have accounts of their own, and which account stands for whom. Holds no word of theirs
beyond what a coordinator needs who must confirm that an account is a person's."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.roles import Role
from service.store.columns import (
    Base,
    HashColumn,
    IdColumn,
    JsonArray,
    MaybeMoment,
    MomentColumn,
    OrganizationId,
    choice,
)


class StrangerRule(StrEnum):
    """What becomes of somebody with an account whom nobody knows here and no rule gives a role."""

    REFUSED = "refused"
    LEARNER = "learner"


class AccountProvider(Base):
    """The service that an organization's people sign in with (OpenID Connect).

    `secret` is sealed. `person_claim` names what its accounts hold of the platform's own id of a person; empty: nothing
    does. With `by_email`, a verified address that is one person's is enough to know them by. `trouble` is a code of why
    it was of no use the last time, and `trouble_said` a few words of ours.
    """

    __tablename__ = "account_providers"
    __table_args__ = (UniqueConstraint("organization_id"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    name: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(String(500))
    client_id: Mapped[str] = mapped_column(String(255))
    secret: Mapped[str] = mapped_column(String(2000), default="")
    scopes: Mapped[str] = mapped_column(String(500), default="")
    person_claim: Mapped[str] = mapped_column(String(200), default="")
    by_email: Mapped[bool] = mapped_column(default=False)
    strangers: Mapped[StrangerRule] = mapped_column(choice(StrangerRule), default=StrangerRule.REFUSED)
    strangers_group_id: Mapped[str | None] = mapped_column(ForeignKey("groups.id", ondelete="SET NULL"), default=None)
    listed: Mapped[bool] = mapped_column(default=False)
    on: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    trouble: Mapped[str] = mapped_column(String(64), default="")
    trouble_said: Mapped[str] = mapped_column(String(200), default="")
    trouble_at: Mapped[MaybeMoment]
    created_at: Mapped[MomentColumn]


class AccountRule(Base):
    """Who has this value in this claim has this role in this group."""

    __tablename__ = "account_rules"

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    provider_id: Mapped[str] = mapped_column(ForeignKey("account_providers.id", ondelete="CASCADE"), index=True)
    claim: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(String(500))
    role: Mapped[Role] = mapped_column(choice(Role))
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)


class AccountBinding(Base):
    """That an account stands for a person. `account_hash` is over issuer and subject. Until `confirmed_at` it signs
    nobody in, and `said` is what a coordinator decides by. `granted` are roles (`role:group`) that rules gave."""

    __tablename__ = "account_bindings"
    __table_args__ = (UniqueConstraint("provider_id", "account_hash"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    provider_id: Mapped[str] = mapped_column(ForeignKey("account_providers.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_hash: Mapped[HashColumn]
    said: Mapped[str] = mapped_column(String(500), default="")
    granted: Mapped[JsonArray]
    confirmed_at: Mapped[MaybeMoment]
    made_at: Mapped[MomentColumn]


class AccountSignIn(Base):
    """By which of the provider's own sessions somebody came, for the day that it says that this session has ended."""

    __tablename__ = "account_sign_ins"
    __table_args__ = (Index("ix_account_sign_ins_at", "organization_id", "at"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    binding_id: Mapped[str] = mapped_column(ForeignKey("account_bindings.id", ondelete="CASCADE"), index=True)
    session_hash: Mapped[HashColumn] = mapped_column(index=True)
    at: Mapped[MomentColumn]


class AccountUse(Base):
    """That something which counts once was used: an attempt to sign in, or a provider's word that somebody has left."""

    __tablename__ = "account_uses"
    __table_args__ = (Index("ix_account_uses_until", "organization_id", "until"),)

    provider_id: Mapped[str] = mapped_column(ForeignKey("account_providers.id", ondelete="CASCADE"), primary_key=True)
    use_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    until: Mapped[MomentColumn]
