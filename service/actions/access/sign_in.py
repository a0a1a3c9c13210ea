"""Coming in through the browser: a link that works once becomes a session, which ends by itself or by signing out.

Whoever has a second factor is half-way in with the link alone (`half_way`), and so is who must set one up first.

A session is a credential of one person, as a token is; the link's secret and the session's are kept as hashes only.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.access import on_behalf, second_factor, sessions
from service.actions.access.frame import origins
from service.domain.access.keys import in_order
from service.domain.errors import Invalid, NotFound, NotSignedIn, Unavailable
from service.domain.roles import Actor, CredentialReach, require_platform
from service.domain.texts import digest
from service.store import audit
from service.store.sealing import Seal
from service.store.tables import Credential, Organization, Person, SignIn

SESSION = timedelta(hours=12)
"""A working day; no session outlives it."""
LINK = timedelta(days=3)
LONGEST_LINK = timedelta(days=14)
HALF_WAY = timedelta(minutes=10)
"""Time enough to take up a telephone and read a code."""
SETTING_UP = timedelta(minutes=30)
"""Whoever must set up a second factor may have to find and install an app first."""
EMBEDDED_LINK = timedelta(minutes=5)
"""A platform has a link made at the moment at which it shows its page."""
_PLAIN, _EMBEDDED = "pls_", "ple_"


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a link is for, and whether it still works."""

    name: str
    organization: str
    works: bool
    embedded: bool
    frames: tuple[str, ...] = ()  # sites that may show the organization's pages in a frame


@dataclass(frozen=True, slots=True)
class Entered:
    """A session that has begun. `secret` goes into the cookie; `path` is where to go first, if the link says so."""

    secret: str
    embedded: bool
    ends_at: datetime
    path: str


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The link is right, and a code is needed before there is a session. `set_up`: there is no second factor yet."""

    set_up: bool


def invite(
    session: Session,
    organization: str,
    person: Person,
    *,
    now: datetime,
    by: str,
    minted_by: str | None = None,
    groups: Collection[str] | None = None,
    embedded: bool = False,
    path: str = "",
    lifetime: timedelta = LINK,
) -> tuple[SignIn, str]:
    """A link's secret for this person; `by` is who has it made, and `groups` what they are limited to. Whether they may
    is for the caller to know.

    Raises Invalid for a lifetime or a path that cannot be.
    """
    if not timedelta(0) < lifetime <= LONGEST_LINK:
        raise Invalid("A sign-in link lasts between one second and fourteen days.")
    if path and not is_own_path(path):
        raise Invalid("A link leads to a page of this service: give a path like /learn.")
    secret = secrets.token_urlsafe(32)
    row = SignIn(
        organization_id=organization,
        person_id=person.id,
        secret_hash=digest(secret),
        minted_by=minted_by,
        embedded=embedded,
        path=path,
        created_at=now,
        expires_at=on_behalf.no_longer_than(session, minted_by, now + lifetime),
    )
    session.add(row)
    session.flush()
    _record_link(session, row, by, groups, now=now)
    return row, secret


def _record_link(session: Session, row: SignIn, by: str, groups: Collection[str] | None, *, now: datetime) -> None:
    key = session.get(Credential, row.minted_by) if row.minted_by else None
    facts = {
        "link": row.id,
        "embedded": row.embedded,
        "expires_at": row.expires_at.isoformat(),
        "groups": None if groups is None else sorted(groups),
        "scopes": [one.value for one in in_order(on_behalf.scopes_of(session, key))],
    }
    act, whom = "sign-in.invite", f"person:{row.person_id}"
    audit.record(session, organization=row.organization_id, actor=by, act=act, subject=whom, now=now, **facts)


def is_own_path(path: str) -> bool:
    """Whether this is a path of ours and nothing that a browser takes for another place (`//host`, `/\\host`)."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and len(path) <= 2_000


def link(
    session: Session,
    actor: Actor,
    *,
    person: str,
    embedded: bool,
    path: str = "",
    lifetime: timedelta | None = None,
    now: datetime,
) -> tuple[SignIn, str]:
    """A platform's link for a person (external id), for a frame on its page or to send.

    Raises NotFound, and NotAllowed if the key is limited to some groups and the person has a part in others, too.
    """
    require_platform(actor)
    row = on_behalf.person(session, actor, person)
    return invite(
        session,
        actor.organization,
        row,
        now=now,
        by=actor.name,
        minted_by=actor.credential,
        groups=actor.groups,
        embedded=embedded,
        path=path,
        lifetime=lifetime or (EMBEDDED_LINK if embedded else LINK),
    )


