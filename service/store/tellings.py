"""What happens once: written by one guarded statement, so that of several workers exactly one does it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.store.session import insert
from service.store.tables import Telling


def first(session: Session, organization: str, name: str, subject: str, *, turn: str = "", now: datetime) -> bool:
    """Whether it falls to the caller, who does it in the same transaction: nobody has, and nobody else will.

    Another transaction that is at it is waited for; if it is rolled back, it falls to the caller after all.
    """
    row = {"organization_id": organization, "name": name, "subject_id": subject, "turn": turn, "at": now}
    statement = insert(session, Telling.__table__).values(row).on_conflict_do_nothing()
    return session.execute(statement.returning(Telling.__table__.c.subject_id)).first() is not None
