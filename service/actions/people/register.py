"""Groups, people, their roles, and what each person allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.actions.access import on_behalf
from service.actions.introductions import ends
from service.actions.people import guard
from service.actions.work import consequences
from service.domain.errors import Invalid, NotAllowed
from service.domain.roles import Actor, CredentialReach, Role, require_coordinator, require_lead
from service.domain.visibility import ShowWork
from service.store import audit, find, holding, tree
from service.store.tables import Consent, Group, Person, RoleGrant


@dataclass(frozen=True, slots=True)
class ConsentWish:
    """What a person allows; None leaves that part as it is."""

    show_work: ShowWork | None = None
    introduce: bool | None = None
    ai: AI | None = None


def put_group(
    session: Session, actor: Actor, external_id: str, *, name: str, parent: str | None, now: datetime
) -> tuple[Group, bool]:
    """Make or change a group. Raises NotFound for the parent, Invalid if the tree would bite its tail."""
    require_lead(actor)
    above = find.one(session, Group, actor.organization, parent) if parent is not None else None
    leading = guard.leading(session, actor.organization) if actor.reach is CredentialReach.PERSON else frozenset()
    row = find.maybe(session, Group, actor.organization, external_id)
    created = row is None
    if row is None:
        row = Group(organization_id=actor.organization, external_id=external_id, name=name)
        session.add(row)
        session.flush()
    if above is not None and above.id in tree.below(session, [row.id]):
        raise Invalid(f"Group '{external_id}' cannot be below '{parent}', which is below it.")
    as_it_was = (row.name, row.parent_id)
    row.name = name
    row.parent_id = above.id if above else None
    session.flush()
    if row.parent_id is None and leading:
        guard.keep_leading(session, row, leading)
    if created or as_it_was != (row.name, row.parent_id):
        _record(session, actor, "group.put", row.id, now=now)
    return row, created


def put_person(
    session: Session,
    actor: Actor,
    external_id: str,
    *,
    name: str,
    language: str = "",
    roles: Sequence[tuple[Role, str]] = (),
    consents: ConsentWish | None = None,
    now: datetime,
) -> tuple[Person, bool]:
    """Make or change a person; `roles` (role, external id of group) replace those held before.

    Raises NotFound for a group; NotAllowed for what is not the actor's to change; Conflict for a person that a
    coordinator of some groups does not know, or where a group or the organization would lose its last coordinator.
    """
    require_coordinator(actor)
    row = find.maybe(session, Person, actor.organization, external_id)
    created = row is None
    wanted = {(role, find.one(session, Group, actor.organization, group).id) for role, group in roles}
    as_it_was = (row.name, row.language, guard.held(row)) if row is not None else None
    if actor.reach is CredentialReach.PERSON:
        guard.require_may_put(actor, row, (name, language, wanted), consents=consents is not None)
    if row is None:
        row = Person(organization_id=actor.organization, external_id=external_id, name=name, created_at=now)
        row.consent = Consent(organization_id=actor.organization, changed_at=now)
        session.add(row)
    row.name, row.language = name, language
    session.flush()
    with guard.nobody_locked_out(session, actor, row, wanted):
        _set_roles(session, row, wanted)
    if consents is not None:
        _allow(session, row, consents, now=now)
    if as_it_was != (name, language, wanted):
        _record(session, actor, "person.put", row.id, now=now, roles=len(wanted))
    return row, created


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody by the platform's id, as they are called; without a `language`, the one they have is kept."""

    id: str
    name: str
    language: str = ""


def enroll(
    session: Session, actor: Actor, who: NamedPerson, *, role: Role, group: str, now: datetime
) -> tuple[Person, bool]:
    """Give somebody a role in a group (external id) beside those that they hold; who is not there yet is made.

    Raises as `put_person` does.
    """
    row = find.maybe(session, Person, actor.organization, who.id)
    held = guard.held(row) if row is not None else set()
    names = dict(
        session.execute(select(Group.id, Group.external_id).where(Group.id.in_([id_ for _, id_ in held]))).all()
    )
    roles = {*((has, names[id_]) for has, id_ in held), (role, group)}
    language = who.language or (row.language if row is not None else "")
    return put_person(session, actor, who.id, name=who.name, language=language, roles=sorted(roles), now=now)


def _set_roles(session: Session, person: Person, wanted: set[tuple[Role, str]]) -> None:
    for grant in list(person.roles):
        if (grant.role, grant.group_id) not in wanted:
            person.roles.remove(grant)
    for role, group in wanted - guard.held(person):
        person.roles.append(RoleGrant(organization_id=person.organization_id, role=role, group_id=group))
    session.flush()


def _record(session: Session, actor: Actor, act: str, subject: str, *, now: datetime, **facts: object) -> None:
    audit.record(session, organization=actor.organization, actor=actor.name, act=act, subject=subject, now=now, **facts)


def set_consent(session: Session, actor: Actor, external_id: str, wish: ConsentWish, *, now: datetime) -> Consent:
    """Change what a person allows; takes effect at once. Only the person, or a platform for the person, may."""
    own = session.get_one(Person, actor.person).external_id if actor.person is not None else external_id
    if own != external_id:  # whoever that is, and whether or not there is somebody by that id
        raise NotAllowed("Only you can say what you allow.")
    person = on_behalf.person(session, actor, external_id)
    _allow(session, person, wish, now=now)
    _record(
        session,
        actor,
        "consent.change",
        person.id,
        now=now,
        show_work=person.consent.show_work.value,
        introduce=person.consent.introduce,
        ai=person.consent.ai.value,
    )
    return person.consent


def _allow(session: Session, person: Person, wish: ConsentWish, *, now: datetime) -> None:
    consent = holding.consent_to_change(session, person.id)
    new = (
        wish.show_work if wish.show_work is not None else consent.show_work,
        wish.introduce if wish.introduce is not None else consent.introduce,
        wish.ai if wish.ai is not None else consent.ai,
    )
    if new == (consent.show_work, consent.introduce, consent.ai):
        return
    shy = consent.introduce and not new[1]
    narrowed = new[2] is not consent.ai and consent.ai.and_(new[2]) is new[2]
    consent.show_work, consent.introduce, consent.ai = new
    consent.changed_at = now
    if shy:
        ends.of_no_consent(session, person, now=now)
    if narrowed:
        consequences.of_less_ai(session, person, now=now)
    if narrowed and consent.ai is AI.NONE:
        ends.of_no_machines(session, person, now=now)
