"""Sessions in a browser: which of a person's are open, and ending them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed, NotFound
from service.domain.roles import Actor
from service.domain.texts import digest
from service.store import audit
from service.store.tables import Credential, SignIn


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One session. `embedded`: begun in a frame on a platform's page; `here`: the one that asks."""

    id: str
    begun_at: datetime
    ends_at: datetime | None
    embedded: bool
    here: bool


def own(session: Session, actor: Actor, *, now: datetime) -> tuple[OpenSession, ...]:
    """Where the actor is signed in, the latest first. Raises NotAllowed for a platform."""
    return of(session, _person(actor), here=actor.credential, now=now)


def of(session: Session, person: str, *, here: str = "", now: datetime) -> tuple[OpenSession, ...]:
    """The same of any person (our id); `here` is the session that asks, if one of them does."""
    rows = session.scalars(
        select(Credential)
        .where(Credential.person_id == person, Credential.session, Credential.revoked_at.is_(None))
        .where(Credential.expires_at > now)
        .order_by(Credential.created_at.desc(), Credential.id.desc())
    )
    return tuple(OpenSession(row.id, row.created_at, row.expires_at, row.embedded, row.id == here) for row in rows)


def end(session: Session, actor: Actor, id_: str, *, now: datetime) -> None:
    """End one of the actor's own sessions; one that has ended stays so. Raises NotFound."""
    row = session.get(Credential, id_)
    if row is None or row.person_id != _person(actor) or not row.session:
        raise NotFound("There is no such session of yours; it may be gone already.")
    if row.revoked_at is None:
        row.revoked_at = now
        act, by = "session.end", actor.name
        audit.record(session, organization=actor.organization, actor=by, act=act, subject=row.id, now=now)


def end_shown(session: Session, secret: str, *, now: datetime) -> None:
    """End the session whose secret this is: its browser gets another. What is none, or has ended, is passed over."""
    row = session.scalar(select(Credential).where(Credential.secret_hash == digest(secret))) if secret else None
    if row is None or not row.session or row.revoked_at is not None:
        return
    row.revoked_at = now
    of, by = row.organization_id, f"person:{row.person_id}"
    audit.record(session, organization=of, actor=by, act="session.end", subject=row.id, now=now)


def end_others(session: Session, actor: Actor, *, now: datetime) -> None:
    """End all of the actor's sessions but the one that asks, and links that were not used yet."""
    person = _person(actor)
    end_all(session, person, keep=actor.credential, now=now)
    act, by = "sign-in.end-others", actor.name
    audit.record(session, organization=actor.organization, actor=by, act=act, subject=f"person:{person}", now=now)


def end_since(session: Session, person: str, begun: datetime, *, now: datetime) -> bool:
    """End the sessions of a person (our id) that began at that moment or after; whether there was one."""
    return _end(session, person, Credential.created_at >= begun, now=now)


def end_all(session: Session, person: str, *, keep: str = "", now: datetime) -> None:
    """End every session (but one, by id) and every unused link of a person (our id). Tokens of platforms stay."""
    _end(session, person, Credential.id != keep, now=now)
    session.execute(update(SignIn).where(SignIn.person_id == person, SignIn.used_at.is_(None)).values(expires_at=now))


def _end(session: Session, person: str, which: ColumnElement[bool], *, now: datetime) -> bool:
    ended = (
        update(Credential)
        .where(Credential.person_id == person, Credential.session, Credential.revoked_at.is_(None), which)
        .values(revoked_at=now)
        .returning(Credential.id)
    )
    return bool(session.scalars(ended).all())


def _person(actor: Actor) -> str:
    if actor.person is None:
        raise NotAllowed("A key has no sessions; sign in as a person.")
    return actor.person
