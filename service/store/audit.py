"""The audit trail: who did what, when, to what. Written in the transaction that it tells of; never holds a text."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.store.tables import AuditEntry


def record(
    session: Session, *, organization: str, actor: str, act: str, subject: str, now: datetime, **facts: object
) -> None:
    """Add an entry. `actor` is `credential:…`, `person:…`, `operator`, `machine` or `clock`; facts hold no text."""
    session.add(
        AuditEntry(organization_id=organization, actor=actor, act=act, subject=subject, at=now, facts=dict(facts))
    )
