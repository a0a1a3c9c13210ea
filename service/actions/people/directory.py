"""People and groups as facilitators and coordinators look them up: a searched list, one person, and the tree.

Reads, and what a coordinator does for one person. Roles go through `people`, which platforms use as well.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from pipelines.values import AI
from service.actions.access import credentials, second_factor, sessions, sign_in
from service.actions.access.sessions import OpenSession
from service.actions.people import addresses, guard, register
from service.domain.errors import NotFound
from service.domain.roles import (
    Actor,
    Role,
    leads,
    may_stand_for,
    require_coordinator,
    require_desk,
    require_may_stand_for,
    visible_groups,
)
from service.domain.visibility import ShowWork
from service.store import audit, find
from service.store.names import names_of
from service.store.tables import Credential, Group, Person, RoleGrant

PAGE = 50


@dataclass(frozen=True, slots=True)
class RoleSeen:
    """A role held. `mine`: the actor may take it away."""

    role: Role
    group: str
    name: str
    mine: bool


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person in the list, with the roles that the actor may see."""

    id: str
    name: str
    roles: tuple[RoleSeen, ...]


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group to choose, and how deep in the tree it stands."""

    id: str
    name: str
    depth: int
    people: int = 0
    archived: bool = False


@dataclass(frozen=True, slots=True)
class ListedPeople:
    """A page of the list. `total` is how many fit the search."""

    people: tuple[ListedPerson, ...]
    total: int
    page: int
    pages: int
    may_invite: bool


@dataclass(frozen=True, slots=True)
class PersonInDirectory:
    """One person. `may_change`: the actor may change roles; `may_stand_for`: rename, invite, sign out;
    `may_reset`: take away the second factor that they have."""

    id: str
    name: str
    language: str
    roles: tuple[RoleSeen, ...]
    elsewhere: int
    show_work: ShowWork
    introduce: bool
    ai: AI
    consents_changed_at: datetime
    sessions: int
    may_change: bool
    may_stand_for: bool
    is_me: bool
    may_reset: bool
    email: str = ""  # for those who may change it
    bounced: bool = False


@dataclass(frozen=True, slots=True)
class PersonWish:
    """Who somebody is, and the roles (role, external id of group) they hold in groups that the actor coordinates."""

    name: str
    language: str = ""
    roles: tuple[tuple[Role, str], ...] = ()
    email: str | None = None


@dataclass(frozen=True, slots=True)
class GroupInDirectory:
    """One group, as its editor shows it. `seen`: how many people have a role right in it."""

    id: str
    name: str
    parent: str
    people: int
    may_change: bool
    archived_at: datetime | None


def listed(
    session: Session, actor: Actor, *, search: str = "", role: Role | None = None, group: str = "", page: int = 1
) -> ListedPeople:
    """People by name, of whom the actor may know. Raises NotAllowed for learners, NotFound for a group."""
    require_desk(actor)
    query = _known(actor)
    if search:
        query = query.where(
            or_(
                Person.name.icontains(search, autoescape=True),
                Person.external_id.icontains(search, autoescape=True),
            )
        )
    if role or group:
        grants = select(RoleGrant.person_id).where(RoleGrant.organization_id == actor.organization)
        grants = grants.where(RoleGrant.role == role) if role else grants
        if group:
            grants = grants.where(RoleGrant.group_id == _seen_group(session, actor, group).id)
        query = query.where(Person.id.in_(grants))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    by_name = query.order_by(func.lower(Person.name), Person.id).limit(PAGE).offset((page - 1) * PAGE)
    rows = list(session.scalars(by_name.options(selectinload(Person.roles))))
    held = _roles(session, actor, rows)
    names = names_of(session, [row.id for row in rows], apart=True)
    found = tuple(ListedPerson(row.external_id, names[row.id], held[row.id]) for row in rows)
    return ListedPeople(found, total, page, pages, leads(actor) or bool(actor.coordinates))


def _known(actor: Actor) -> Select[Person]:
    query = select(Person).where(Person.organization_id == actor.organization, Person.erased_at.is_(None))
    groups = None if leads(actor) else visible_groups(actor)
    if groups is None:
        return query
    return query.where(Person.id.in_(select(RoleGrant.person_id).where(RoleGrant.group_id.in_(groups))))


def _seen_group(session: Session, actor: Actor, external_id: str) -> Group:
    row = find.one(session, Group, actor.organization, external_id)
    groups = None if leads(actor) else visible_groups(actor)
    if groups is not None and row.id not in groups:
        raise NotFound
    return row


def _roles(session: Session, actor: Actor, rows: Sequence[Person]) -> dict[str, tuple[RoleSeen, ...]]:
    """By person, the roles in groups that the actor may see."""
    groups = None if leads(actor) else visible_groups(actor)
    wanted = {grant.group_id for row in rows for grant in row.roles if groups is None or grant.group_id in groups}
    named = session.execute(select(Group.id, Group.external_id, Group.name).where(Group.id.in_(wanted))).all()
    known = {id_: (external_id, name) for id_, external_id, name in named}
    whole = leads(actor)
    return {
        row.id: tuple(
            sorted(
                (
                    RoleSeen(grant.role, *known[grant.group_id], whole or grant.group_id in actor.coordinates)
                    for grant in row.roles
                    if grant.group_id in known
                ),
                key=lambda one: (one.name, one.role),
            )
        )
        for row in rows
    }


def _one(session: Session, actor: Actor, external_id: str) -> Person:
    """Raises NotFound for a person of whom the actor may not know."""
    row = session.scalar(_known(actor).where(Person.external_id == external_id))
    if row is None:
        raise NotFound
    return row


def person(session: Session, actor: Actor, external_id: str, *, now: datetime) -> PersonInDirectory:
    """One person. Raises NotAllowed, NotFound."""
    require_desk(actor)
    row = _one(session, actor, external_id)
    roles = _roles(session, actor, [row])[row.id]
    live = select(func.count()).where(
        Credential.person_id == row.id,
        Credential.session,
        Credential.revoked_at.is_(None),
        Credential.expires_at > now,
    )
    stands = may_stand_for(actor, guard.held(row))
    box = addresses.of(session, row) if stands else None
    return PersonInDirectory(
        row.external_id,
        row.name,
        row.language,
        roles,
        len(row.roles) - len(roles),
        row.consent.show_work,
        row.consent.introduce,
        row.consent.ai,
        row.consent.changed_at,
        session.scalar(live) or 0,
        leads(actor) or any(one.mine for one in roles),
        stands,
        row.id == actor.person,
        leads(actor) and second_factor.has(session, row.id),
        box.address if box else "",
        bool(box and box.bounced_at),
    )


def change(session: Session, actor: Actor, external_id: str, wish: PersonWish, *, now: datetime) -> Person:
    """Name, language, and the roles in groups that the actor coordinates; those elsewhere stay as they are.

    Raises NotAllowed, NotFound, Conflict where a group or the organization would lose its last coordinator.
    """
    require_coordinator(actor)
    row = _one(session, actor, external_id)
    names = dict(
        session.execute(select(Group.id, Group.external_id).where(Group.id.in_([g.group_id for g in row.roles]))).all()
    )
    kept = (
        [] if leads(actor) else [(g.role, names[g.group_id]) for g in row.roles if g.group_id not in actor.coordinates]
    )
    return _put(session, actor, external_id, replace(wish, roles=(*wish.roles, *kept)), now)


def add(session: Session, actor: Actor, external_id: str, wish: PersonWish, *, now: datetime) -> Person | None:
    """Somebody new; an empty id is made up. The same once more is who is there; None if there is somebody else by that
    id. Raises NotAllowed, NotFound."""
    require_coordinator(actor)
    id_ = external_id or f"p-{secrets.token_hex(5)}"
    there = find.maybe(session, Person, actor.organization, id_)
    if there is not None:
        return there if (there.name, _held(session, there)) == (wish.name, set(wish.roles)) else None
    return _put(session, actor, id_, wish, now)


def _put(session: Session, actor: Actor, id_: str, wish: PersonWish, now: datetime) -> Person:
    name, language, roles = wish.name, wish.language, wish.roles
    row, _ = register.put_person(
        session, actor, id_, name=name, language=language, roles=roles, email=wish.email, mail_anew=True, now=now
    )
    return row


def _held(session: Session, row: Person) -> set[tuple[Role, str]]:
    held = select(RoleGrant.role, Group.external_id).join(Group, Group.id == RoleGrant.group_id)
    return {(role, group) for role, group in session.execute(held.where(RoleGrant.person_id == row.id))}


def invite(session: Session, actor: Actor, external_id: str, *, lifetime: timedelta, now: datetime) -> str:
    """The secret of a link that signs this person in once. Raises NotAllowed, NotFound, Invalid."""
    row = _stood_for(session, actor, external_id)
    made_with = credentials.minter_of(session, actor)
    by: dict[str, Any] = {
        "by": actor.name,
        "minted_by": made_with,
        "groups": None if leads(actor) else actor.coordinates,
    }
    _, secret = sign_in.invite(session, actor.organization, row, now=now, lifetime=lifetime, **by)
    return secret


def end_sessions(session: Session, actor: Actor, external_id: str, *, now: datetime) -> None:
    """Sign this person out everywhere, and end links not used yet. Raises NotAllowed, NotFound."""
    row = _stood_for(session, actor, external_id)
    sessions.end_all(session, row.id, now=now)
    whom = f"person:{row.id}"
    audit.record(session, organization=actor.organization, actor=actor.name, act="sign-in.end", subject=whom, now=now)


def sessions_of(session: Session, actor: Actor, external_id: str, *, now: datetime) -> tuple[OpenSession, ...]:
    """Where this person is signed in, the latest first. Raises NotAllowed, NotFound."""
    return sessions.of(session, _stood_for(session, actor, external_id).id, here=actor.credential, now=now)


def _stood_for(session: Session, actor: Actor, external_id: str) -> Person:
    require_coordinator(actor)
    row = _one(session, actor, external_id)
    require_may_stand_for(actor, guard.held(row))
    return row


def tree(
    session: Session,
    actor: Actor,
    *,
    coordinated: bool = False,
    archived: bool = False,
    besides: Set[str] = frozenset(),
) -> tuple[GroupChoice, ...]:
    """Groups that the actor may see (or coordinates), each under the one above, by name; those that are archived only
    where all `archived` are asked for, or by their ids `besides`: what is chosen already must be there to be kept.
    Raises NotAllowed."""
    require_desk(actor)
    rows = session.scalars(select(Group).where(Group.organization_id == actor.organization)).all()
    seen = None if leads(actor) else actor.coordinates if coordinated else visible_groups(actor)
    may = [row for row in rows if seen is None or row.id in seen]
    shown = {row.id for row in may if archived or row.archived_at is None or row.external_id in besides}
    grants = select(RoleGrant.group_id, func.count(func.distinct(RoleGrant.person_id))).where(
        RoleGrant.organization_id == actor.organization
    )
    counts = dict(session.execute(grants.group_by(RoleGrant.group_id)).all())
    below: dict[str, list[Group]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (one.name.casefold(), one.id)):
        if row.id in shown:
            below[row.parent_id if row.parent_id in shown else ""].append(row)
    found: list[GroupChoice] = []
    todo = [(row, 0) for row in reversed(below[""])]
    while todo:
        row, depth = todo.pop()
        found.append(GroupChoice(row.external_id, row.name, depth, counts.get(row.id, 0), row.archived_at is not None))
        todo += [(child, depth + 1) for child in reversed(below[row.id])]
    return tuple(found)


def group(session: Session, actor: Actor, external_id: str) -> GroupInDirectory:
    """One group. Raises NotAllowed, NotFound."""
    require_desk(actor)
    row = _seen_group(session, actor, external_id)
    parent = session.get(Group, row.parent_id) if row.parent_id else None
    count = select(func.count(func.distinct(RoleGrant.person_id))).where(RoleGrant.group_id == row.id)
    above = parent.external_id if parent else ""
    return GroupInDirectory(row.external_id, row.name, above, session.scalar(count) or 0, leads(actor), row.archived_at)


def put_group(
    session: Session, actor: Actor, external_id: str, *, name: str, parent: str, new: bool, now: datetime
) -> Group | None:
    """Make (`new`) or change a group; an empty id is made up. The same once more is the group that is there; None if it
    is to be new, and another is there by that id.

    Raises NotAllowed, NotFound, Invalid if the tree would bite its tail.
    """
    id_ = external_id or f"g-{secrets.token_hex(5)}"
    there = find.maybe(session, Group, actor.organization, id_)
    if new and there is not None:
        above = session.get(Group, there.parent_id) if there.parent_id else None
        return there if (there.name, above.external_id if above else "") == (name, parent) else None
    if not new and there is None:
        raise NotFound
    row, _ = register.put_group(session, actor, id_, name=name, parent=parent or None, now=now)
    return row


def group_titles(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Names of groups by our own ids."""
    return dict(session.execute(select(Group.id, Group.name).where(Group.id.in_(ids))).all())


def may_lead(actor: Actor) -> bool:
    """Whether the actor may change the tree of groups."""
    return leads(actor)
