"""One group and one person, by the platform's id, for whoever may see them. Only reads."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.roles import Actor, CredentialReach, may_see_group, visible_groups
from service.store import find
from service.store.tables import Group, Person, RoleGrant


def group(session: Session, actor: Actor, external_id: str) -> Group:
    """A group that the actor may see, or learns in. Raises NotFound."""
    row = find.one(session, Group, actor.organization, external_id)
    if may_see_group(actor, row.id) or row.id in actor.learns_in:
        return row
    raise find.not_found(Group, external_id)


def person(session: Session, actor: Actor, external_id: str) -> Person:
    """The actor's own person, or one with a role in a group that the actor may see. Raises NotFound."""
    row = find.one(session, Person, actor.organization, external_id)
    groups = visible_groups(actor)
    if groups is None or (actor.reach is CredentialReach.PERSON and actor.person == row.id):
        return row
    held = session.scalars(select(RoleGrant.group_id).where(RoleGrant.person_id == row.id)).all()
    if groups.isdisjoint(held):
        raise find.not_found(Person, external_id)
    return row
