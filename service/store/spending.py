"""The book of what models cost: reserve before a model is asked, book what it did cost, release what was not used.

One guarded statement decides whether there is money left, so that no two workers spend the same. A reservation is tied
to its job: it lapses once that job's lease has run out, and booking belongs in the transaction that ends the job, which
happens once. So a cost is booked once, however often the job was begun.

Rows are locked in one order everywhere, so that nobody waits in a ring: the job (by the caller), reservations, days.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from pipelines.values import Usage
from service.store.session import changed_rows, insert
from service.store.tables import DraftRow, Job, JobState, Reservation, Spending, Submission


def reserve(session: Session, *, organization: str, job: str, amount: int, per_day: int | None, now: datetime) -> bool:
    """Set `amount` aside for a job that the caller holds the lease of. False: the day's budget does not allow it.

    What an earlier try of the same job had set aside is released first, and so is what lapsed.
    """
    today = now.date()
    _free(session, or_(Reservation.job_id == job, _lapsed(organization, now)), lapsed=1)
    _open(session, organization, today)
    enough = update(Spending).where(_is(organization, today))
    if per_day is not None:
        enough = enough.where(Spending.reserved + Spending.spent + amount <= per_day)
    if not changed_rows(session, enough.values(reserved=Spending.reserved + amount)):
        return False
    session.add(Reservation(job_id=job, organization_id=organization, day=today, amount=amount))
    session.flush()
    return True


def book(session: Session, *, organization: str, job: str, cost: int, usage: Usage, now: datetime) -> None:
    """Write down what the job did cost, and release what was set aside. Only in the transaction that ends the job."""
    day = release(session, job) or now.date()
    if not usage.calls and not cost:
        return
    _open(session, organization, day)
    spent: dict[str, Any] = {
        "spent": Spending.spent + cost,
        "calls": Spending.calls + usage.calls,
        "prompt_tokens": Spending.prompt_tokens + usage.prompt_tokens,
        "completion_tokens": Spending.completion_tokens + usage.completion_tokens,
    }
    changed_rows(session, update(Spending).where(_is(organization, day)).values(spent))


def release(session: Session, job: str) -> date | None:
    """Give back what was set aside for the job; the day it was set aside on, or None if nothing was."""
    return _free(session, Reservation.job_id == job, lapsed=0)


def days(session: Session, organization: str, limit: int) -> list[Spending]:
    """The last days on which a model was used or asked for, the latest first."""
    rows = select(Spending).where(Spending.organization_id == organization).order_by(Spending.day.desc())
    return list(session.scalars(rows.limit(limit)))


def drafted(session: Session, whose: ColumnElement[bool], *, since: datetime) -> int:
    """On how much work a model has drafted since then; `whose` is a condition on drafts and submissions."""
    rows = select(func.count()).select_from(DraftRow).join(Submission, Submission.id == DraftRow.submission_id)
    return session.scalar(rows.where(whose, DraftRow.ready_at >= since, DraftRow.model_calls > 0)) or 0


def _lapsed(organization: str, now: datetime) -> ColumnElement[bool]:
    """Set aside for a job that nobody works on any more."""
    alive = exists().where(Job.id == Reservation.job_id, Job.state == JobState.LEASED, Job.lease_until >= now)
    return and_(Reservation.organization_id == organization, ~alive)


def _free(session: Session, which: ColumnElement[bool], *, lapsed: int) -> date | None:
    """Delete these reservations and give their days back what they held; one of the days."""
    gone = session.execute(
        delete(Reservation)
        .where(which)
        .returning(Reservation.organization_id, Reservation.day, Reservation.amount)
        .execution_options(synchronize_session=False)
    ).all()
    by_day: dict[tuple[str, date], list[int]] = defaultdict(list)
    for organization, day, amount in gone:
        by_day[organization, day].append(amount)
    for (organization, day), amounts in sorted(by_day.items()):
        less = {"reserved": Spending.reserved - sum(amounts), "lapsed": Spending.lapsed + lapsed * len(amounts)}
        changed_rows(session, update(Spending).where(_is(organization, day)).values(less))
    return next((day for _, day in by_day), None)


def _open(session: Session, organization: str, day: date) -> None:
    """See that the day has its row."""
    columns = ("reserved", "spent", "calls", "prompt_tokens", "completion_tokens", "lapsed")
    row = {"organization_id": organization, "day": day, **dict.fromkeys(columns, 0)}
    session.execute(insert(session, Spending.__table__).values(row).on_conflict_do_nothing())


def _is(organization: str, day: date) -> ColumnElement[bool]:
    return and_(Spending.organization_id == organization, Spending.day == day)
