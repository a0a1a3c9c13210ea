"""The second factor: one-time codes of an app (TOTP, RFC 6238), and recovery codes for the day that it is lost.

The app's secret is stored sealed; recovery codes as hashes. A code of either kind is accepted once.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from service.actions.access import sessions
from service.domain.access.organization_settings import SECOND_FACTOR
from service.domain.errors import Conflict, NotAllowed
from service.domain.roles import Actor, Role, require_lead
from service.domain.texts import digest
from service.store import audit, find
from service.store.repeats import AGAIN
from service.store.sealing import Seal
from service.store.tables import Credential, Organization, Person, RecoveryCode, RoleGrant, SecondFactor

STEP_SECONDS = 30
AROUND = (-1, 0, 1)
"""Steps taken beside the present one, for clocks that go a little wrong and for people who type slowly."""
DIGITS = 6
RECOVERY_CODES = 10
MOST_WRONG = 5
"""Of a million codes three are right at a time: five guesses find one in 67,000 cases."""
ISSUER = "Peerloom"


class FactorUsed(StrEnum):
    """What was given: a code of the app, or a recovery code."""

    APP = "app"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class FactorStanding:
    """Whether a person has a second factor, since when, and how many recovery codes are left. `may_change`: not from
    within a frame on a platform's page, since whoever holds only that came in without one."""

    since: datetime | None
    recovery_left: int
    may_change: bool
    wanted: bool


@dataclass(frozen=True, slots=True)
class FactorSetUp:
    """What an app needs to know: by a picture (`uri`), or typed (`secret`, in fours)."""

    secret: str
    uri: str


def has(session: Session, person: str) -> bool:
    """Whether this person (our id) must give a code."""
    row = session.get(SecondFactor, person)
    return row is not None and row.confirmed_at is not None


def set_up_at(session: Session, person: str) -> datetime | None:
    """Since when this person (our id) has one."""
    row = session.get(SecondFactor, person)
    return row.confirmed_at if row is not None else None


def was_set_up_with(session: Session, person: str, code: str, seal: Seal) -> bool:
    """Whether this is the last code that was accepted of this person (our id)."""
    row = _held(session, person)
    return row is not None and _is_last(row, code, seal)


def _is_last(row: SecondFactor, code: str, seal: Seal) -> bool:
    return hmac.compare_digest(_at(row, row.last_step, seal), _typed(code))


def wanted(session: Session, organization: str, person: str) -> bool:
    """Whether the organization wants this person to have one: all who facilitate or coordinate, where it says so."""
    if session.get_one(Organization, organization).settings.get(SECOND_FACTOR) is not True:
        return False
    held = select(RoleGrant.role).where(RoleGrant.person_id == person, RoleGrant.role != Role.LEARNER).limit(1)
    return session.scalar(held) is not None


def standing(session: Session, actor: Actor) -> FactorStanding:
    """How it stands with the actor's own. Raises NotAllowed for a platform."""
    person = _own(actor)
    row = session.get(SecondFactor, person)
    since = row.confirmed_at if row is not None else None
    left = select(func.count()).where(RecoveryCode.person_id == person, RecoveryCode.used_at.is_(None))
    return FactorStanding(
        since,
        (session.scalar(left) or 0) if since else 0,
        _may_change(session, actor),
        wanted(session, actor.organization, person),
    )


def begin(session: Session, actor: Actor, seal: Seal, *, now: datetime) -> None:
    """Make a secret to be scanned. Raises NotAllowed, Conflict where there is a second factor already."""
    _require_may_change(session, actor)
    begin_for(session, actor.organization, _own(actor), seal, now=now)


def begin_for(session: Session, organization: str, person: str, seal: Seal, *, now: datetime) -> None:
    """The same for a person (our id) who is about to sign in. Asked again within a minute, the secret stays."""
    session.get_one(Person, person, with_for_update={"key_share": True})
    row = session.get(SecondFactor, person)
    if row is not None and row.confirmed_at is not None:
        raise Conflict("There is a second factor already. Turn it off first to set up another app.")
    if row is not None and row.begun_at > now - AGAIN:
        return
    sealed = seal.closed(pyotp.random_base32())
    if row is None:
        session.add(SecondFactor(person_id=person, organization_id=organization, secret=sealed, begun_at=now))
    else:
        row.secret, row.begun_at = sealed, now
    session.flush()


