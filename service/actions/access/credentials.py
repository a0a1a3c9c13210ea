"""Keys and short-lived tokens. A secret is shown once; only its hash is kept."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from service.actions.access import on_behalf
from service.domain.access.keys import (
    EVERY_SCOPE,
    SOON,
    TOLD_AFTER,
    KeyScope,
    KeyState,
    end_of_key,
    in_order,
    require_may_give,
    state_of_key,
)
from service.domain.errors import Invalid, NotFound, NotSignedIn
from service.domain.ids import new_id
from service.domain.roles import Actor, CredentialReach, Role, acts_for, leads, require_lead, require_platform
from service.domain.texts import digest
from service.store import audit, find, holding, tree
from service.store.repeats import AGAIN
from service.store.tables import Credential, Group, Person, RoleGrant

LONGEST_TOKEN = timedelta(hours=12)
"""A token stands in for a person; a school day is as long as one may last without asking the platform again."""
USE_IS_NOTED = timedelta(hours=1)
"""A key's use is written down so often at most: each note is a write, and waits for other writers."""


def issue_key(
    session: Session,
    organization_id: str,
    *,
    name: str,
    groups: Sequence[str] = (),
    scopes: Collection[KeyScope] = EVERY_SCOPE,
    expires_at: datetime | None = None,
    now: datetime,
    by: str = "operator",
) -> tuple[Credential, str]:
    """A platform's key, limited to `groups` (ids) and those below if any are given. The second value is the secret.

    Raises Invalid for no scopes, and for an end that has passed.
    """
    require_may_give(EVERY_SCOPE, scopes)
    secret = "plk_" + secrets.token_urlsafe(32)
    key = Credential(
        organization_id=organization_id,
        name=name,
        reach=CredentialReach.PLATFORM,
        secret_hash=digest(secret),
        groups=list(groups),
        scopes=[one.value for one in in_order(scopes)],
        created_at=now,
        expires_at=end_of_key(expires_at, None, now=now),
    )
    session.add(key)
    session.flush()
    ends = key.expires_at.isoformat() if key.expires_at else None
    facts = {"groups": key.groups, "scopes": key.scopes, "expires_at": ends}
    audit.record(session, organization=organization_id, actor=by, act="key.issue", subject=key.id, now=now, **facts)
    return key, secret


def create_key(
    session: Session,
    actor: Actor,
    *,
    name: str,
    groups: Sequence[str] = (),
    scopes: Collection[KeyScope] | None = None,
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[Credential, str]:
    """Another key, for these groups (external ids); without `scopes` or an end, with those of the key that makes it.

    Raises NotAllowed, NotFound; ScopeMissing and Invalid for more than whoever asks has, or for longer.
    """
    require_lead(actor)
    given = actor.scopes if scopes is None else scopes
    require_may_give(actor.scopes, given)
    end = end_of_key(expires_at, on_behalf.end_of(session, minter_of(session, actor)), now=now)
    ids = [find.one(session, Group, actor.organization, group).id for group in groups]
    of, by = actor.organization, actor.name
    return issue_key(session, of, name=name, groups=ids, scopes=given, expires_at=end, now=now, by=by)


def end_unseen(session: Session, actor: Actor, first: str, *, now: datetime) -> None:
    """A form that makes a key was sent twice, and whoever sent it saw only the second key's secret: end the first, by
    its id, unless it was ended or used."""
    row = session.get(Credential, first)
    if row is not None and row.revoked_at is None and row.last_used_at is None:
        revoke(session, actor, row.id, now=now)


def mint_token(
    session: Session,
    actor: Actor,
    *,
    person: str,
    now: datetime,
    lifetime: timedelta = timedelta(hours=1),
    shown: str = "",
) -> tuple[Credential, str]:
    """A token with which one person (external id) is seen as that person, for at most twelve hours and no longer than
    the key lasts; it may be used for what the key may be used for.

    `shown` is the key's own secret, where the caller shows it: then the same asked for again within a minute is the
    same token. Its secret is made from that key and the token's id, so that whoever holds the key can be given it
    twice, and nothing that is stored tells it. Without it, each is another.

    Raises NotFound, and NotAllowed if the key is limited to some groups and the person has a part in others, too.
    """
    require_platform(actor)
    if not timedelta(0) < lifetime <= LONGEST_TOKEN:
        raise Invalid("A token lasts between one second and twelve hours.")
    row = on_behalf.person(session, actor, person)
    name, until = f"token for {person}"[:255], on_behalf.no_longer_than(session, actor.credential, now + lifetime)
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
        expires_at=until,
    )
    session.add(token)
    session.flush()
    on_behalf.record(session, actor, "token.mint", row, credential=token.id, expires_at=until, now=now)
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
    end = on_behalf.end_of(session, actor.credential)
    asked = ((row, row.created_at + lifetime) for row in rows)
    return next((row for row, until in asked if row.expires_at == min(until, end or until)), None)


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


