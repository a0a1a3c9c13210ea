"""Groups, people, their roles, and what each person allows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.actions.access import on_behalf
from service.actions.introductions import ends
from service.actions.people import addresses, guard
from service.actions.work import consequences
from service.domain.access.keys import KeyScope, require_scopes
from service.domain.errors import Invalid, NotAllowed
from service.domain.events import Event
from service.domain.roles import Actor, CredentialReach, Role, require_coordinator, require_lead, require_may_stand_for
from service.domain.visibility import ConsentBasis, ShowWork, no_machine
from service.store import audit, find, holding, outbox, tree
from service.store.tables import Consent, ConsentVersion, Group, Person, RoleGrant


@dataclass(frozen=True, slots=True)
class ConsentWish:
    """What a person allows; None leaves that part as it is. `basis` is on whose word, and `note` where that is written
    down; None: the person's own where they say it themselves, else not stated."""

    show_work: ShowWork | None = None
    introduce: bool | None = None
    ai: AI | None = None
    basis: ConsentBasis | None = None
    note: str = ""


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
    email: str | None = None,
    mail_anew: bool = False,
    of_roster: bool = False,
    now: datetime,
) -> tuple[Person, bool]:
    """Make or change a person; `roles` (role, external id of group) replace those held before. `email` None leaves the
    address as it is, and an empty one takes it away; the same as before is mailed again, where a server had refused it,
    only with `mail_anew`. One that the person took away comes back by a coordinator's hand only, and not `of_roster`,
    whoever pastes that.

    Raises NotFound for a group; NotAllowed for what is not the actor's to change; ScopeMissing for a key without
    `admin` that would make somebody a coordinator, or no longer one; Conflict for a person that a
    coordinator of some groups does not know, or where a group or the organization would lose its last coordinator.
    """
    require_coordinator(actor)
    row = find.maybe(session, Person, actor.organization, external_id)
    created = row is None
    wanted = {(role, find.one(session, Group, actor.organization, group).id) for role, group in roles}
    as_it_was = (row.name, row.language, guard.held(row)) if row is not None else None
    if actor.reach is CredentialReach.PERSON:
        guard.require_may_put(actor, row, (name, language, wanted), consents=consents is not None)
        if email is not None and row is not None:
            require_may_stand_for(actor, guard.held(row))
    elif _coordinates(wanted) != _coordinates(as_it_was[2] if as_it_was else set()):
        require_scopes(actor.scopes, [KeyScope.ADMIN])  # whoever coordinates makes keys that may do everything
    if row is None:
        row = Person(organization_id=actor.organization, external_id=external_id, name=name, created_at=now)
        row.consent = Consent(organization_id=actor.organization, changed_at=now)
        session.add(row)
    row.name, row.language = name, language
    session.flush()
    if created and consents is None:
        _keep_version(session, actor, row, ConsentBasis.UNSTATED, "", now)
    with guard.nobody_locked_out(session, actor, row, wanted):
        _set_roles(session, row, wanted)
    if consents is not None:
        _allow(session, actor, row, consents, new=created, now=now)
    by_hand = actor.reach is CredentialReach.PERSON and not of_roster
    readdressed = email is not None and addresses.put(session, row, email, anew=mail_anew, by_hand=by_hand, now=now)
    if readdressed or as_it_was != (name, language, wanted):
        _record(session, actor, "person.put", f"person:{row.id}", now=now, roles=len(wanted))
    return row, created


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody by the platform's id, as they are called; without a `language` or `email`, what they have is kept."""

    id: str
    name: str
    language: str = ""
    email: str | None = None


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
    return put_person(
        session,
        actor,
        who.id,
        name=who.name,
        language=language,
        roles=sorted(roles),
        email=who.email,
        of_roster=True,
        now=now,
    )