def to_set_up(session: Session, person: str, seal: Seal) -> FactorSetUp | None:
    """What to show to a person (our id) who has begun; None if they have not, or are through."""
    row = session.get(SecondFactor, person)
    if row is None or row.confirmed_at is not None:
        return None
    secret = seal.opened(row.secret)
    who = session.get_one(Person, person)
    place = session.get_one(Organization, who.organization_id).name
    uri = pyotp.TOTP(secret).provisioning_uri(name=f"{who.name} ({place})"[:100], issuer_name=ISSUER)
    return FactorSetUp(" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), uri)


def own_set_up(session: Session, actor: Actor, seal: Seal) -> FactorSetUp | None:
    """What to show to the actor, who has begun."""
    _require_may_change(session, actor)
    return to_set_up(session, _own(actor), seal)


def turn_on(session: Session, actor: Actor, code: str, seal: Seal, *, now: datetime) -> tuple[str, ...]:
    """The recovery codes, once a code of the app is right; none if it is wrong. Other sessions end.

    The same form sent again within a minute is one act: it gets new recovery codes, and those before mean nothing.
    Raises NotAllowed; Conflict where nothing was begun.
    """
    _require_may_change(session, actor)
    made = confirm(session, actor.organization, _own(actor), code, seal, now=now)
    if made:
        sessions.end_all(session, _own(actor), keep=actor.credential, now=now)
    return made


def confirm(
    session: Session, organization: str, person: str, code: str, seal: Seal, *, now: datetime
) -> tuple[str, ...]:
    """The same for a person (our id) who is about to sign in."""
    row = _held(session, person)
    if row is None:
        raise Conflict("Nothing was begun here. Open the page again and scan the picture first.")
    if row.confirmed_at is not None:
        return _said_again(session, row, code, seal, now=now)
    step = _step(row, _typed(code), seal, now=now)
    if step is None:
        return ()
    row.confirmed_at, row.last_step, row.wrong = now, step, 0
    _record(session, row, f"person:{person}", "second-factor.on", now=now)
    return _new_codes(session, row)


def _said_again(session: Session, row: SecondFactor, code: str, seal: Seal, *, now: datetime) -> tuple[str, ...]:
    just_now = row.confirmed_at is not None and row.confirmed_at > now - AGAIN
    if not just_now or not _is_last(row, code, seal):
        raise Conflict("The second factor is on already. You can make new recovery codes with a code of your app.")
    return _new_codes(session, row)


def accepted(session: Session, person: str, code: str, seal: Seal, *, now: datetime) -> FactorUsed | None:
    """Whether the code is right and was not used before; used up with that. None: it is not.

    Whoever asks counts wrong ones. Of two at a time the second waits, and finds the first one's code used.
    """
    row = _held(session, person)
    if row is None or row.confirmed_at is None:
        return None
    typed = _typed(code)
    if len(typed) != DIGITS:
        return FactorUsed.RECOVERY if _recovered(session, person, typed, now=now) else None
    step = _step(row, typed, seal, now=now)
    if step is None:
        return None
    row.last_step = step
    return FactorUsed.APP


def turn_off(session: Session, actor: Actor, code: str, seal: Seal, *, now: datetime) -> bool:
    """Whether it is off now: it is if the code was right, and then other sessions end. After five wrong codes this
    session ends. Raises NotAllowed."""
    _require_may_change(session, actor)
    person = _own(actor)
    if not has(session, person):
        return True
    if wanted(session, actor.organization, person):
        raise NotAllowed("Your organization wants you to have a second factor. Ask a coordinator to reset it instead.")
    if not _proven(session, actor, code, seal, now=now):
        return False
    row = session.get_one(SecondFactor, person)
    _record(session, row, actor.name, "second-factor.off", now=now)
    _forget(session, row)
    sessions.end_all(session, person, keep=actor.credential, now=now)
    return True


def renew_codes(
    session: Session, actor: Actor, code: str, seal: Seal, *, again: bool = False, now: datetime
) -> tuple[str, ...]:
    """New recovery codes in place of the old, if the code was right; none if it was not. Raises NotAllowed.

    `again`: that very form had been sent before with this code, which was right and is used up, and its codes were not
    seen. It stands for them once more, as long as no other code of the app was given since.
    """
    _require_may_change(session, actor)
    held = _held(session, _own(actor)) if again else None
    of_the_app = len(_typed(code)) == DIGITS
    if held is not None and held.confirmed_at is not None and (not of_the_app or _is_last(held, code, seal)):
        return _new_codes(session, held)
    if not _proven(session, actor, code, seal, now=now):
        return ()
    row = session.get_one(SecondFactor, _own(actor))
    _record(session, row, actor.name, "second-factor.codes", now=now)
    return _new_codes(session, row)


def reset(session: Session, actor: Actor, external_id: str, *, now: datetime) -> None:
    """Take away the second factor of a person who has lost it, and end their sessions. None there: nothing is done.

    Raises NotAllowed unless the actor leads the whole organization; NotFound.
    """
    require_lead(actor)
    reset_by(session, find.one(session, Person, actor.organization, external_id), by=actor.name, now=now)


def reset_by(session: Session, person: Person, *, by: str, now: datetime) -> bool:
    """The same for the operator of the machine; whether there was one."""
    row = _held(session, person.id)
    if row is None:
        return False
    _record(session, row, by, "second-factor.reset", now=now)
    _forget(session, row)
    sessions.end_all(session, person.id, now=now)
    return True


def _proven(session: Session, actor: Actor, code: str, seal: Seal, *, now: datetime) -> bool:
    person = _own(actor)
    right = accepted(session, person, code, seal, now=now) is not None
    row = _held(session, person)
    if row is not None:
        row.wrong = 0 if right else row.wrong + 1
        if row.wrong >= MOST_WRONG:
            row.wrong = 0
            session.get_one(Credential, actor.credential).revoked_at = now
            _record(session, row, actor.name, "second-factor.refused", now=now)
    return right


def _forget(session: Session, row: SecondFactor) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == row.person_id))
    session.delete(row)
    session.flush()


