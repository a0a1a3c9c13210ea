"""What models cost an organization, day by day, and what is set aside for drafts that are being made."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.columns import Base, OrganizationId


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
