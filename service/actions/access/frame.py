"""Who is signed in and where, for the frame around every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.roles import Actor
from service.store.tables import Notification, Organization, Person


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person's name and language, their organization, the sites that may show its pages in a frame, and how much
    that they were told is unread."""

    name: str
    language: str
    organization: str
    embed_origins: tuple[str, ...]
    unread: int


def frame_of(session: Session, actor: Actor) -> SignedIn:
    """One statement, since every page asks."""
    unread = select(func.count()).where(Notification.person_id == actor.person, Notification.read_at.is_(None))
    whole = (Organization.name, Organization.language, Organization.settings)
    name, language, organization, own, settings, waits = session.execute(
        select(Person.name, Person.language, *whole, unread.scalar_subquery())
        .join(Organization, Organization.id == Person.organization_id)
        .where(Person.id == actor.person)
    ).one()
    return SignedIn(name, language or own, organization, origins(settings), waits)


def origins(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Sites that may show the organization's pages in a frame, by its settings."""
    listed = settings.get("embed_origins")
    return tuple(str(one) for one in listed) if isinstance(listed, list) else ()
