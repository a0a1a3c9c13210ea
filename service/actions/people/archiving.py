"""A group is over, with all below it: it takes no more work, and nothing in it waits for anybody. Its people and their
work stay, and can be read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotNow
from service.domain.roles import Actor, require_lead
from service.store import audit, find, tree
from service.store.tables import Group


def archive(session: Session, actor: Actor, external_id: str, *, now: datetime) -> Group:
    """With those below it that are not archived yet. The same again changes nothing. Raises NotAllowed, NotFound."""
    require_lead(actor)
    row = find.one(session, Group, actor.organization, external_id)
    if row.archived_at is None:
        for one in _below(session, row):
            one.archived_at = one.archived_at or now
        _record(session, actor, "group.archive", row, now=now)
    return row


def bring_back(session: Session, actor: Actor, external_id: str, *, now: datetime) -> Group:
    """With those below that were archived with it. The same again changes nothing. Raises NotAllowed, NotFound, NotNow
    where the group above is archived."""
    require_lead(actor)
    row = find.one(session, Group, actor.organization, external_id)
    above = session.get(Group, row.parent_id) if row.parent_id else None
    if row.archived_at is not None:
        if above is not None and above.archived_at is not None:
            raise NotNow(f"Group '{above.external_id}' above it is archived, too. Bring that back first.")
        together = row.archived_at
        for one in _below(session, row):
            one.archived_at = None if one.archived_at == together else one.archived_at
        _record(session, actor, "group.bring-back", row, now=now)
    return row


def _below(session: Session, row: Group) -> list[Group]:
    return list(session.scalars(select(Group).where(Group.id.in_(tree.below(session, [row.id])))))


def _record(session: Session, actor: Actor, act: str, row: Group, *, now: datetime) -> None:
    audit.record(session, organization=actor.organization, actor=actor.name, act=act, subject=row.id, now=now)
