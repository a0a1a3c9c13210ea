"""Which person an account stands for, and which roles its rules give them. The transaction is the caller's.

An account is known again by its issuer and subject, and by nothing else. The first time it is held against the people
of its own organization: by the platform's id of them, or by an address that the provider has verified. It becomes a
learner's at once. Whoever may do more than the account's own rules say is not given away like that: the account waits
until a coordinator confirms it, and so does a second account of somebody who has one (an address may have been given
to somebody else since).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actions.people import guard, register
from service.domain.errors import Conflict
from service.domain.roles import Actor, CredentialReach, Role
from service.domain.texts import digest
from service.integrations.oidc import claims
from service.integrations.oidc.claims import Account, Roles
from service.integrations.oidc.refusals import Refusal
from service.store import audit, find, tree
from service.store.tables import (
    AccountBinding,
    AccountProvider,
    AccountRule,
    Group,
    Mailbox,
    Person,
    StrangerRule,
)

LONGEST_SAID: Final = 500
_OVER: Final = {Role.LEARNER: (), Role.FACILITATOR: (Role.COORDINATOR,), Role.COORDINATOR: ()}
"""Who may do all that this role may."""


def account_hash(issuer: str, subject: str) -> str:
    return digest(f"{issuer}\n{subject}")


def actor_of(provider: AccountProvider) -> Actor:
    """Who acts where rules give roles: the provider, as a platform would."""
    return Actor(provider.organization_id, provider.id, CredentialReach.PLATFORM)


def rules_of(session: Session, provider: str) -> Sequence[AccountRule]:
    """In the order in which they were made."""
    query = select(AccountRule).where(AccountRule.provider_id == provider).order_by(AccountRule.id)
    return session.scalars(query).all()


def of_account(session: Session, provider: AccountProvider, subject: str) -> AccountBinding | None:
    mine = AccountBinding.provider_id == provider.id
    return session.scalar(
        select(AccountBinding).where(mine, AccountBinding.account_hash == account_hash(provider.issuer, subject))
    )


def person_of(
    session: Session, provider: AccountProvider, account: Account, *, now: datetime
) -> tuple[Person, AccountBinding] | Refusal:
    """Whom this account signs in, with the roles that they have by it from now on; or why it signs in nobody. The
    provider's row is held, so that of two first sign-ins with one account the second finds what the first has made."""
    given = claims.roles(account.claims, rules_of(session, provider.id))
    known = of_account(session, provider, account.subject)
    row = known if known is not None else _bound(session, provider, account, given, now=now)
    if isinstance(row, Refusal):
        return row
    if row.confirmed_at is None:
        row.said = _said(account)
        return Refusal.WAITS
    person = session.get_one(Person, row.person_id)
    if person.erased_at is not None:
        return Refusal.STRANGER
    _grant(session, provider, row, person, given, now=now)
    return (person, row) if person.roles else Refusal.STRANGER


def matched(session: Session, provider: AccountProvider, account: Account) -> Person | None:
    """Who has the platform's id that the account names; else who came by this account before; else, if addresses count,
    the one whose address it is. Of several with one address it is none."""
    named = (account.key, made_up(account))
    there = (find.maybe(session, Person, provider.organization_id, one) for one in named if one)
    found = next((one for one in there if one is not None), None)
    if found is None and provider.by_email and account.email:
        mine = (Person.organization_id == provider.organization_id, Person.erased_at.is_(None))
        same = func.lower(Mailbox.address) == account.email.lower()
        query = select(Person).join(Mailbox, Mailbox.person_id == Person.id).where(*mine, same)
        several = session.scalars(query.limit(2)).all()
        found = several[0] if len(several) == 1 else None
    return found if found is not None and found.erased_at is None else None


def must_wait(session: Session, provider: AccountProvider, person: Person, account: Account, given: Roles) -> bool:
    """Whether this person is more than the account's rules say, has an account already, was parted from this one, or is
    known by an address alone while the account names somebody else."""
    if person.external_id == made_up(account) or (account.key and person.external_id != account.key):
        return True
    others = select(AccountBinding.id).where(
        AccountBinding.provider_id == provider.id, AccountBinding.person_id == person.id
    )
    return session.scalar(others.limit(1)) is not None or _exceeds(session, guard.held(person), given)


def _exceeds(session: Session, held: guard.Held, given: Roles) -> bool:
    for role, group in held:
        enough = {has for has, _ in given if has in (role, *_OVER[role])}
        within = tree.below(session, {where for has, where in given if has in enough})
        if role is not Role.LEARNER and group not in within:
            return True
    return False


def _bound(
    session: Session, provider: AccountProvider, account: Account, given: Roles, *, now: datetime
) -> AccountBinding | Refusal:
    known = matched(session, provider, account)
    waits = known is not None and must_wait(session, provider, known, account, given)
    person = known or _newcomer(session, provider, account, given, now=now)
    if isinstance(person, Refusal):
        return person
    row = AccountBinding(
        organization_id=provider.organization_id,
        provider_id=provider.id,
        person_id=person.id,
        account_hash=account_hash(account.issuer, account.subject),
        said=_said(account) if waits else "",
        granted=[] if known else sorted(_mark(one) for one in given),
        confirmed_at=None if waits else now,
        made_at=now,
    )
    session.add(row)
    session.flush()
    record(session, provider, actor_of(provider).name, "wait" if waits else "bind", f"person:{person.id}", now=now)
    return row


