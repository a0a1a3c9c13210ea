"""Things to do, each written in the transaction that makes it needed; what models cost in doing them, day by day, and
what is set aside meanwhile."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import Base, IdColumn, LongText, MaybeMoment, MomentColumn, OrganizationId, choice


class JobState(StrEnum):
    """Where a job is. A leased job whose lease ran out is taken by whoever comes next."""

    QUEUED = "queued"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


_WAITS = text("state = 'queued'")
_PUT_OFF = text("state = 'queued' AND waits_for <> ''")


class Job(Base):
    """One thing to do, written in the transaction that makes it needed. This table, not the broker, is the truth.

    `dedupe` is unique among jobs that wait: asking twice is asking once. A job that runs is no longer in the way, since
    it may have read the rows before they changed. `told_at` is when somebody was told of a dead job.

    `waits_for` names the part of the outside (index, database, model) that did not answer when it was last tried,
    `waits_since` when that began, and `waits` how often it was put off for it: none of that is an attempt.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "state", "not_before"),
        Index("ix_jobs_lease", "state", "lease_until"),
        Index("uq_jobs_dedupe", "dedupe", unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_jobs_waits_for", "waits_for", sqlite_where=_PUT_OFF, postgresql_where=_PUT_OFF),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    generation: Mapped[int] = mapped_column(default=0)
    dedupe: Mapped[str | None] = mapped_column(String(160), default=None)
    state: Mapped[JobState] = mapped_column(choice(JobState), default=JobState.QUEUED)
    priority: Mapped[int] = mapped_column(default=0)  # larger goes first
    not_before: Mapped[MomentColumn]
    lease_owner: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[MaybeMoment]
    attempts: Mapped[int] = mapped_column(default=0)
    waits: Mapped[int] = mapped_column(default=0, server_default="0")
    waits_for: Mapped[str] = mapped_column(String(16), default="", server_default="")
    waits_since: Mapped[MaybeMoment]
    last_error: Mapped[LongText]
    request_id: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[MomentColumn]
    finished_at: Mapped[MaybeMoment]
    told_at: Mapped[MaybeMoment]


class Spending(Base):
    """One day (UTC) of one organization. Amounts are micro-units of the prices' currency.

    `reserved` is the sum of the day's reservations. `lapsed` counts those whose worker was never heard of again: what
    it had spent by then is on the provider's bill and not in `spent`.
    """

    __tablename__ = "spending"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reserved: Mapped[int] = mapped_column(BigInteger, default=0)
    spent: Mapped[int] = mapped_column(BigInteger, default=0)
    calls: Mapped[int] = mapped_column(default=0)
    prompt_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    completion_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    lapsed: Mapped[int] = mapped_column(default=0)


class Reservation(Base):
    """What is set aside for one job while its worker has the lease. At most one a job: the next try takes its place."""

    __tablename__ = "reservations"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    day: Mapped[date] = mapped_column(Date)
    amount: Mapped[int] = mapped_column(BigInteger)
