"""A challenge is over: it takes no more work, and nothing on it waits for anybody. What was said stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.actions.challenges import setting
from service.domain.errors import NotNow
from service.domain.roles import Actor, require_coordinator, require_may_set
from service.store import audit, find
from service.store.tables import Challenge, Group


def archive(session: Session, actor: Actor, external_id: str, *, now: datetime) -> Challenge:
    """The same again changes nothing. Raises NotFound; NotAllowed for whoever may not write it."""
    return _put(session, actor, external_id, now, now=now)


def bring_back(session: Session, actor: Actor, external_id: str, *, now: datetime) -> Challenge:
    """It is as it was before; the same again changes nothing. Raises as `archive` does."""
    return _put(session, actor, external_id, None, now=now)


def _put(session: Session, actor: Actor, external_id: str, at: datetime | None, *, now: datetime) -> Challenge:
    require_coordinator(actor)
    row = find.one(session, Challenge, actor.organization, external_id)
    require_may_set(actor, setting.groups_of(session, row))
    if (row.archived_at is None) != (at is None):
        row.archived_at = at
        act = "challenge.archive" if at else "challenge.bring-back"
        audit.record(session, organization=row.organization_id, actor=actor.name, act=act, subject=row.id, now=now)
    return row


def require_open(challenge: Challenge, group: Group) -> None:
    """Raises NotNow where work can be taken in no more."""
    for row, name in ((challenge, "Challenge"), (group, "Group")):
        if row.archived_at is not None:
            raise NotNow(f"{name} '{row.external_id}' is archived and takes no more work. Bring it back first.")
