"""Who is signed in and where, for the frame around every page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.roles import Actor
from service.store.tables import Organization, Person


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person's name and language, their organization, and the sites that may show its pages in a frame."""

    name: str
    language: str
    organization: str
    embed_origins: tuple[str, ...]


def frame_of(session: Session, actor: Actor) -> SignedIn:
    """One statement, since every page asks."""
    name, language, organization, own, settings = session.execute(
        select(Person.name, Person.language, Organization.name, Organization.language, Organization.settings)
        .join(Organization, Organization.id == Person.organization_id)
        .where(Person.id == actor.person)
    ).one()
    origins = settings.get("embed_origins")
    allowed = tuple(str(one) for one in origins) if isinstance(origins, list) else ()
    return SignedIn(name, language or own, organization, allowed)
