"""Keys and short-lived tokens. A secret is shown once; only its hash is kept."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.access import on_behalf
from service.domain.errors import Invalid, NotFound, NotSignedIn
from service.domain.ids import new_id
from service.domain.roles import Actor, CredentialReach, Role, acts_for, require_lead, require_platform
from service.domain.texts import digest
from service.store import audit, find, holding, tree
from service.store.repeats import AGAIN
from service.store.tables import Credential, Group, Person, RoleGrant

LONGEST_TOKEN = timedelta(hours=12)
"""A token stands in for a person; a school day is as long as one may last without asking the platform again."""


def issue_key(
    session: Session,
    organization_id: str,
    *,
    name: str,
    groups: Sequence[str] = (),
    now: datetime,
    by: str = "operator",
) -> tuple[Credential, str]:
    """A platform's key, limited to `groups` (ids) and those below if any are given. The second value is the secret."""
    secret = "plk_" + secrets.token_urlsafe(32)
    key = Credential(
        organization_id=organization_id,
        name=name,
        reach=CredentialReach.PLATFORM,
        secret_hash=digest(secret),
        groups=list(groups),
        created_at=now,
    )
    session.add(key)
    session.flush()
    facts = {"groups": key.groups}
    audit.record(session, organization=organization_id, actor=by, act="key.issue", subject=key.id, now=now, **facts)
    return key, secret


def create_key(
    session: Session, actor: Actor, *, name: str, groups: Sequence[str] = (), now: datetime
) -> tuple[Credential, str]:
    """Another key, for these groups (external ids). Raises NotAllowed, NotFound."""
    require_lead(actor)
    ids = [find.one(session, Group, actor.organization, group).id for group in groups]
    return issue_key(session, actor.organization, name=name, groups=ids, now=now, by=actor.name)


def mint_token(
    session: Session,
    actor: Actor,
    *,
    person: str,
    now: datetime,
    lifetime: timedelta = timedelta(hours=1),
    shown: str = "",
) -> tuple[Credential, str]:
    """A token with which one person (external id) is seen as that person, for at most twelve hours.

    `shown` is the key's own secret, where the caller shows it: then the same asked for again within a minute is the
    same token. Its secret is made from that key and the token's id, so that whoever holds the key can be given it
    twice, and nothing that is stored tells it. Without it, each is another.

    Raises NotFound, and NotAllowed if the key is limited to some groups and the person has a part in others, too.
    """
    require_platform(actor)
    if not timedelta(0) < lifetime <= LONGEST_TOKEN:
        raise Invalid("A token lasts between one second and twelve hours.")
    row = on_behalf.person(session, actor, person)
    name = f"token for {person}"[:255]
    there = _minted_before(session, actor, row, name, lifetime, now=now) if shown else None
    if there is not None:
        return there, _secret_of(there.id, shown)
    id_ = new_id()
    secret = _secret_of(id_, shown) if shown else "plt_" + secrets.token_urlsafe(32)
    token = Credential(
        id=id_,
        organization_id=actor.organization,
        name=name,
        reach=CredentialReach.PERSON,
        secret_hash=digest(secret),
        person_id=row.id,
        groups=[],
        minted_by=actor.credential,
        created_at=now,
        expires_at=now + lifetime,
    )
    session.add(token)
    session.flush()
    on_behalf.record(session, actor, "token.mint", row, credential=token.id, expires_at=now + lifetime, now=now)
    return token, secret


def _secret_of(token: str, key: str) -> str:
    made = hmac.digest(key.encode(), f"token:{token}".encode(), "sha256")
    return "plt_" + base64.urlsafe_b64encode(made).decode().rstrip("=")


def _minted_before(
    session: Session, actor: Actor, person: Person, name: str, lifetime: timedelta, *, now: datetime
) -> Credential | None:
    """The token that this key had made for this person a moment ago, for as long. One at a time, as `repeats` does."""
    holding.consent_alone(session, person.id)
    rows = session.scalars(
        select(Credential)
        .where(
            Credential.person_id == person.id,
            Credential.minted_by == actor.credential,
            Credential.name == name,
            Credential.revoked_at.is_(None),
            Credential.created_at > now - AGAIN,
            Credential.expires_at > now,
        )
        .order_by(Credential.created_at.desc(), Credential.id.desc())
    )
    return next((row for row in rows if row.expires_at == row.created_at + lifetime), None)


def revoke(session: Session, actor: Actor, credential_id: str, *, now: datetime) -> None:
    """End a key or token at once; tokens minted with a key end with it. Raises NotFound."""
    require_lead(actor)
    row = session.get(Credential, credential_id)
    if row is None or row.organization_id != actor.organization:
        raise NotFound
    row.revoked_at = row.revoked_at or now
    audit.record(
        session,
        organization=actor.organization,
        actor=actor.name,
        act="key.revoke",
        subject=row.id,
        now=now,
    )


def list_keys(session: Session, actor: Actor) -> list[Credential]:
    """The organization's keys, newest first, without their secrets."""
    require_lead(actor)
    return list(
        session.scalars(
            select(Credential)
            .where(Credential.organization_id == actor.organization, Credential.reach == CredentialReach.PLATFORM)
            .order_by(Credential.id.desc())
        )
    )


def authenticate(session: Session, secret: str, *, now: datetime) -> Actor:
    """Who shows this secret. Raises NotSignedIn, with the same words whatever is wrong with it."""
    row = session.scalar(select(Credential).where(Credential.secret_hash == digest(secret)))
    if row is None or not on_behalf.lives(session, row, now=now):
        raise NotSignedIn
    return on_behalf.platform(session, row) if row.person_id is None else _person(session, row, row.person_id)


def minter_of(session: Session, actor: Actor) -> str | None:
    """The key with which the actor came in, if they came in with one; what they have made for others ends with it."""
    return session.get_one(Credential, actor.credential).minted_by if actor.person is not None else actor.credential


def _person(session: Session, row: Credential, person: str) -> Actor:
    grants = session.execute(select(RoleGrant.role, RoleGrant.group_id).where(RoleGrant.person_id == person)).all()
    key = on_behalf.key_of(session, row)
    if key is not None and not acts_for(key, {group for _, group in grants}):
        raise NotSignedIn  # a part in another group came after the token: what it opens is no longer the key's to open
    held = {role: {group for has, group in grants if has is role} for role in Role}
    whole = (key is None or key.groups is None) and bool(held[Role.COORDINATOR])
    return Actor(
        row.organization_id,
        row.id,
        CredentialReach.PERSON,
        person=person,
        learns_in=frozenset(held[Role.LEARNER]),
        facilitates=tree.below(session, held[Role.FACILITATOR]),
        coordinates=tree.below(session, held[Role.COORDINATOR]),
        everywhere=whole and tree.tops(session, row.organization_id) <= held[Role.COORDINATOR],
    )
