"""That something connected does not take what it is given: kept while it is so, and told each time that it begins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.domain.events import Event
from service.domain.ids import new_id
from service.store import outbox
from service.store.session import changed_rows, insert
from service.store.tables import IntegrationTrouble


def begin(session: Session, organization: str, integration: str, subject: str, path: str, *, now: datetime) -> bool:
    """Write it down, and tell of it; False where it was known. `subject` is our own id, `path` the page to mend it."""
    row = {"id": new_id(), "organization_id": organization, "integration": integration, "subject_id": subject}
    table = IntegrationTrouble.__table__
    statement = insert(session, table).values(row | {"path": path, "since": now}).on_conflict_do_nothing()
    if session.execute(statement.returning(table.c.id)).first() is None:
        return False
    event = Event.INTEGRATION_FAILED
    outbox.tell(session, organization, event, now=now, trouble=row["id"], integration=integration)
    return True


def since(session: Session, integration: str, subject: str) -> datetime | None:
    """Since when it is so; None for what is well."""
    mine = (IntegrationTrouble.integration == integration, IntegrationTrouble.subject_id == subject)
    return session.scalar(select(IntegrationTrouble.since).where(*mine))


def over(session: Session, integration: str, subject: str) -> None:
    """It is well again, or is not looked after any more."""
    mine = (IntegrationTrouble.integration == integration, IntegrationTrouble.subject_id == subject)
    changed_rows(session, delete(IntegrationTrouble).where(*mine))
