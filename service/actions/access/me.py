"""Who is asking, as the service understands it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.domain.access.keys import KeyScope, in_order
from service.domain.roles import Actor, CredentialReach
from service.store import external_ids
from service.store.tables import Credential, Group, Organization, Person


@dataclass(frozen=True, slots=True)
class Me:
    """Who a credential stands for, in external ids. `groups` is None where a key is not limited to some."""

    organization: str
    reach: CredentialReach
    credential: str
    person: str | None
    groups: tuple[str, ...] | None
    learns_in: tuple[str, ...]
    facilitates: tuple[str, ...]
    coordinates: tuple[str, ...]
    scopes: tuple[KeyScope, ...]
    expires_at: datetime | None


def who_asks(session: Session, actor: Actor) -> Me:
    """Who is asking, as the service understands it."""
    credential = session.get_one(Credential, actor.credential)
    person = session.get(Person, actor.person) if actor.person else None
    return Me(
        organization=session.get_one(Organization, actor.organization).external_id,
        reach=actor.reach,
        credential=credential.id,
        person=person.external_id if person else None,
        groups=None if actor.groups is None else group_names(session, actor.groups),
        learns_in=group_names(session, actor.learns_in),
        facilitates=group_names(session, actor.facilitates),
        coordinates=group_names(session, actor.coordinates),
        scopes=tuple(in_order(actor.scopes)),
        expires_at=credential.expires_at,
    )


def group_names(session: Session, ids: Iterable[str]) -> tuple[str, ...]:
    """External ids of groups, sorted."""
    return tuple(sorted(external_ids.of(session, Group, ids).values()))
