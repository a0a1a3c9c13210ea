"""Phrases: a facilitator's own, and those of the groups that they review. No machine reads or writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.domain.errors import Invalid, NotAllowed, NotFound
from service.domain.roles import Actor
from service.store import find
from service.store.names import told_apart
from service.store.tables import Group, Person, Phrase

MOST: Final = 300
"""Of those that one sees; who keeps more finds nothing among them."""
LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class PhraseSeen:
    """A phrase; `group` is the name of whose it is, too, and `by` of who keeps it. Only one's own can be let go."""

    id: str
    text: str
    group: str
    by: str
    mine: bool


def phrases(session: Session, actor: Actor) -> tuple[PhraseSeen, ...]:
    """Own ones first, then those of groups; by their words. Raises NotAllowed for who reviews nothing."""
    person = _reviewer(actor)
    rows = session.execute(
        select(Phrase, Group.name.label("group"), told_apart().label("by"))
        .join(Person, Person.id == Phrase.person_id)
        .outerjoin(Group, Group.id == Phrase.group_id)
        .where(
            Phrase.organization_id == actor.organization,
            or_(Phrase.person_id == person, Phrase.group_id.in_(actor.reviews)),
        )
        .order_by(Phrase.person_id != person, Phrase.text, Phrase.id)
        .limit(MOST)
    )
    return tuple(
        PhraseSeen(row.Phrase.id, row.Phrase.text, row.group or "", row.by, row.Phrase.person_id == person)
        for row in rows
    )


def keep(session: Session, actor: Actor, text: str, *, group: str = "", now: datetime) -> Phrase:
    """Keep these words, for oneself or also for a group (external id). The same again is the one that is there.

    Raises NotAllowed, NotFound for a group that the actor does not review, Invalid for no words, too long ones, or too
    many phrases.
    """
    person = _reviewer(actor)
    said = text.strip()
    if not said:
        raise Invalid("Write the words to keep.")
    if len(said) > LONGEST:
        raise Invalid(f"A phrase has at most {LONGEST} characters.")
    shared = find.one(session, Group, actor.organization, group) if group else None
    if shared is not None and shared.id not in actor.reviews:
        raise find.not_found(Group, group)
    own = select(Phrase).where(Phrase.person_id == person).with_for_update(key_share=True)
    there = session.scalars(own).all()
    same = next((row for row in there if (row.text, row.group_id) == (said, shared.id if shared else None)), None)
    if same is not None:
        return same
    if len(there) >= MOST:
        raise Invalid(f"You keep {MOST} phrases already. Let one go first.")
    row = Phrase(
        organization_id=actor.organization,
        person_id=person,
        group_id=shared.id if shared else None,
        text=said,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def let_go(session: Session, actor: Actor, phrase_id: str) -> None:
    """Raises NotAllowed, and NotFound for another's."""
    person = _reviewer(actor)
    row = session.get(Phrase, phrase_id)
    if row is None or row.person_id != person:
        raise NotFound("There is no such phrase here, or it is not yours to let go.")
    session.delete(row)


def _reviewer(actor: Actor) -> str:
    if actor.person is None or not actor.reviews:
        raise NotAllowed("Phrases are for those who review.")
    return actor.person
