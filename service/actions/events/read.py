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


@dataclass(frozen=True, slots=True)
class EventsFound:
    """Events in order; with `reached`, all up to that number were looked at."""

    events: Sequence[OutgoingEvent]
    reached: int


def since(session: Session, actor: Actor, *, after: int, limit: int, wanted: EventsWanted = ALL) -> EventsFound:
    """Events numbered above `after`; none is ever passed over. Raises NotAllowed."""
    require_organization_wide(actor)
    outbox.number(session, actor.organization)  # which nobody else does until this transaction ends
    found = outbox.page(session, actor.organization, *_conditions(wanted), after=after, limit=limit)
    if len(found) == limit:
        return EventsFound(found, found[-1].number or after)
    return EventsFound(found, max(after, outbox.last(session, actor.organization)))


def look(session: Session, actor: Actor, *, after: int, wanted: EventsWanted = ALL) -> int | None:
    """None where there is one above `after`, be it numbered or not yet. Else the number up to which there is none, to
    look from the next time, so that whoever waits has each event looked at once. Changes nothing. Raises NotAllowed."""
    require_organization_wide(actor)
    reached = outbox.last(session, actor.organization)  # first: what is numbered meanwhile is above it
    if outbox.any_after(session, actor.organization, *_conditions(wanted), after=after):
        return None
    return max(after, reached)


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
