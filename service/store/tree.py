"""The tree of groups, walked in the database; or read once, to be walked for many."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.tables import Group


def below(session: Session, groups: Collection[str]) -> frozenset[str]:
    """Ids of these groups and of every group below them."""
    if not groups:
        return frozenset()
    top = select(Group.id).where(Group.id.in_(groups)).cte("below", recursive=True)
    walk = top.union(select(Group.id).join(top, Group.parent_id == top.c.id))
    return frozenset(session.scalars(select(walk.c.id)))


def below_each(session: Session, organization: str) -> dict[str, frozenset[str]]:
    """For every group of an organization, what `below` gives for it; in one statement."""
    top = (
        select(Group.id.label("top"), Group.id.label("id"))
        .where(Group.organization_id == organization)
        .cte("below_each", recursive=True)
    )
    walk = top.union(select(top.c.top, Group.id).join(top, Group.parent_id == top.c.id))
    found: dict[str, set[str]] = {}
    for above, group in session.execute(select(walk.c.top, walk.c.id)):
        found.setdefault(above, set()).add(group)
    return {above: frozenset(groups) for above, groups in found.items()}


def above(session: Session, group: str) -> frozenset[str]:
    """Ids of this group and of every group above it."""
    top = select(Group.id, Group.parent_id).where(Group.id == group).cte("above", recursive=True)
    walk = top.union(select(Group.id, Group.parent_id).join(top, Group.id == top.c.parent_id))
    return frozenset(session.scalars(select(walk.c.id)))


def tops(session: Session, organization: str) -> frozenset[str]:
    """Ids of the groups that no group is above."""
    return frozenset(
        session.scalars(select(Group.id).where(Group.organization_id == organization, Group.parent_id.is_(None)))
    )


class Tree:
    """An organization's groups, read once, to be walked upwards."""

    def __init__(self, session: Session, organization: str) -> None:
        rows = session.execute(select(Group.id, Group.parent_id).where(Group.organization_id == organization))
        self._parent: dict[str, str | None] = dict(rows.all())

    def above(self, group: str) -> list[str]:
        """The group and those above it, the nearest first."""
        found: list[str] = []
        at: str | None = group
        while at is not None and at not in found:
            found.append(at)
            at = self._parent.get(at)
        return found