def _coordinates(roles: Iterable[tuple[Role, str]]) -> set[str]:
    return {group for role, group in roles if role is Role.COORDINATOR}


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
    """Change what a person allows; takes effect at once. Only the person, or a platform for the person, may.

    Raises NotAllowed, and Invalid for a person who names another's word than their own.
    """
    own = session.get_one(Person, actor.person).external_id if actor.person is not None else external_id
    if own != external_id:  # whoever that is, and whether or not there is somebody by that id
        raise NotAllowed("Only you can say what you allow.")
    person = on_behalf.person(session, actor, external_id)
    _allow(session, actor, person, wish, now=now)
    _record(
        session,
        actor,
        "consent.change",
        f"person:{person.id}",
        now=now,
        show_work=person.consent.show_work.value,
        introduce=person.consent.introduce,
        ai=person.consent.ai.value,
        basis=_basis(actor, wish).value,
    )
    return person.consent


def _basis(actor: Actor, wish: ConsentWish) -> ConsentBasis:
    """On whose word it is. A person speaks for themselves only, and a platform says who has spoken to it."""
    if actor.reach is CredentialReach.PERSON:
        if wish.basis not in (None, ConsentBasis.OWN):
            raise Invalid("You say this for yourself. What others have allowed for you comes from your organization.")
        return ConsentBasis.OWN
    return wish.basis or ConsentBasis.UNSTATED


def _keep_version(
    session: Session, actor: Actor, person: Person, basis: ConsentBasis, note: str, now: datetime
) -> None:
    held = person.consent
    session.add(
        ConsentVersion(
            organization_id=person.organization_id,
            person_id=person.id,
            show_work=held.show_work,
            introduce=held.introduce,
            ai=held.ai,
            basis=basis,
            basis_note=note,
            said_by=actor.name,
            at=now,
        )
    )
    session.flush()


def _allow(
    session: Session, actor: Actor, person: Person, wish: ConsentWish, *, new: bool = False, now: datetime
) -> None:
    basis = _basis(actor, wish)
    consent = holding.consent_to_change(session, person.id)
    wanted = (
        wish.show_work if wish.show_work is not None else consent.show_work,
        wish.introduce if wish.introduce is not None else consent.introduce,
        wish.ai if wish.ai is not None else consent.ai,
    )
    if wanted == (consent.show_work, consent.introduce, consent.ai):
        if new or (wish.basis is not None and not _rests_on(session, person, basis, wish.note)):
            _keep_version(session, actor, person, basis, wish.note, now)
        return
    shy = consent.introduce and not wanted[1]
    narrowed = wanted[2] is not consent.ai and consent.ai.and_(wanted[2]) is wanted[2]
    consent.show_work, consent.introduce, consent.ai = wanted
    consent.changed_at = now
    _keep_version(session, actor, person, basis, wish.note, now)
    if not new:
        outbox.tell(session, person.organization_id, Event.CONSENT_CHANGED, now=now, person=person.external_id)
    if shy:
        ends.of_no_consent(session, person, now=now)
    if narrowed:
        consequences.of_less_ai(session, person, now=now)
    if narrowed and no_machine(consent.ai):
        ends.of_no_machines(session, person, now=now)


def _rests_on(session: Session, person: Person, basis: ConsentBasis, note: str) -> bool:
    """Whether the consent that stands now was kept with this basis and note."""
    last = session.scalars(_versions(person.id).limit(1)).first()
    return last is not None and (last.basis, last.basis_note) == (basis, note)


def _versions(person: str) -> Select[ConsentVersion]:
    query = select(ConsentVersion).where(ConsentVersion.person_id == person)
    return query.order_by(ConsentVersion.at.desc(), ConsentVersion.id.desc())


def consent_history(session: Session, person: Person) -> list[ConsentVersion]:
    """All that this person has allowed so far, the latest first. Who may read it is for the caller to know."""
    return list(session.scalars(_versions(person.id)))


_SAID_BY = {"person": "person", "credential": "platform", "operator": "operator"}


def said_by(row: ConsentVersion) -> str:
    """What kind of somebody said it: `person`, `platform` or `operator`; empty where nobody wrote it down."""
    return _SAID_BY.get(row.said_by.partition(":")[0], "")
