"""What whoever leads an organization says of its account provider. The transaction is the caller's; nobody is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actions.access import sessions
from service.domain.errors import ChangedSince, Invalid, NotFound
from service.domain.ids import new_id
from service.domain.roles import Actor, Role, require_lead
from service.integrations.oidc import bindings, claims
from service.integrations.oidc.claims import Roles
from service.integrations.oidc.metadata import issuer_fault
from service.integrations.oidc.refusals import Refusal
from service.outward.addresses import AddressNetwork
from service.store import find, troubles
from service.store.sealing import Seal
from service.store.tables import (
    AccountBinding,
    AccountProvider,
    AccountRule,
    Group,
    Organization,
    Person,
    StrangerRule,
)

NAME: Final = "oidc"
PAGE: Final = "/desk/settings/accounts"
MOST_RULES: Final = 200
MOST_LISTED: Final = 100
"""Bindings on the page."""


@dataclass(frozen=True, slots=True)
class ProviderWish:
    """A provider as it is wanted. `secret` None leaves the one that there is; `strangers_group` is an external id, or
    empty."""

    name: str
    issuer: str
    client_id: str
    secret: str | None = None
    scopes: str = ""
    person_claim: str = ""
    by_email: bool = False
    strangers: StrangerRule = StrangerRule.REFUSED
    strangers_group: str = ""
    listed: bool = False
    on: bool = True


@dataclass(frozen=True, slots=True)
class RuleWish:
    """Whoever has this value in this claim has this role in this group (external id)."""

    claim: str
    value: str
    role: Role
    group: str


@dataclass(frozen=True, slots=True)
class BoundAccount:
    """An account that stands for a person, or waits to."""

    binding: AccountBinding
    person: Person


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """What somebody would get who came with these claims. `why` is empty where they would come in; `known` is whoever
    they would come in as, if they are here already; roles are by external id of the group."""

    why: str
    known: Person | None
    roles: tuple[tuple[Role, str], ...]


def faults(wish: ProviderWish, networks: Sequence[AddressNetwork]) -> dict[str, str]:
    """What is wrong with a wish, by its field."""
    wrong = issuer_fault(wish.issuer, networks)
    found = {"issuer": wrong} if wrong else {}
    if wish.strangers is StrangerRule.LEARNER and not wish.strangers_group:
        found["strangers_group"] = "Choose the group of which they become learners."
    return found


def of(session: Session, actor: Actor) -> AccountProvider | None:
    """The organization's provider, if it has one. Raises NotAllowed."""
    require_lead(actor)
    return session.scalar(select(AccountProvider).where(AccountProvider.organization_id == actor.organization))


def one(session: Session, actor: Actor) -> AccountProvider:
    """The same. Raises NotAllowed, NotFound."""
    row = of(session, actor)
    if row is None:
        raise NotFound("Accounts are not set up here.")
    return row


def _held(session: Session, actor: Actor) -> AccountProvider | None:
    require_lead(actor)
    session.get(Organization, actor.organization, with_for_update={"key_share": True})  # there is one for each
    return of(session, actor)


def put(session: Session, actor: Actor, wish: ProviderWish, seal: Seal, *, seen: int, now: datetime) -> AccountProvider:
    """As it is wanted now; `seen` is 0 where there was none. Another issuer has other accounts, so those that stood for
    people do so no longer. Raises NotAllowed, NotFound for the group, and ChangedSince."""
    row = _held(session, actor)
    if (row.version if row is not None else 0) != seen:
        raise ChangedSince("This has changed since you saw it. Read it again, then decide.")
    if row is None:
        row = AccountProvider(id=new_id(), organization_id=actor.organization, created_at=now, version=0)
        session.add(row)
    elif row.issuer != wish.issuer:
        _part_all(session, row, now=now)
    if wish.secret is None and (row.issuer, row.client_id) != (wish.issuer, wish.client_id):
        row.secret = ""  # whose it was is asked no more; nobody else is told
    group = find.one(session, Group, actor.organization, wish.strangers_group) if wish.strangers_group else None
    row.name, row.issuer, row.client_id, row.scopes = wish.name, wish.issuer, wish.client_id, wish.scopes
    row.person_claim, row.by_email, row.listed, row.on = wish.person_claim, wish.by_email, wish.listed, wish.on
    row.strangers, row.strangers_group_id = wish.strangers, group.id if group is not None else None
    if wish.secret is not None:
        row.secret = seal.closed(wish.secret) if wish.secret else ""
    row.version += 1
    row.trouble, row.trouble_at = "", None
    troubles.over(session, NAME, row.id)
    session.flush()
    facts = {"on": wish.on, "secret": wish.secret is not None}
    bindings.record(session, row, actor.name, "change", row.id, now=now, **facts)
    return row


def _part_all(session: Session, row: AccountProvider, *, now: datetime) -> None:
    for binding in session.scalars(select(AccountBinding).where(AccountBinding.provider_id == row.id)).all():
        bindings.part(session, row, binding, now=now)


