"""Requests as those see them who review a group of their author: open or answered, clustered, and what lies behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.actions.requests.found import WAITING, DeskFoundWork, for_desk
from service.actions.requests.need import PassagesForRequest, answerers, findings, introduced_for
from service.actions.visibility.quotes import reader
from service.domain.errors import Invalid, NotAllowed, NotFound
from service.domain.events import Event
from service.domain.requests.need import RequestState, require_open
from service.domain.roles import Actor
from service.domain.visibility import no_machine
from service.store import audit, outbox, repeats
from service.store.disclosures import Showing, at_desk
from service.store.names import told_apart
from service.store.tables import Group, Person, Request, RoleGrant

MOST = 300


@dataclass(frozen=True, slots=True)
class DeskRequest:
    """A request as a reviewer sees it."""

    id: str
    person: str  # external id
    name: str
    groups: tuple[str, ...]
    text: str
    state: RequestState
    stated_at: datetime
    looked_at: datetime | None
    read_by_machine: bool
    found: PassagesForRequest
    found_works: tuple[DeskFoundWork, ...]
    introductions: int
    answer: str
    answered_by: str
    answered_at: datetime | None
    cluster: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Open requests that ask for the same, the first one first; alone it is one of its own."""

    id: str
    requests: tuple[DeskRequest, ...]

    @property
    def people(self) -> int:
        return len({one.person for one in self.requests})


def clusters(session: Session, actor: Actor) -> list[Cluster]:
    """Open requests of those whom the actor reviews, by what they ask for; what many ask for first."""
    by: dict[str, list[DeskRequest]] = defaultdict(list)
    for one in listed(session, actor, state=RequestState.OPEN):
        by[one.cluster].append(one)
    found = [Cluster(id_, tuple(sorted(ones, key=lambda one: (one.stated_at, one.id)))) for id_, ones in by.items()]
    return sorted(found, key=lambda one: (-one.people, one.requests[0].stated_at, one.id))


def listed(
    session: Session, actor: Actor, *, state: RequestState, after: str | None = None, limit: int = MOST
) -> list[DeskRequest]:
    """Requests in one state, the latest first; those that follow the one with the id `after`.

    Raises NotAllowed for a learner and for a platform.
    """
    _require(actor)
    rows = session.execute(
        select(Request, Person.external_id, told_apart())
        .join(Person, Person.id == Request.person_id)
        .where(*_here(actor), Request.state == state, *([] if after is None else [Request.id < after]))
        .order_by(Request.id.desc())
        .limit(limit)
    ).all()
    ids = [row.id for row, _, _ in rows]
    found = findings(session, ids, reader(session, actor, reviewing=True))
    works = for_desk(session, {row.id: row.person_id for row, _, _ in rows})
    led = introduced_for(session, ids)
    names = answerers(session, [row for row, _, _ in rows])
    groups = _groups(session, {row.person_id for row, _, _ in rows})
    return [
        DeskRequest(
            id=row.id,
            person=external_id,
            name=name,
            groups=groups.get(row.person_id, ()),
            text=row.text,
            state=row.state,
            stated_at=row.stated_at,
            looked_at=row.looked_at,
            read_by_machine=not no_machine(row.ai),
            found=_with_work(found.get(row.id), works.get(row.id, ())),
            found_works=works.get(row.id, ()),
            introductions=led.get(row.id, 0),
            answer=row.answer,
            answered_by=names.get(row.answered_by or "", ""),
            answered_at=row.answered_at,
            cluster=row.cluster_id or row.id,
        )
        for row, external_id, name in rows
    ]


def shown(actor: Actor, rows: Iterable[DeskRequest]) -> list[Showing]:
    """Whose work stands beside each request before a facilitator's eyes."""
    return [
        showing
        for row in rows
        for showing in at_desk(actor.person, row.id, {one.quote.place.owner for one in row.found_works})
    ]


def _with_work(found: PassagesForRequest | None, works: tuple[DeskFoundWork, ...]) -> PassagesForRequest:
    """To a reviewer all that whoever asked might be shown, decided on or not."""
    waiting = sum(one.state in WAITING for one in works)
    quotes = tuple(one.quote for one in works)
    return replace(found, work=quotes, waiting=waiting) if found else PassagesForRequest(quotes, (), waiting)


def _require(actor: Actor) -> str:
    if actor.person is None or not actor.reviews:
        raise NotAllowed("Requests are read by facilitators and coordinators.")
    return actor.person


def _here(actor: Actor) -> list[ColumnElement[bool]]:
    reviewed = select(RoleGrant.person_id).where(RoleGrant.group_id.in_(actor.reviews))
    return [
        Request.organization_id == actor.organization,
        Request.person_id.in_(reviewed),
        Request.person_id != (actor.person or ""),  # a colleague answers one's own
    ]


def _groups(session: Session, of: set[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    rows = session.execute(
        select(RoleGrant.person_id, Group.name)
        .join(Group, Group.id == RoleGrant.group_id)
        .where(RoleGrant.person_id.in_(of))
        .order_by(Group.name)
    )
    for person, name in rows:
        found[person].append(name)
    return {person: tuple(dict.fromkeys(names)) for person, names in found.items()}


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many requests there are in each state."""
    _require(actor)
    rows = session.execute(select(Request.state, func.count()).where(*_here(actor)).group_by(Request.state)).all()
    found = {state.value: count for state, count in rows}
    return {state.value: found.get(state.value, 0) for state in RequestState}


def reply(session: Session, actor: Actor, request_id: str, *, text: str, now: datetime) -> Request:
    """Answer a request in one's own words; its author reads them at once. The same words by the same person once more
    within a minute change nothing. Raises NotFound, Invalid, NotNow."""
    person = _require(actor)
    if session.scalar(select(Request.id).where(Request.id == request_id, *_here(actor))) is None:
        raise NotFound("There is no such request here, or it is not yours to answer.")
    row = session.get_one(Request, request_id, with_for_update={"key_share": True})
    said = row.answered_by == person and row.answer == text.strip()
    if said and row.answered_at is not None and row.answered_at > now - repeats.AGAIN:
        return row
    require_open(row.state)
    if not text.strip():
        raise Invalid("Write what answers it.")
    row.state, row.answer, row.answered_by, row.answered_at = RequestState.ANSWERED, text.strip(), person, now
    outbox.tell(session, row.organization_id, Event.REQUEST_ANSWERED, now=now, request=row.id)
    audit.record(
        session, organization=row.organization_id, actor=actor.name, act="request.reply", subject=row.id, now=now
    )
    return row
