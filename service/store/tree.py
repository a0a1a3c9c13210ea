"""The tree of groups, walked in the database."""

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
