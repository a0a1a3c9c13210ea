"""What happened, for platforms that ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from service.domain.events import EVENTS, Event
from service.domain.roles import Actor, require_organization_wide
from service.store import outbox
from service.store.tables import OutgoingEvent


@dataclass(frozen=True, slots=True)
class EventsWanted:
    """Which events; what is empty says nothing. `subject` is an id of what the event is about, whatever that is;
    `person` and `challenge` find those events that name one."""

    events: tuple[Event, ...] = ()
    subject: str = ""
    person: str = ""
    challenge: str = ""


ALL = EventsWanted()


def since(
    session: Session, actor: Actor, *, after: int, limit: int, wanted: EventsWanted = ALL
) -> Sequence[OutgoingEvent]:
    """Events numbered above `after`, in order; none is ever passed over. Raises NotAllowed."""
    require_organization_wide(actor)
    outbox.number(session, actor.organization)
    return outbox.page(session, actor.organization, *_conditions(wanted), after=after, limit=limit)


def any_since(session: Session, actor: Actor, *, after: int, wanted: EventsWanted = ALL) -> bool:
    """Whether there is one, be it numbered or not yet. Changes nothing. Raises NotAllowed."""
    require_organization_wide(actor)
    return outbox.any_after(session, actor.organization, *_conditions(wanted), after=after)


def _conditions(wanted: EventsWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.events:
        found.append(OutgoingEvent.name.in_([one.value for one in wanted.events]))
    if wanted.subject:
        found.append(_about(wanted.subject))
    facts = {"person": wanted.person, "challenge": wanted.challenge}
    found += [OutgoingEvent.data[fact].as_string() == value for fact, value in facts.items() if value]
    return found


def _about(subject: str) -> ColumnElement[bool]:
    by_fact: dict[str, list[str]] = defaultdict(list)
    for event, known in EVENTS.items():
        by_fact[known.subject].append(event.value)
    data, name = OutgoingEvent.data, OutgoingEvent.name
    return or_(*(and_(name.in_(names), data[fact].as_string() == subject) for fact, names in by_fact.items()))
