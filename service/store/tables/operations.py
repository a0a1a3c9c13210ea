"""What keeps the service running: jobs, outgoing events, imports, credentials, stored replies, and the audit trail."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.roles import CredentialReach
from service.store.tables.columns import (
    Base,
    Hash,
    Id,
    JsonArray,
    JsonObject,
    LongText,
    MaybeMoment,
    Moment,
    OrganizationId,
    choice,
)


class JobState(StrEnum):
    """Where a job is. A leased job whose lease ran out is taken by whoever comes next."""

    QUEUED = "queued"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


_WAITS = text("state = 'queued'")


class Job(Base):
    """One thing to do, written in the transaction that makes it needed. This table, not the broker, is the truth.

    `dedupe` is unique among jobs that wait: asking twice is asking once. A job that runs is no longer in the way, since
    it may have read the rows before they changed. `told_at` is when somebody was told of a dead job.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "state", "not_before"),
        Index("ix_jobs_lease", "state", "lease_until"),
        Index("uq_jobs_dedupe", "dedupe", unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    generation: Mapped[int] = mapped_column(default=0)
    dedupe: Mapped[str | None] = mapped_column(String(160), default=None)
    state: Mapped[JobState] = mapped_column(choice(JobState), default=JobState.QUEUED)
    priority: Mapped[int] = mapped_column(default=0)  # larger goes first
    not_before: Mapped[Moment]
    lease_owner: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[MaybeMoment]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[LongText]
    request_id: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[Moment]
    finished_at: Mapped[MaybeMoment]
    told_at: Mapped[MaybeMoment]


class OutgoingEvent(Base):
    """Something the outside is told about; ids and states only. Read in order of `number`.

    A number is given after the commit (`outbox.number`), not with the row: a long transaction may commit an event that
    was written before one that somebody has read already, and a reader would pass it over.
    """

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("organization_id", "number"),)

    id: Mapped[Id]
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(64))
    data: Mapped[JsonObject]
    at: Mapped[Moment]
    number: Mapped[int | None] = mapped_column(BigInteger, default=None)


class Credential(Base):
    """A key, a short-lived token, or a session in a browser; only its hash is kept. `groups` limits a platform's key;
    empty is everything."""

    __tablename__ = "credentials"

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    name: Mapped[str]
    reach: Mapped[CredentialReach] = mapped_column(choice(CredentialReach))
    session: Mapped[bool] = mapped_column(default=False, server_default=false())
    secret_hash: Mapped[Hash] = mapped_column(unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), default=None)
    groups: Mapped[JsonArray]
    minted_by: Mapped[str | None] = mapped_column(ForeignKey("credentials.id", ondelete="CASCADE"), default=None)
    created_at: Mapped[Moment]
    expires_at: Mapped[MaybeMoment]
    revoked_at: Mapped[MaybeMoment]


class StoredReply(Base):
    """What was answered to a request with an Idempotency-Key, to be given again. No status: still worked on."""

    __tablename__ = "stored_replies"

    credential_id: Mapped[str] = mapped_column(ForeignKey("credentials.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    organization_id: Mapped[OrganizationId]
    request_hash: Mapped[Hash]
    status: Mapped[int | None] = mapped_column(default=None)
    headers: Mapped[JsonObject]
    body: Mapped[LongText]
    created_at: Mapped[Moment]


class ImportRun(Base):
    """A bundle being taken in, a chunk of lines a transaction, so that a crash costs at most one chunk's work."""

    __tablename__ = "imports"

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    credential_id: Mapped[str] = mapped_column(String(32), default="")
    state: Mapped[str] = mapped_column(String(16), default="running")  # running, finished
    lines: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Moment]
    finished_at: Mapped[MaybeMoment]


class ImportChunk(Base):
    """Lines of a bundle that wait to be taken in; deleted once they are."""

    __tablename__ = "import_chunks"

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    first_line: Mapped[int] = mapped_column(primary_key=True)  # 1-based
    body: Mapped[LongText]


class ImportError_(Base):
    """A line that could not be kept, and why."""

    __tablename__ = "import_errors"

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    message: Mapped[LongText]


class AuditEntry(Base):
    """Who did what, when, to what. Ids and plain facts only: nobody's text, so that erasure need not touch it."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_organization_id_id", "organization_id", "id"),)

    id: Mapped[Id]
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    at: Mapped[Moment]
    actor: Mapped[str] = mapped_column(String(80))  # credential:…, person:…, machine, clock
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(80))
    facts: Mapped[JsonObject]
