"""How work may be shown in a meeting, where whatever is quoted is shown to everybody there. Reads anew with every call.

The rows are of work that machines may read and that was not taken back.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.domain.roles import Role
from service.domain.visibility import PeersShown, SharingReach, ShowWork, shown_as
from service.store.tables import Challenge, RoleGrant
from service.store.tree import Tree


def learnt_in(session: Session, organization: str, groups: Collection[str] | None) -> frozenset[str]:
    """Those of the meeting's groups (None is every group) that somebody learns in."""
    query = select(RoleGrant.group_id).where(RoleGrant.organization_id == organization, RoleGrant.role == Role.LEARNER)
    return frozenset(session.scalars(query if groups is None else query.where(RoleGrant.group_id.in_(groups))))


def how(row: Row[Any], challenge: Challenge, there: Collection[str], tree: Tree) -> ShowWork:
    """How a work may be shown in a meeting of learners of these groups. Where a challenge is shared within groups, only
    to a meeting in which everybody's group is the work's own, or one above it."""
    if challenge.sharing_peers is PeersShown.NEVER:
        return ShowWork.NO
    near = challenge.sharing_reach is SharingReach.ORGANIZATION or set(there) <= set(tree.above(row.group_id))
    return shown_as(row.show_work, withdrawn=False, same_group=near, reach=challenge.sharing_reach)
