"""Outgoing events, written in the transaction that they tell of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.domain.events import Event
from service.store.tables import OutgoingEvent


def tell(session: Session, organization: str, event: Event, *, now: datetime, **data: object) -> None:
    """Queue an event. `data` holds ids and states, never anybody's words."""
    session.add(OutgoingEvent(organization_id=organization, name=event.value, data=data, at=now))
