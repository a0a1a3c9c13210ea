"""Housekeeping as a worker does it that has just started, and what it told the outside."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

from sqlalchemy import select

from service.jobs.housekeeping import Housekeeping
from service.store.session import Sessions
from service.store.tables import Organization, OutgoingEvent

DAY = timedelta(days=1)


def sweep(sessions: Sessions, now: datetime) -> None:
    assert Housekeeping(SimpleNamespace(sessions=sessions, now=lambda: now, integrations=())).sweep()  # type: ignore[arg-type]


def events(sessions: Sessions, name: str) -> list[dict[str, object]]:
    with sessions.reading() as session:
        rows = session.scalars(select(OutgoingEvent).where(OutgoingEvent.name == name).order_by(OutgoingEvent.id))
        return [dict(row.data) for row in rows]


def setting(sessions: Sessions, organization: str, **what: object) -> None:
    with sessions.writing() as session:
        row = session.get_one(Organization, organization)
        row.settings = {**row.settings, **what}