def ending(session: Session, actor: Actor, *, now: datetime) -> int:
    """How many keys end within a month, or did so in the last days; 0 for those who make no keys."""
    if not leads(actor) or KeyScope.ADMIN not in actor.scopes:
        return 0
    ends = [key.expires_at for key in list_keys(session, actor) if key.revoked_at is None]
    return sum(now - TOLD_AFTER < at <= now + SOON for at in ends if at is not None)


def authenticate(session: Session, secret: str, *, now: datetime) -> Actor:
    """Who shows this secret. Raises NotSignedIn, with the same words whatever is wrong with it; but whoever shows a key
    that has ended by itself holds it, and is told so."""
    row = session.scalar(select(Credential).where(Credential.secret_hash == digest(secret)))
    if row is None:
        raise NotSignedIn
    if not on_behalf.lives(session, row, now=now):
        raise NotSignedIn(_why_ended(row, now=now))
    return on_behalf.platform(session, row) if row.person_id is None else _person(session, row, row.person_id)


def _why_ended(row: Credential, *, now: datetime) -> str:
    state = state_of_key(row.expires_at, row.revoked_at, now=now)
    if row.reach is not CredentialReach.PLATFORM or row.expires_at is None or state is not KeyState.ENDED:
        return ""
    return (
        f"This key ended by itself on {row.expires_at:%Y-%m-%d} at {row.expires_at:%H:%M} UTC. "
        "Ask a coordinator of the whole organization for a new one (Settings, Keys)."
    )


def use_is_noted(session: Session, actor: Actor, *, now: datetime) -> bool:
    """Whether it need not be written down that this key is used now. Tokens and sessions are not watched."""
    if actor.reach is not CredentialReach.PLATFORM:
        return True
    last = session.get_one(Credential, actor.credential).last_used_at
    return last is not None and last > now - USE_IS_NOTED


def note_use(session: Session, actor: Actor, *, now: datetime) -> None:
    """Write down that this key is used now. Of several at a time one writes."""
    before = or_(Credential.last_used_at.is_(None), Credential.last_used_at <= now - USE_IS_NOTED)
    session.execute(update(Credential).where(Credential.id == actor.credential, before).values(last_used_at=now))


def minter_of(session: Session, actor: Actor) -> str | None:
    """The key with which the actor came in, if they came in with one; what they have made for others ends with it."""
    return session.get_one(Credential, actor.credential).minted_by if actor.person is not None else actor.credential


def _person(session: Session, row: Credential, person: str) -> Actor:
    key = on_behalf.key_of(session, row)
    grants = _grants(session, person)
    if key is not None and not acts_for(key, {group for _, group in grants}):
        raise NotSignedIn  # a part in another group came after the token: what it opens is no longer the key's to open
    actor = _standing(session, row.organization_id, person, grants, whole=key is None or key.groups is None)
    return replace(actor, credential=row.id, scopes=on_behalf.scopes_of(session, row))


def standing_in(session: Session, organization: str, person: str) -> Actor:
    """A person with the roles that they hold now, where nobody asks: what they would see if they did, as for a letter.
    With no credential, so nothing can be done in their name that needs one."""
    return _standing(session, organization, person, _grants(session, person), whole=True)


_Grants = Sequence[tuple[Role, str]]


def _grants(session: Session, person: str) -> _Grants:
    rows = session.execute(select(RoleGrant.role, RoleGrant.group_id).where(RoleGrant.person_id == person))
    return [(role, group) for role, group in rows]


def _standing(session: Session, organization: str, person: str, grants: _Grants, *, whole: bool) -> Actor:
    held = {role: {group for has, group in grants if has is role} for role in Role}
    may_lead = whole and bool(held[Role.COORDINATOR])
    return Actor(
        organization,
        "",
        CredentialReach.PERSON,
        person=person,
        learns_in=frozenset(held[Role.LEARNER]),
        facilitates=tree.below(session, held[Role.FACILITATOR]),
        coordinates=tree.below(session, held[Role.COORDINATOR]),
        everywhere=may_lead and tree.tops(session, organization) <= held[Role.COORDINATOR],
    )
