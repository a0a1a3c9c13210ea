"""A learner states a need, sees what was found for it, and says when it is answered or not needed any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.values import AI, Shelf
from service.actions.introductions.common import open_people
from service.actions.requests.found import for_author
from service.actions.visibility.quotes import Quote, QuotePlace, QuoteReader, of_documents, reader
from service.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from service.domain.events import Event
from service.domain.requests.need import NEAREST, RequestState, require_open
from service.domain.roles import Actor
from service.domain.visibility import no_machine
from service.store import audit, holding, jobs, outbox, repeats
from service.store import names as store_names
from service.store.tables import Introduction, PassageForRequest, Person, Request

MOST_OPEN: Final = 5
"""Needs of one person that are open at once."""
LONGEST: Final = 2_000
SHORTEST: Final = 12


@dataclass(frozen=True, slots=True)
class PassagesForRequest:
    """What speaks to a request, as far as its reader may see it now."""

    work: tuple[Quote, ...]
    documents: tuple[Quote, ...]
    waiting: int = 0  # pieces of others' work that wait for a facilitator
    nearest: tuple[Quote, ...] = ()  # of documents none of which answers; for a reviewer's eyes


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request as its author sees it. `read_by_machine`: False where the author lets no machine read it."""

    id: str
    text: str
    state: RequestState
    stated_at: datetime
    looked_at: datetime | None
    read_by_machine: bool
    found: PassagesForRequest
    answer: str
    answered_by: str
    answered_at: datetime | None


def state(session: Session, actor: Actor, *, text: str, ai: AI = AI.ANY, now: datetime) -> Request:
    """State a need; the same words once more within a minute are the request that is there. `ai` only ever narrows the
    person's consent. Raises NotAllowed for a platform, Invalid, NotNow."""
    person = _learner(session, actor)
    words = text.strip()
    if not SHORTEST <= len(words) <= LONGEST:
        raise Invalid(f"Say in {SHORTEST} to {LONGEST:,} characters what you need; one or two sentences are enough.")
    consent = holding.consent_alone(session, person.id)  # one at a time, so that the next lines hold
    machines = consent.ai.and_(ai)
    same = (Request.text == words, Request.ai == machines, Request.state == RequestState.OPEN)
    if there := repeats.said_before(session, Request, person.id, *same, now=now):
        return there
    if _open(session, person.id) >= MOST_OPEN:
        raise NotNow(f"You have {MOST_OPEN} open requests. Close one that you do not need any more.")
    row = Request(
        organization_id=actor.organization,
        person_id=person.id,
        text=words,
        ai=machines,
        state=RequestState.OPEN,
        answer="",
        stated_at=now,
    )
    session.add(row)
    session.flush()
    if not no_machine(row.ai):
        search_again(session, row, now=now)
    outbox.tell(session, row.organization_id, Event.REQUEST_STATED, now=now, request=row.id, person=person.external_id)
    _record(session, actor, row, "state", now)
    return row


def _learner(session: Session, actor: Actor) -> Person:
    if actor.person is None:
        raise NotAllowed("A person states their own need: use a token of theirs.")
    return session.get_one(Person, actor.person)


def _open(session: Session, person: str) -> int:
    query = select(func.count()).where(Request.person_id == person, Request.state == RequestState.OPEN)
    return session.scalar(query) or 0


def search_again(session: Session, row: Request, *, now: datetime) -> None:
    """Have people, work and passages looked for."""
    jobs.enqueue(
        session,
        organization=row.organization_id,
        kind="request",
        subject=row.id,
        now=now,
        dedupe=f"request:{row.id}",
        priority=5,
    )