def _new_codes(session: Session, row: SecondFactor) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == row.person_id))
    raw = [base64.b32encode(secrets.token_bytes(15)).decode().lower() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(organization_id=row.organization_id, person_id=row.person_id, code_hash=_hash(row.person_id, one))
        for one in raw
    )
    session.flush()
    return tuple("-".join(one[at : at + 4] for at in range(0, 24, 4)) for one in raw)


def _recovered(session: Session, person: str, typed: str, *, now: datetime) -> bool:
    used = (
        update(RecoveryCode)
        .where(RecoveryCode.person_id == person, RecoveryCode.code_hash == _hash(person, typed))
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    return session.scalar(used) is not None


def _hash(person: str, code: str) -> str:
    return digest(f"recovery:{person}:{code}")  # 120 random bits: a slow hash would add nothing


def _step(row: SecondFactor, typed: str, seal: Seal, *, now: datetime) -> int | None:
    """The step whose code this is, if it is later than the last one used."""
    steps = [int(now.timestamp()) // STEP_SECONDS + by for by in AROUND]
    right = [step for step in steps if hmac.compare_digest(_at(row, step, seal), typed)]
    return next((step for step in right if step > row.last_step), None)


def _at(row: SecondFactor, step: int, seal: Seal) -> str:
    return pyotp.TOTP(seal.opened(row.secret)).generate_otp(step)


def _typed(code: str) -> str:
    """What was meant: without blanks and dashes, in small letters, and digits of any script as 0 to 9."""
    plain = (str(unicodedata.digit(one, one)) for one in code.lower() if one.isalnum())
    return "".join(plain).encode("ascii", "ignore").decode()


def _held(session: Session, person: str) -> SecondFactor | None:
    return session.get(SecondFactor, person, with_for_update={"key_share": True}, populate_existing=True)


def _own(actor: Actor) -> str:
    if actor.person is None:
        raise NotAllowed("A key needs no second factor; sign in as a person.")
    return actor.person


def _may_change(session: Session, actor: Actor) -> bool:
    row = session.get_one(Credential, actor.credential)
    return row.session and not row.embedded


def _require_may_change(session: Session, actor: Actor) -> None:
    if not _may_change(session, actor):
        raise NotAllowed(
            "Your platform signed you in here. Open Peerloom by a sign-in link of your own to change this."
        )


def _record(session: Session, row: SecondFactor, by: str, act: str, *, now: datetime) -> None:
    whom = f"person:{row.person_id}"
    audit.record(session, organization=row.organization_id, actor=by, act=act, subject=whom, now=now)
