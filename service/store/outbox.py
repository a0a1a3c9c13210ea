"""Outgoing events: written in the transaction that they tell of, numbered once it is committed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from service.domain.events import Event, unknown_facts
from service.store.tables import Organization, OutgoingEvent

AT_ONCE = 1000
"""Events numbered in one transaction."""


def tell(session: Session, organization: str, event: Event, *, now: datetime, **data: object) -> None:
    """Queue an event. `data` holds ids and states, never anybody's words. Raises ValueError for a fact that the event
    may not carry (`service.domain.events`)."""
    wrong = unknown_facts(event, data)
    if wrong:
        raise ValueError(f"{event} is told with facts that are not its own, or without its subject: {wrong}.")
    session.add(OutgoingEvent(organization_id=organization, name=event.value, data=data, at=now))


def number(session: Session, organization: str) -> None:
    """Give the next numbers to events that have none. One transaction at a time does so, so numbers follow commits."""
    session.get(Organization, organization, with_for_update={"key_share": True})
    waiting = session.scalars(
        select(OutgoingEvent)
        .where(OutgoingEvent.organization_id == organization, OutgoingEvent.number.is_(None))
        .order_by(OutgoingEvent.id)
        .limit(AT_ONCE)
    ).all()
    if waiting:
        for at, event in enumerate(waiting, last(session, organization) + 1):
            event.number = at
        session.flush()


def page(
    session: Session, organization: str, *where: ColumnElement[bool], after: int, limit: int
) -> list[OutgoingEvent]:
    """Numbered events after `after` (of these, if any are named), in order."""
    mine = (OutgoingEvent.organization_id == organization, OutgoingEvent.number > after, *where)
    return list(session.scalars(select(OutgoingEvent).where(*mine).order_by(OutgoingEvent.number).limit(limit)))


def any_after(session: Session, organization: str, *where: ColumnElement[bool], after: int) -> bool:
    """Whether there is an event after `after` (of these, if any are named), be it numbered or not yet."""
    new = or_(OutgoingEvent.number.is_(None), OutgoingEvent.number > after)
    mine = (OutgoingEvent.organization_id == organization, new, *where)
    return session.scalars(select(OutgoingEvent.id).where(*mine).limit(1)).first() is not None


def last(session: Session, organization: str) -> int:
    """The highest number so far; 0 where there is none."""
    found = select(func.max(OutgoingEvent.number)).where(OutgoingEvent.organization_id == organization)
    return session.scalar(found) or 0