def invited(session: Session, secret: str, *, now: datetime) -> Invited:
    """Whom the link is for. Raises NotFound for what never was one."""
    row = found(session, secret)
    if row is None:
        raise NotFound("This is not a sign-in link. Check that the whole address was copied.")
    person = session.get_one(Person, row.person_id)
    organization = session.get_one(Organization, row.organization_id)
    frames = origins(organization.settings)
    return Invited(person.name, organization.name, works(session, row, now), row.embedded, frames)


def works(session: Session, row: SignIn, now: datetime) -> bool:
    """Whether the link was not used, has not ended, and may still sign its person in."""
    if row.used_at is not None or min(row.expires_at, row.half_way_until or row.expires_at) <= now:
        return False
    key = session.get(Credential, row.minted_by) if row.minted_by else None
    return key is None or (on_behalf.lives(session, key, now=now) and on_behalf.may(session, key, row.person_id))


def found(session: Session, secret: str) -> SignIn | None:
    """The link, to look at."""
    return session.scalar(select(SignIn).where(SignIn.secret_hash == digest(secret)))


def held(session: Session, secret: str) -> SignIn | None:
    """The link, which nobody else changes until the end of the transaction."""
    return session.scalar(select(SignIn).where(SignIn.secret_hash == digest(secret)).with_for_update(key_share=True))


def enter(
    session: Session, secret: str, *, embedded: bool, seal: Seal | None = None, here: str = "", now: datetime
) -> Entered | CodeNeeded:
    """Use the link up and begin a session; or wait for a code, where its person has or needs a second factor.

    `embedded`: it was opened in a frame, for which it must have been made; its person comes from the platform, and no
    code is asked for. `here` is the session that this browser holds, if any: it ends with the new one. Raises
    NotSignedIn if the link was used, has ended, is for elsewhere, or never was one.
    """
    row = held(session, secret)
    if row is None or row.embedded is not embedded or not works(session, row, now):
        raise NotSignedIn("This link was used before, or has ended. Ask for a new one.")
    known = second_factor.has(session, row.person_id)
    if embedded or not (known or second_factor.wanted(session, row.organization_id, row.person_id)):
        return begin(session, row, here=here, now=now)
    if not known:
        if seal is None:
            raise Unavailable("A second factor cannot be set up here at the moment. Ask who runs this service.")
        second_factor.begin_for(session, row.organization_id, row.person_id, seal, now=now)
    row.half_way_until = row.half_way_until or now + (HALF_WAY if known else SETTING_UP)
    return CodeNeeded(set_up=not known)


def begin(session: Session, row: SignIn, *, second_factor: str = "", here: str = "", now: datetime) -> Entered:
    """Use the link up and begin its session, in place of the one `here`. That nothing else is needed is known."""
    row.used_at = row.used_at or now
    sessions.end_shown(session, here, now=now)
    own = (_EMBEDDED if row.embedded else _PLAIN) + secrets.token_urlsafe(32)
    person = session.get_one(Person, row.person_id)
    ends_at = on_behalf.no_longer_than(session, row.minted_by, now + SESSION)
    session.add(
        Credential(
            organization_id=row.organization_id,
            name=f"session of {person.external_id}"[:255],
            reach=CredentialReach.PERSON,
            session=True,
            embedded=row.embedded,
            secret_hash=digest(own),
            person_id=person.id,
            groups=[],
            minted_by=row.minted_by,
            created_at=now,
            expires_at=ends_at,
        )
    )
    whom, facts = f"person:{person.id}", {"second_factor": second_factor} if second_factor else {}
    audit.record(session, organization=row.organization_id, actor=whom, act="sign-in", subject=whom, now=now, **facts)
    return Entered(own, row.embedded, ends_at, row.path)


def is_session(secret: str) -> bool:
    """Whether a cookie may hold this: keys and tokens are for the API, and no page takes them."""
    return secret.startswith((_PLAIN, _EMBEDDED))


def is_embedded(secret: str) -> bool:
    """Whether the session was begun in a frame on a platform's page."""
    return secret.startswith(_EMBEDDED)


def sign_out(session: Session, actor: Actor, *, now: datetime) -> None:
    """End this session."""
    row = session.get_one(Credential, actor.credential)
    row.revoked_at = row.revoked_at or now
    audit.record(session, organization=actor.organization, actor=actor.name, act="sign-out", subject=row.id, now=now)
