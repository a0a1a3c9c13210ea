"""Groups and people with what a reader needs to know beside them, by external ids.

Only reads, and takes rows that a caller was already allowed to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.roles import Role
from service.store import external_ids
from service.store.tables import Group, Person, RoleGrant


@dataclass(frozen=True, slots=True)
class GroupWithParent:
    """A group, and the external id of the one above."""

    row: Group
    parent: str | None


@dataclass(frozen=True, slots=True)
class PersonWithRoles:
    """A person, and the roles held in groups by external id."""

    row: Person
    roles: tuple[tuple[Role, str], ...]


def groups(session: Session, rows: Sequence[Group]) -> list[GroupWithParent]:
    known = external_ids.of(session, Group, (row.parent_id for row in rows))
    return [GroupWithParent(row, known.get(row.parent_id or "")) for row in rows]


def people(session: Session, rows: Sequence[Person]) -> list[PersonWithRoles]:
    grants = session.scalars(select(RoleGrant).where(RoleGrant.person_id.in_([row.id for row in rows]))).all()
    known = external_ids.of(session, Group, (grant.group_id for grant in grants))
    held = {row.id: [(g.role, known[g.group_id]) for g in grants if g.person_id == row.id] for row in rows}
    return [PersonWithRoles(row, tuple(sorted(held[row.id]))) for row in rows]
