"""Whom a platform's key may act for, and the trail of each time that it stands in for somebody. Holds no secret."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.access.keys import EVERY_SCOPE, KeyScope, in_order, scopes_in
from service.domain.errors import NotAllowed, NotFound
from service.domain.roles import Actor, CredentialReach, acts_for
from service.store import audit, find, tree
from service.store.tables import Credential, Person, RoleGrant

ELSEWHERE = (
    "This key is limited to some groups, and this person has a part in others, too. Use a key for all of them, or for "
    "the whole organization."
)


def platform(session: Session, key: Credential) -> Actor:
    """The platform that shows this key."""
    groups = tree.below(session, key.groups) if key.groups else None
    scopes = scopes_of(session, key)
    return Actor(key.organization_id, key.id, CredentialReach.PLATFORM, groups=groups, scopes=scopes)


def scopes_of(session: Session, credential: Credential | None) -> frozenset[KeyScope]:
    """What this may be used for: never more than what it was made with, and all where it was made with no key."""
    if credential is None:
        return EVERY_SCOPE
    made_with = session.get(Credential, credential.minted_by) if credential.minted_by else None
    return scopes_in(credential.scopes) & scopes_of(session, made_with)


def end_of(session: Session, credential_id: str | None) -> datetime | None:
    """When this key ends by itself, or what it was made with, whichever is first; None where neither does."""
    key = session.get(Credential, credential_id) if credential_id else None
    if key is None:
        return None
    return min((at for at in (key.expires_at, end_of(session, key.minted_by)) if at is not None), default=None)


def no_longer_than(session: Session, key: str | None, wanted: datetime) -> datetime:
    """The end of what is made with a key: as wanted, and not after the key's own."""
    return min(wanted, end_of(session, key) or wanted)


def lives(session: Session, credential: Credential, *, now: datetime) -> bool:
    """Whether it neither ended by itself nor was ended, nor was what it was made with."""
    if credential.revoked_at is not None or (credential.expires_at is not None and credential.expires_at <= now):
        return False
    made_with = session.get(Credential, credential.minted_by) if credential.minted_by else None
    return made_with is None or lives(session, made_with, now=now)


def key_of(session: Session, made: Credential) -> Actor | None:
    """The platform whose key a person's token or session came from; None where it came from none."""
    key = session.get(Credential, made.minted_by) if made.minted_by else None
    return platform(session, key) if key is not None else None


def person(session: Session, actor: Actor, external_id: str) -> Person:
    """The person (external id) for whom this platform acts.

    Raises NotFound for somebody in none of the groups that its key is limited to, NotAllowed for somebody who has a
    part in others as well.
    """
    row = find.one(session, Person, actor.organization, external_id)
    require(session, actor, row.id, external_id)
    return row


def require(session: Session, actor: Actor, person_id: str, external_id: str = "") -> None:
    """The same for a person by our own id; `external_id` is how they were called, if they were."""
    if actor.groups is None:
        return
    held = _held(session, person_id)
    if actor.groups.isdisjoint(held):
        raise find.not_found(Person, external_id) if external_id else NotFound
    if not acts_for(actor, held):
        raise NotAllowed(ELSEWHERE)


def may(session: Session, key: Credential, person_id: str) -> bool:
    """Whether a link that was made with this key may still sign its person in."""
    return acts_for(platform(session, key), _held(session, person_id))


def _held(session: Session, person_id: str) -> set[str]:
    return set(session.scalars(select(RoleGrant.group_id).where(RoleGrant.person_id == person_id)))


def record(
    session: Session, actor: Actor, act: str, person: Person, *, credential: str, expires_at: datetime, now: datetime
) -> None:
    """Write down that somebody may now come in as this person: made by whom, with which reach, and until when."""
    facts = {
        "credential": credential,
        "expires_at": expires_at.isoformat(),
        "groups": None if actor.groups is None else sorted(actor.groups),
        "scopes": [one.value for one in in_order(actor.scopes)],
    }
    whom = f"person:{person.id}"
    audit.record(session, organization=actor.organization, actor=actor.name, act=act, subject=whom, now=now, **facts)