def remove(session: Session, actor: Actor, *, now: datetime) -> None:
    """With its rules and all that is known of accounts. People stay, with the roles that others gave them, and so do
    sessions that were begun. Raises NotAllowed, NotFound."""
    row = one(session, actor)
    _part_all(session, row, now=now)
    bindings.record(session, row, actor.name, "delete", row.id, now=now)
    troubles.over(session, NAME, row.id)
    session.delete(row)
    session.flush()


def add_rule(session: Session, actor: Actor, wish: RuleWish, *, now: datetime) -> AccountRule:
    """One more rule, from each account's next sign-in on. Raises NotAllowed, NotFound, Invalid for too many."""
    row = one(session, actor)
    if len(bindings.rules_of(session, row.id)) >= MOST_RULES:
        raise Invalid(f"There are {MOST_RULES} rules, which is as many as there may be.")
    group = find.one(session, Group, actor.organization, wish.group)
    rule = AccountRule(organization_id=row.organization_id, provider_id=row.id, claim=wish.claim, value=wish.value)
    rule.role, rule.group_id = wish.role, group.id
    session.add(rule)
    session.flush()
    bindings.record(session, row, actor.name, "rule", rule.id, now=now, role=wish.role.value, group=group.id)
    return rule


def remove_rule(session: Session, actor: Actor, id_: str, *, now: datetime) -> None:
    """The roles that it gave go at each account's next sign-in. Raises NotAllowed, NotFound."""
    row, rule = one(session, actor), session.get(AccountRule, id_)
    if rule is None or rule.provider_id != row.id:
        raise NotFound
    session.delete(rule)
    session.flush()
    bindings.record(session, row, actor.name, "unrule", id_, now=now)


def accounts(session: Session, actor: Actor, *, wait: bool) -> tuple[BoundAccount, ...]:
    """Accounts that wait to be confirmed, or those that stand for somebody; the newest first. Raises NotAllowed."""
    require_lead(actor)
    which = AccountBinding.confirmed_at.is_(None) if wait else AccountBinding.confirmed_at.is_not(None)
    query = (
        select(AccountBinding, Person)
        .join(Person, Person.id == AccountBinding.person_id)
        .where(AccountBinding.organization_id == actor.organization, which)
        .order_by(AccountBinding.id.desc())
        .limit(MOST_LISTED)
    )
    return tuple(BoundAccount(binding, person) for binding, person in session.execute(query))


def count(session: Session, actor: Actor) -> int:
    """How many accounts stand for somebody."""
    mine = (AccountBinding.organization_id == actor.organization, AccountBinding.confirmed_at.is_not(None))
    return session.scalar(select(func.count()).select_from(AccountBinding).where(*mine)) or 0


def confirm(session: Session, actor: Actor, id_: str, *, now: datetime) -> None:
    """The account is this person's: from now on it signs them in. Raises NotAllowed, NotFound."""
    row, binding = _binding(session, actor, id_)
    binding.confirmed_at, binding.said = binding.confirmed_at or now, ""
    bindings.record(session, row, actor.name, "confirm", f"person:{binding.person_id}", now=now)


def unbind(session: Session, actor: Actor, id_: str, *, now: datetime) -> None:
    """The account is nobody's any more, and its person is signed out, however they came in, and keeps no role that its
    rules gave. It may come again. Raises NotAllowed, NotFound."""
    row, binding = _binding(session, actor, id_)
    if binding.confirmed_at is not None:
        sessions.end_all(session, binding.person_id, now=now)
    person = binding.person_id
    bindings.part(session, row, binding, now=now)
    bindings.record(session, row, actor.name, "unbind", f"person:{person}", now=now)


def _binding(session: Session, actor: Actor, id_: str) -> tuple[AccountProvider, AccountBinding]:
    row, binding = one(session, actor), session.get(AccountBinding, id_)
    if binding is None or binding.provider_id != row.id:
        raise NotFound
    return row, binding


def trial(session: Session, actor: Actor, said: Mapping[str, Any]) -> TrialOutcome:
    """What somebody would get who came with these claims. Changes nothing. Raises NotAllowed, NotFound."""
    row = one(session, actor)
    account = claims.account({"sub": "", **said}, row.issuer, row.person_claim)
    given = claims.roles(said, bindings.rules_of(session, row.id))
    binding = bindings.of_account(session, row, account.subject) if account.subject else None
    known = session.get(Person, binding.person_id) if binding else bindings.matched(session, row, account)
    if known is None:
        first = bindings.first_roles(row, given)
        return (
            _outcome(session, first.value, None) if isinstance(first, Refusal) else _outcome(session, "", None, first)
        )
    waits = binding.confirmed_at is None if binding else bindings.must_wait(session, row, known, account, given)
    roles, _ = bindings.after(session, binding, known, given)
    why = Refusal.WAITS if waits else Refusal.STRANGER if not roles else None
    return _outcome(session, why.value if why else "", known, roles)


def _outcome(session: Session, why: str, known: Person | None, roles: Roles = frozenset()) -> TrialOutcome:
    return TrialOutcome(why, known, tuple(bindings.outward(session, roles)))
