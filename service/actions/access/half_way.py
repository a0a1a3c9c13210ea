"""Half-way in: a link was opened by somebody who must give a code, or set one up, before there is a session.

The state is the link's own, lasts ten minutes, and ends with the fifth wrong code; nothing is kept in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.actions.access import second_factor, sessions, sign_in
from service.actions.access.second_factor import MOST_WRONG, FactorSetUp
from service.actions.access.sign_in import Entered
from service.domain.errors import NotSignedIn
from service.store import audit
from service.store.repeats import AGAIN
from service.store.sealing import Seal
from service.store.tables import Person, SignIn

OVER = "This sign-in has ended: it waits for a short while, and for five codes at most. Ask for a new link."


@dataclass(frozen=True, slots=True)
class HalfWayIn:
    """Who is half-way in. `set_up`: they have no second factor yet, and need one first."""

    name: str
    set_up: FactorSetUp | None
    left: int


@dataclass(frozen=True, slots=True)
class CodeOutcome:
    """What became of a code: a session, or None and how many tries are left. `codes`: recovery codes, made just now."""

    entered: Entered | None
    left: int = 0
    codes: tuple[str, ...] = ()


def seen(session: Session, secret: str, seal: Seal, *, now: datetime) -> HalfWayIn:
    """Raises NotSignedIn if the link is not, or no longer, half-way."""
    row = _half_way(session, sign_in.found(session, secret), now=now)
    set_up = second_factor.to_set_up(session, row.person_id, seal)
    return HalfWayIn(session.get_one(Person, row.person_id).name, set_up, MOST_WRONG - row.wrong_codes)


def answer(session: Session, secret: str, code: str, seal: Seal, *, here: str = "", now: datetime) -> CodeOutcome:
    """Try a code. Raises NotSignedIn if the link is not, or no longer, half-way.

    The link is held, so that of several tries at a time each is counted. `here` is the session that this browser holds.
    """
    link = sign_in.held(session, secret)
    if link is not None and link.used_at is not None:
        now = max(now, link.used_at)  # it began earlier, and waited until the one that began later was done
    if link is not None and _set_up_just_now(session, link, now=now):
        return _said_again(session, link, code, seal, now=now)
    row = _half_way(session, link, now=now)
    codes: tuple[str, ...] = ()
    if second_factor.has(session, row.person_id):
        used = second_factor.accepted(session, row.person_id, code, seal, now=now)
        how = used.value if used is not None else ""
    else:
        codes = second_factor.confirm(session, row.organization_id, row.person_id, code, seal, now=now)
        how = "set-up" if codes else ""
    if how:
        return CodeOutcome(sign_in.begin(session, row, second_factor=how, here=here, now=now), codes=codes)
    return _wrong(session, row, now=now)


def _wrong(session: Session, row: SignIn, *, now: datetime) -> CodeOutcome:
    row.wrong_codes += 1
    if row.wrong_codes >= MOST_WRONG:
        row.used_at = row.used_at or now
        whom, act = f"person:{row.person_id}", "sign-in.refused"
        audit.record(session, organization=row.organization_id, actor=whom, act=act, subject=whom, now=now, link=row.id)
    return CodeOutcome(None, MOST_WRONG - row.wrong_codes)


def _set_up_just_now(session: Session, row: SignIn, *, now: datetime) -> bool:
    """Whether a second factor was set up with this very link a moment ago: the form may come again, clicked twice."""
    if row.used_at is None or row.used_at <= now - AGAIN or row.wrong_codes >= MOST_WRONG:
        return False
    return second_factor.set_up_at(session, row.person_id) == row.used_at


def _said_again(session: Session, row: SignIn, code: str, seal: Seal, *, now: datetime) -> CodeOutcome:
    """One act: the browser shows the last answer only, so that one has recovery codes that work, and the session."""
    if not second_factor.was_set_up_with(session, row.person_id, code, seal):
        _wrong(session, row, now=now)
        return CodeOutcome(None)
    begun = row.used_at
    if begun is None or not sessions.end_since(session, row.person_id, begun, now=now):
        raise NotSignedIn(OVER)  # it was ended since, and stays so
    codes = second_factor.confirm(session, row.organization_id, row.person_id, code, seal, now=now)
    return CodeOutcome(sign_in.begin(session, row, second_factor="set-up", now=now), codes=codes)


def _half_way(session: Session, row: SignIn | None, *, now: datetime) -> SignIn:
    if row is None or row.half_way_until is None or not sign_in.works(session, row, now):
        raise NotSignedIn(OVER)
    return row
