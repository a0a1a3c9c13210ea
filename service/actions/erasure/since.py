"""A restored backup is brought up to date: work that was taken back since it was made is taken back once more, and
consents that were made stricter since are as strict again. What was allowed more since is not: the person, or the
platform, says it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.people import register
from service.actions.people.register import ConsentWish
from service.actions.work import submit
from service.domain.roles import Actor, CredentialReach
from service.domain.visibility import ConsentStand
from service.store import visible
from service.store.erasure.replay import ReplayList
from service.store.tables import Consent, Person, Submission

WHY: Final = "A backup was restored; this is what had been said since."


@dataclass(frozen=True, slots=True)
class SinceThen:
    """How many pieces of work were taken back again, and how many people's consents made stricter again."""

    taken_back: int
    consents: int


def hold_again(session: Session, known: Sequence[ReplayList], *, now: datetime) -> SinceThen:
    """By these lists. A job cleans up behind each; nobody reads any of it from the end of the transaction on."""
    return SinceThen(_take_back(session, known, now), _make_stricter(session, known, now))


def _operator(organization: str) -> Actor:
    return Actor(organization, "operator", CredentialReach.PLATFORM)


def _take_back(session: Session, known: Sequence[ReplayList], now: datetime) -> int:
    """As of when its author took it back: its days until it is erased are not counted anew."""
    found = 0
    there = select(Submission.id).where(~visible.withdrawn()).order_by(Submission.id)
    for id_ in session.scalars(there).all():
        moments = [at for one in known if (at := one.when_taken_back(id_)) is not None]
        if moments:
            row = session.get_one(Submission, id_)
            submit.withdraw(session, _operator(row.organization_id), row.external_id, now=now)
            row.withdrawn_at = min(moments)
            found += 1
    session.flush()
    return found


def _make_stricter(session: Session, known: Sequence[ReplayList], now: datetime) -> int:
    """No wider than the person last said, by whichever list knows of the latest."""
    found = 0
    rows = session.execute(
        select(Person, Consent)
        .join(Consent, Consent.person_id == Person.id)
        .where(Person.erased_at.is_(None))
        .order_by(Person.id)
    )
    for person, held in rows.all():
        said = max((one for ones in known if (one := ones.consent(person.id)) is not None), key=_when, default=None)
        if said is None or said[1] <= held.changed_at:
            continue
        stand = ConsentStand(held.show_work, held.introduce, held.ai)
        wanted = stand.no_wider(said[0])
        if wanted != stand:
            wish = ConsentWish(wanted.show_work, wanted.introduce, wanted.ai, note=WHY)
            register.set_consent(session, _operator(person.organization_id), person.external_id, wish, now=now)
            found += 1
    return found


def _when(said: tuple[ConsentStand, datetime]) -> datetime:
    return said[1]
