"""Organizations, keys and sessions, links with which people come in, and replies to be given again."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.roles import CredentialReach
from service.store.columns import (
    Base,
    ExternalIdColumn,
    HashColumn,
    IdColumn,
    JsonArray,
    JsonObject,
    LongText,
    MaybeJsonArray,
    MaybeMoment,
    MomentColumn,
    OrganizationId,
    choice,
)


class Organization(Base):
    """The tenant. Nothing crosses it."""

    __tablename__ = "organizations"

    id: Mapped[IdColumn]
    external_id: Mapped[ExternalIdColumn] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    settings: Mapped[JsonObject]
    created_at: Mapped[MomentColumn]


class Credential(Base):
    """A key, a short-lived token, or a session in a browser; only its hash is kept. `groups` limits a platform's key;
    empty is everything. `scopes` says what a key may be used for; null, as in those from before there were any, is all.
    Tokens and sessions have none of their own: they reach as far as the key that they were made with."""

    __tablename__ = "credentials"

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    name: Mapped[str]
    reach: Mapped[CredentialReach] = mapped_column(choice(CredentialReach))
    session: Mapped[bool] = mapped_column(default=False, server_default=false())
    embedded: Mapped[bool] = mapped_column(default=False, server_default=false())  # a session begun in a frame
    secret_hash: Mapped[HashColumn] = mapped_column(unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), default=None)
    groups: Mapped[JsonArray]
    scopes: Mapped[MaybeJsonArray]
    minted_by: Mapped[str | None] = mapped_column(ForeignKey("credentials.id", ondelete="CASCADE"), default=None)
    created_at: Mapped[MomentColumn]
    expires_at: Mapped[MaybeMoment]
    revoked_at: Mapped[MaybeMoment]
    last_used_at: Mapped[MaybeMoment]  # of a platform's key, to the hour


class SignIn(Base):
    """A link that signs one person in, once; only its hash is kept. `embedded`: for a frame on a platform's page."""

    __tablename__ = "sign_ins"

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[HashColumn] = mapped_column(unique=True)
    minted_by: Mapped[str | None] = mapped_column(ForeignKey("credentials.id", ondelete="CASCADE"), default=None)
    embedded: Mapped[bool] = mapped_column(default=False, server_default=false())
    path: Mapped[LongText]  # where to go first; empty: where the person's role begins
    created_at: Mapped[MomentColumn]
    expires_at: Mapped[MomentColumn]
    used_at: Mapped[MaybeMoment]
    half_way_until: Mapped[MaybeMoment]  # it was opened, and a code of the second factor is waited for
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default="0")


class SecondFactor(Base):
    """An app that makes codes for one person. `secret` is sealed; until `confirmed_at` it asks nobody for anything."""

    __tablename__ = "second_factors"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    secret: Mapped[LongText]
    begun_at: Mapped[MomentColumn]
    confirmed_at: Mapped[MaybeMoment]
    last_step: Mapped[int] = mapped_column(default=0, server_default="0")  # the latest of which a code was accepted
    wrong: Mapped[int] = mapped_column(default=0, server_default="0")  # codes in a row, by somebody signed in


class RecoveryCode(Base):
    """A code that stands in for the app, once; only its hash is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[HashColumn]
    used_at: Mapped[MaybeMoment]


class StoredReply(Base):
    """What was answered to a request with an Idempotency-Key, to be given again. No status: still worked on."""

    __tablename__ = "stored_replies"

    credential_id: Mapped[str] = mapped_column(ForeignKey("credentials.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    organization_id: Mapped[OrganizationId]
    request_hash: Mapped[HashColumn]
    status: Mapped[int | None] = mapped_column(default=None)
    headers: Mapped[JsonObject]
    body: Mapped[LongText]
    created_at: Mapped[MomentColumn]
