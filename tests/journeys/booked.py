"""What the book says that models cost, over all days: who works an hour ahead may work on the next one."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy.orm import Session

from service.store import spending


@dataclass(frozen=True)
class Booked:
    """In micro-units of the prices' currency; calls and tokens as they were counted."""

    spent: int
    reserved: int
    lapsed: int
    calls: int
    prompt_tokens: int
    completion_tokens: int


def booked(session: Session, organization: str) -> Booked:
    rows = spending.days(session, organization, 9)
    return Booked(**{one.name: sum(getattr(row, one.name) for row in rows) for one in fields(Booked)})
