"""Names of people by their ids, for whoever may see them: what is read here is not checked here.

Two people of one name are told apart for those who work with both: by the platform's id behind the name. Learners read
plain names, since an id may be an address or a number that is not theirs to know.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Label, case, exists, select
from sqlalchemy.orm import Session, aliased

from service.store.tables import Person


def told_apart(person: Any = Person) -> Label[str]:
    """The name of a row of people, as `name`; with the platform's id in brackets where another in the organization has
    that name, too."""
    other = aliased(Person)
    namesake = exists().where(
        other.organization_id == person.organization_id, other.name == person.name, other.id != person.id
    )
    return case((namesake, person.name + " (" + person.external_id + ")"), else_=person.name).label("name")


def names_of(session: Session, ids: Iterable[str | None], *, apart: bool = False) -> dict[str, str]:
    """Names by our own ids; with `apart`, namesakes are told apart."""
    wanted = {id_ for id_ in ids if id_}
    name: Label[str] = told_apart() if apart else Person.name.label("name")
    rows = session.execute(select(Person.id, name).where(Person.id.in_(wanted))).all() if wanted else ()
    return {row.id: row.name for row in rows}


def name_of(session: Session, person_id: str | None) -> str:
    """A person's name, or an empty string where the person is gone."""
    return session.scalar(select(Person.name).where(Person.id == person_id)) or ""
