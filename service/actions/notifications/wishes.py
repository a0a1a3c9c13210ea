"""How people want to be told: read for many at once, for one to look at, and changed by whoever it concerns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.actions.access import credentials
from service.actions.learners.guard import person_of
from service.domain.access.organization_settings import time_zone
from service.domain.errors import Invalid
from service.domain.notifications.addresses import mark
from service.domain.notifications.kinds import DEFAULTS, ROLES, TOPIC, NotificationKind, NotificationTopic
from service.domain.notifications.timing import EVENING, MORNING, MailHours, Rhythm, due, is_zone
from service.domain.roles import Actor, Role
from service.store.tables import Mailbox, Notification, NotificationRhythm, Organization, Person

NO_MORE_MAIL: Final = "no-mail"
"""What the link in each letter that ends all mail is signed for."""


@dataclass(frozen=True, slots=True)
class NotificationWish:
    """What a person chooses. A topic that is left out stays as it is; an empty zone is the organization's."""

    rhythms: Mapping[NotificationTopic, Rhythm]
    time_zone: str = ""
    hour: int = MORNING
    quiet_from: int = EVENING
    quiet_until: int = MORNING


@dataclass(frozen=True, slots=True)
class WishSeen:
    """What holds for a person now. `rhythms` are those of their roles; `own_zone` is empty where it is the
    organization's; `bounced`: mail to the address was refused for good."""

    person: str
    address: str
    bounced: bool
    rhythms: Mapping[NotificationTopic, Rhythm]
    hours: MailHours
    own_zone: str


class Wishes:
    """What these people (our ids) of one organization want, in three statements."""

    def __init__(self, session: Session, organization: str, people: Collection[str]) -> None:
        self._zone = time_zone(session.get_one(Organization, organization).settings)
        rows = session.scalars(select(Mailbox).where(Mailbox.person_id.in_(people)))
        self._boxes = {row.person_id: row for row in rows}
        said = session.scalars(select(NotificationRhythm).where(NotificationRhythm.person_id.in_(people)))
        self._said = {(row.person_id, row.topic): row.rhythm for row in said}

    def mailed_at(self, person: str, kind: NotificationKind, at: datetime) -> datetime | None:
        """When this person is mailed of what happens at that moment; None: not at all."""
        box = self._boxes.get(person)
        if box is None or not box.address or box.bounced_at is not None:
            return None
        return due(self.rhythm(person, TOPIC[kind]), self.hours(person), at)

    def rhythm(self, person: str, topic: NotificationTopic) -> Rhythm:
        return self._said.get((person, topic), DEFAULTS[topic])

    def hours(self, person: str) -> MailHours:
        box = self._boxes.get(person)
        if box is None:
            return MailHours(self._zone)
        zone = box.time_zone if is_zone(box.time_zone) else self._zone
        return MailHours(zone, box.hour, box.quiet_from, box.quiet_until)

    def box(self, person: str) -> Mailbox | None:
        return self._boxes.get(person)


def topics(actor: Actor) -> tuple[NotificationTopic, ...]:
    """What this person is ever told of, by their roles."""
    where = {
        Role.LEARNER: actor.learns_in,
        Role.FACILITATOR: actor.facilitates,
        Role.COORDINATOR: actor.coordinates,
    }
    held = {role for role, groups in where.items() if groups}
    return tuple(topic for topic in NotificationTopic if ROLES[topic] & held)


def show(session: Session, actor: Actor, external_id: str) -> WishSeen:
    """What holds for a person. Raises NotFound (not the actor's own, nor one that the platform acts for)."""
    return _seen(session, person_of(session, actor, external_id))


def _seen(session: Session, person: Person) -> WishSeen:
    wishes = Wishes(session, person.organization_id, [person.id])
    box = wishes.box(person.id)
    theirs = topics(credentials.standing_in(session, person.organization_id, person.id))
    return WishSeen(
        person.external_id,
        box.address if box else "",
        bool(box and box.bounced_at),
        {topic: wishes.rhythm(person.id, topic) for topic in theirs},
        wishes.hours(person.id),
        box.time_zone if box else "",
    )


def change(session: Session, actor: Actor, external_id: str, wish: NotificationWish, *, now: datetime) -> WishSeen:
    """Set it. What was not mailed yet follows. Raises NotFound; Invalid for a zone or an hour that there is not."""
    person = person_of(session, actor, external_id)
    if wish.time_zone and not is_zone(wish.time_zone):
        raise Invalid("There is no such time zone. Write it like Europe/Berlin or America/Bogota.")
    if not all(0 <= hour <= 23 for hour in (wish.hour, wish.quiet_from, wish.quiet_until)):
        raise Invalid("An hour is a whole number from 0 to 23.")
    box = mailbox(session, person, now=now)
    box.time_zone, box.hour = wish.time_zone, wish.hour
    box.quiet_from, box.quiet_until = wish.quiet_from, wish.quiet_until
    for topic, rhythm in wish.rhythms.items():
        session.merge(
            NotificationRhythm(person_id=person.id, topic=topic, rhythm=rhythm, organization_id=person.organization_id)
        )
    session.flush()
    _follow(session, person, now=now)
    return _seen(session, person)


def _follow(session: Session, person: Person, *, now: datetime) -> None:
    """What waits to be mailed goes when the person wants it now."""
    wishes = Wishes(session, person.organization_id, [person.id])
    waiting = (Notification.person_id == person.id, Notification.mail_at.is_not(None))
    kinds = session.scalars(select(Notification.kind).where(*waiting).distinct()).all()
    for kind in kinds:  # in one statement, so that what goes with a letter meanwhile is not mailed with the next, too
        mine = (*waiting, Notification.kind == kind, Notification.mailing_id.is_(None))
        session.execute(update(Notification).where(*mine).values(mail_at=wishes.mailed_at(person.id, kind, now)))


def mailbox(session: Session, person: Person, *, now: datetime) -> Mailbox:
    """The person's, made at first need."""
    box = session.get(Mailbox, person.id, with_for_update={"key_share": True})
    if box is None:
        box = Mailbox(person_id=person.id, organization_id=person.organization_id, changed_at=now)
        session.add(box)
        session.flush()
    return box


def no_more_mail(session: Session, person_id: str, *, now: datetime) -> bool:
    """Never mail this person (our id) again, unless they choose otherwise; False where there is no such person.

    For whoever holds a letter's own link: nobody is signed in. The page goes on to show everything.
    """
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        return False
    for topic in NotificationTopic:
        row = NotificationRhythm(
            person_id=person.id, topic=topic, rhythm=Rhythm.NEVER, organization_id=person.organization_id
        )
        session.merge(row)
    session.execute(update(Notification).where(Notification.person_id == person.id).values(mail_at=None))
    return True


def knows(session: Session, person_id: str) -> bool:
    """Whether there is such a person (our id)."""
    person = session.get(Person, person_id)
    return person is not None and person.erased_at is None


def take_address_away(session: Session, actor: Actor, external_id: str, *, now: datetime) -> None:
    """The person wants their address forgotten, and no roster to bring it back. Raises NotFound."""
    box = session.get(Mailbox, person_of(session, actor, external_id).id, with_for_update={"key_share": True})
    if box is not None and box.address:
        box.taken_away = mark(box.address, box.person_id)
        box.address, box.bounced_at, box.bounced_code, box.changed_at = "", None, "", now