def _newcomer(
    session: Session, provider: AccountProvider, account: Account, given: Roles, *, now: datetime
) -> Person | Refusal:
    """Somebody whom nobody knew here until now, if a rule or the setting lets them in."""
    first = first_roles(provider, given)
    if isinstance(first, Refusal):
        return first
    free = (one for one in (account.key, made_up(account)) if one and not _taken(session, provider, one))
    id_ = next(free, None)
    if id_ is None:  # of somebody who was erased; a row that is there is never written over
        return Refusal.STRANGER
    named: dict[str, Any] = {"name": account.name or id_, "email": account.email or None}
    roles = outward(session, first)
    return register.put_person(session, actor_of(provider), id_, roles=roles, now=now, **named)[0]


def made_up(account: Account) -> str:
    """The id of somebody who comes by this account and whom the platform does not know."""
    return f"account-{account_hash(account.issuer, account.subject)[:20]}"


def _taken(session: Session, provider: AccountProvider, id_: str) -> bool:
    return find.maybe(session, Person, provider.organization_id, id_) is not None


def part(session: Session, provider: AccountProvider, row: AccountBinding, *, now: datetime) -> None:
    """The account stands for this person no longer, and what its rules gave them goes with it."""
    person = session.get_one(Person, row.person_id)
    if row.granted and person.erased_at is None:
        own = frozenset(one for one in guard.held(person) if _mark(one) not in row.granted)
        _have(session, provider, row, person, own, [], now=now)
    session.delete(row)
    session.flush()


def first_roles(provider: AccountProvider, given: Roles) -> Roles | Refusal:
    """What somebody begins with whom nobody knew."""
    if given:
        return given
    if provider.strangers is StrangerRule.REFUSED:
        return Refusal.STRANGER
    if provider.strangers_group_id is None:
        return Refusal.GROUPS
    return frozenset({(Role.LEARNER, provider.strangers_group_id)})


def after(session: Session, row: AccountBinding | None, person: Person, given: Roles) -> tuple[Roles, list[str]]:
    """The roles that somebody has once rules were followed, and which of them are the rules' to take back again.
    What they have by others' word stays."""
    before = set(row.granted) if row is not None else set()
    own = {one for one in guard.held(person) if _mark(one) not in before}
    return frozenset(own | given), sorted(_mark(one) for one in given - own)


def _grant(
    session: Session, provider: AccountProvider, row: AccountBinding, person: Person, given: Roles, *, now: datetime
) -> None:
    wanted, granted = after(session, row, person, given)
    if not wanted and row.granted:  # all that they had was by rules; where others took it away, it stays taken
        beginning = first_roles(provider, given)
        wanted = frozenset() if isinstance(beginning, Refusal) else beginning
    _have(session, provider, row, person, wanted, granted, now=now)


def _have(
    session: Session,
    provider: AccountProvider,
    row: AccountBinding,
    person: Person,
    wanted: Roles,
    granted: list[str],
    *,
    now: datetime,
) -> None:
    if wanted != guard.held(person):
        try:
            with session.begin_nested():
                _put(session, provider, person, wanted, now=now)
        except Conflict:  # the last who coordinates stays it
            kept = {one for one in guard.held(person) if one[0] is Role.COORDINATOR}
            granted = sorted({*granted, *(_mark(one) for one in kept if _mark(one) in row.granted)})
            _put(session, provider, person, wanted | kept, now=now)
        record(session, provider, actor_of(provider).name, "roles", f"person:{person.id}", now=now)
    row.granted = granted


def _put(session: Session, provider: AccountProvider, person: Person, wanted: Roles, *, now: datetime) -> None:
    actor = actor_of(provider)
    with guard.nobody_locked_out(session, replace(actor, reach=CredentialReach.PERSON), person, set(wanted)):
        said: dict[str, Any] = {"name": person.name, "language": person.language}
        register.put_person(session, actor, person.external_id, roles=outward(session, wanted), now=now, **said)


def outward(session: Session, roles: Roles) -> list[tuple[Role, str]]:
    ids = select(Group.id, Group.external_id).where(Group.id.in_({group for _, group in roles}))
    names = dict(session.execute(ids).all())
    return sorted((role, names[group]) for role, group in roles)


def _mark(role: tuple[Role, str]) -> str:
    return f"{role[0].value}:{role[1]}"


def _said(account: Account) -> str:
    """What a coordinator decides by."""
    name = account.name.replace("“", "").replace("”", "")
    by = [account.key and f"id {account.key}", account.email, name and f"“{name}”"]  # the name is its owner's to choose
    return ", ".join(one for one in by if one)[:LONGEST_SAID]


def record(
    session: Session, provider: AccountProvider, by: str, act: str, subject: str, *, now: datetime, **facts: object
) -> None:
    of, name = provider.organization_id, f"account.{act}"
    audit.record(session, organization=of, actor=by, act=name, subject=subject, now=now, provider=provider.id, **facts)