def mine(session: Session, actor: Actor) -> list[OwnRequest]:
    """A person's own requests, the latest first. Raises NotAllowed for a platform."""
    person = _learner(session, actor)
    rows = session.scalars(select(Request).where(Request.person_id == person.id).order_by(Request.id.desc())).all()
    found = findings(session, [row.id for row in rows], reader(session, actor))
    names = answerers(session, rows)
    return [
        OwnRequest(
            id=row.id,
            text=row.text,
            state=row.state,
            stated_at=row.stated_at,
            looked_at=row.looked_at,
            read_by_machine=not no_machine(row.ai),
            found=found.get(row.id, PassagesForRequest((), ())),
            answer=row.answer,
            answered_by=names.get(row.answered_by or "", ""),
            answered_at=row.answered_at,
        )
        for row in rows
    ]


def answerers(session: Session, rows: Iterable[Request]) -> dict[str, str]:
    """Names of those who answered, by our own ids. Whoever answered by meeting its author, and wrote nothing here, is
    named only while they allow to be introduced."""
    rows = list(rows)
    wrote = {row.answered_by for row in rows if row.answer or row.answered_by == row.person_id}
    met = {row.answered_by for row in rows if row.answered_by} - wrote
    allowed = open_people(session, met, machines=False)
    return store_names.names_of(session, [*wrote, *(id_ for id_ in met if allowed.get(id_, False))])


def findings(session: Session, requests: list[str], to: QuoteReader) -> dict[str, PassagesForRequest]:
    """What was found for each of these requests that its author may see now: of others' work only what a facilitator
    has let out. What is only nearest is for the desk."""
    rows = session.scalars(
        select(PassageForRequest)
        .where(PassageForRequest.request_id.in_(requests), PassageForRequest.shelf.in_((Shelf.CONTEXT.value, NEAREST)))
        .order_by(PassageForRequest.request_id, PassageForRequest.position)
    ).all()
    work = for_author(session, requests, to)
    places = {(row.request_id, row.position): QuotePlace(row.owner_id, row.start, row.end) for row in rows}
    documents = of_documents(session, places.values())

    def of(request: str, shelf: str) -> tuple[Quote, ...]:
        mine = [row for row in rows if (row.request_id, row.shelf) == (request, shelf)]
        there = (places[row.request_id, row.position] for row in mine)
        return tuple(documents[place] for place in there if place in documents)

    return {
        id_: PassagesForRequest(work[id_].work, of(id_, Shelf.CONTEXT.value), work[id_].waiting, of(id_, NEAREST))
        for id_ in requests
    }


def own(session: Session, actor: Actor, request_id: str) -> Request:
    """One's own request, held. Raises NotAllowed for a platform, NotFound for anybody else's."""
    person = _learner(session, actor)
    row = session.get(Request, request_id, with_for_update={"key_share": True})
    if row is None or row.person_id != person.id:
        raise NotFound("There is no such request here, or it is not yours.")
    return row


def settle(session: Session, actor: Actor, request_id: str, *, answered: bool, now: datetime) -> Request:
    """Its author says that it is answered, or not needed any more; introductions that it led to are not asked any
    more where nobody was asked yet. Raises NotFound, NotNow."""
    row = own(session, actor, request_id)
    require_open(row.state)
    row.state = RequestState.ANSWERED if answered else RequestState.CLOSED
    if answered:
        row.answered_at, row.answered_by = now, actor.person
        outbox.tell(session, row.organization_id, Event.REQUEST_ANSWERED, now=now, request=row.id)
    _record(session, actor, row, "answered" if answered else "close", now)
    return row


def introduced_for(session: Session, requests: list[str]) -> dict[str, int]:
    """How many introductions each of these requests led to that wait for a facilitator or were asked about."""
    rows = session.execute(
        select(Introduction.request_id, func.count())
        .where(Introduction.request_id.in_(requests))
        .group_by(Introduction.request_id)
    )
    return {request: count for request, count in rows if request is not None}


def _record(session: Session, actor: Actor, row: Request, act: str, now: datetime) -> None:
    audit.record(
        session, organization=row.organization_id, actor=actor.name, act=f"request.{act}", subject=row.id, now=now
    )
