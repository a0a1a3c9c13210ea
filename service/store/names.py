"""Names of people by their ids, for whoever may see them: what is read here is not checked here."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.tables import Person


def names_of(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Names by our own ids."""
    wanted = {id_ for id_ in ids if id_}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))).all() if wanted else ()
    return {row.id: row.name for row in rows}


def name_of(session: Session, person_id: str | None) -> str:
    """A person's name, or an empty string where the person is gone."""
    return session.scalar(select(Person.name).where(Person.id == person_id)) or ""
