"""What keeps changes of people's roles safe: nobody gives what they do not hold, and nobody is locked out.

Holds no write of its own but the roles that keep coordinators of the whole organization what they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.errors import Conflict, NotAllowed
from service.domain.roles import (
    Actor,
    CredentialReach,
    Role,
    leads,
    require_may_grant,
    require_may_stand_for,
    still_coordinated,
)
from service.store import tree
from service.store.tables import Group, Organization, Person, RoleGrant

Held = set[tuple[Role, str]]
"""Roles in groups, by our own ids."""

UNKNOWN = "There is somebody by this id already, whom you do not know. Ask a coordinator of the whole organization."
LAST = "Then nobody would coordinate this any more. Make somebody else a coordinator first."


def held(person: Person) -> Held:
    """The roles that a person holds now."""
    return {(grant.role, grant.group_id) for grant in person.roles}


def leading(session: Session, organization: str) -> frozenset[str]:
    """Ids of those who coordinate every group at the top, and so the whole organization."""
    tops = tree.tops(session, organization)
    grants = (
        select(RoleGrant.person_id)
        .where(RoleGrant.role == Role.COORDINATOR, RoleGrant.group_id.in_(tops))
        .group_by(RoleGrant.person_id)
        .having(func.count() == len(tops))
    )
    return frozenset(session.scalars(grants)) if tops else frozenset()


def keep_leading(session: Session, top: Group, people: Collection[str]) -> None:
    """A group has come to the top: those who coordinated the whole organization coordinate it, too."""
    coordinates = select(RoleGrant.person_id).where(
        RoleGrant.group_id == top.id, RoleGrant.role == Role.COORDINATOR, RoleGrant.person_id.in_(people)
    )
    for person in session.scalars(select(Person).where(Person.id.in_(people), Person.id.not_in(coordinates))):
        person.roles.append(RoleGrant(organization_id=top.organization_id, role=Role.COORDINATOR, group_id=top.id))
    session.flush()


def require_may_put(actor: Actor, person: Person | None, wish: tuple[str, str, Held], *, consents: bool) -> None:
    """Whether a coordinator may make (None) or change this person to name, language and roles of `wish`.

    Raises NotAllowed; Conflict for somebody in none of the coordinator's groups.
    """
    name, language, wanted = wish
    if consents and (person is None or person.id != actor.person):
        raise NotAllowed("Only the person can say what they allow.")
    if person is None:
        require_may_grant(actor, wanted)
        if not wanted and not leads(actor):
            raise NotAllowed("Give the person a role in a group that you coordinate.")
        return
    has = held(person)
    if not leads(actor) and actor.coordinates.isdisjoint(group for _, group in has):
        raise Conflict(UNKNOWN)
    require_may_grant(actor, wanted ^ has)
    if (name, language) != (person.name, person.language):
        require_may_stand_for(actor, has)


@contextmanager
def nobody_locked_out(session: Session, actor: Actor, person: Person, wanted: Held) -> Iterator[None]:
    """Around a change of a person's roles. Raises Conflict if a group or the organization loses its last coordinator.

    A platform may do so: it says who somebody is, and can say it again.
    """
    taken = {group for role, group in held(person) - wanted if role is Role.COORDINATOR}
    if actor.reach is CredentialReach.PLATFORM or not taken:
        yield
        return
    session.get(
        Organization, actor.organization, with_for_update={"key_share": True}
    )  # two who take each other's role wait in line
    before = leading(session, actor.organization)
    yield
    covered = tree.below(session, _coordinated(session, actor.organization))
    if not still_coordinated(taken, before, leading(session, actor.organization), covered):
        raise Conflict(LAST)


def _coordinated(session: Session, organization: str) -> set[str]:
    grants = select(RoleGrant.group_id).where(
        RoleGrant.organization_id == organization, RoleGrant.role == Role.COORDINATOR
    )
    return set(session.scalars(grants.distinct()))
