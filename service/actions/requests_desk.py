"""Requests as those see them who review a group of their author: open or answered, clustered, and what lies behind."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipelines.values import AI, PointKind, Shelf, SourceKind
from service.actions.introductions_quotes import Place, Quote, of_documents, reader
from service.actions.requests import Found, answerers, findings, introduced_for
from service.domain.errors import Invalid, NotAllowed, NotFound
from service.domain.events import Event
from service.domain.requests import RequestState, require_open
from service.domain.roles import Actor
from service.store import audit, outbox
from service.store.library import KEPT, TOLD
from service.store.tables import (
    Document,
    DocumentVersion,
    DraftRow,
    Group,
    Person,
    PointRow,
    Request,
    RequestFinding,
    RoleGrant,
    SourceRow,
)

MOST = 300
ASKED_ABOUT: Final = 2
"""Times that a passage must be asked about before it is said to be."""


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
    found: Found
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


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """A passage of a document in its present version that several people ask about: it may be unclear, or lack
    something. `questions`: approved points that ask a learner about it; `requests`: those that it lies nearest to."""

    quote: Quote
    requests: int
    questions: int


def clusters(session: Session, actor: Actor) -> list[Cluster]:
    """Open requests of those whom the actor reviews, by what they ask for; what many ask for first."""
    by: dict[str, list[DeskRequest]] = defaultdict(list)
    for one in listed(session, actor, state=RequestState.OPEN):
        by[one.cluster].append(one)
    found = [Cluster(id_, tuple(sorted(ones, key=lambda one: (one.stated_at, one.id)))) for id_, ones in by.items()]
    return sorted(found, key=lambda one: (-one.people, one.requests[0].stated_at, one.id))


def listed(session: Session, actor: Actor, *, state: RequestState) -> list[DeskRequest]:
    """Requests in one state, the latest first. Raises NotAllowed for a learner and for a platform."""
    _require(actor)
    rows = session.execute(
        select(Request, Person.external_id, Person.name)
        .join(Person, Person.id == Request.person_id)
        .where(*_here(actor), Request.state == state)
        .order_by(Request.id.desc())
        .limit(MOST)
    ).all()
    ids = [row.id for row, _, _ in rows]
    found = findings(session, ids, reader(session, actor, reviewing=True))
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
            read_by_machine=row.ai is not AI.NONE,
            found=found.get(row.id, Found((), ())),
            introductions=led.get(row.id, 0),
            answer=row.answer,
            answered_by=names.get(row.answered_by or "", ""),
            answered_at=row.answered_at,
            cluster=row.cluster_id or row.id,
        )
        for row, external_id, name in rows
    ]


def _require(actor: Actor) -> str:
    if actor.person is None or not actor.reviews:
        raise NotAllowed("Requests are read by facilitators and coordinators.")
    return actor.person


def _here(actor: Actor) -> list[ColumnElement[bool]]:
    reviewed = select(RoleGrant.person_id).where(RoleGrant.group_id.in_(actor.reviews))
    return [Request.organization_id == actor.organization, Request.person_id.in_(reviewed)]


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
    """Answer a request in one's own words; its author reads them at once. Raises NotFound, Invalid, NotNow."""
    person = _require(actor)
    if session.scalar(select(Request.id).where(Request.id == request_id, *_here(actor))) is None:
        raise NotFound("There is no such request here, or it is not yours to answer.")
    row = session.get_one(Request, request_id, with_for_update=True)
    require_open(row.state)
    if not text.strip():
        raise Invalid("Write what answers it.")
    row.state, row.answer, row.answered_by, row.answered_at = RequestState.ANSWERED, text.strip(), person, now
    outbox.tell(session, row.organization_id, Event.REQUEST_ANSWERED, now=now, request=row.id)
    audit.record(
        session, organization=row.organization_id, actor=actor.name, act="request.reply", subject=row.id, now=now
    )
    return row


def asked_about(session: Session, actor: Actor, *, limit: int = 10) -> list[AskedAbout]:
    """Passages of documents that several requests, or approved questions to learners, are about; most asked first.

    Counted, not judged: that a passage is asked about does not say that it is wrong. Only what was asked in groups that
    the actor reviews.
    """
    _require(actor)
    requests = _requests_by_place(session, actor)
    questions = _questions_by_place(session, actor)
    asked = Counter(requests) + Counter(questions)
    often = [place for place, count in asked.most_common() if count >= ASKED_ABOUT]
    quotes = of_documents(session, often)
    return [AskedAbout(quotes[place], requests[place], questions[place]) for place in often if place in quotes][:limit]


def _requests_by_place(session: Session, actor: Actor) -> Counter[Place]:
    """The nearest passage of each request that was not closed by its author."""
    rows = session.execute(
        select(RequestFinding.request_id, RequestFinding.owner_id, RequestFinding.start, RequestFinding.end)
        .join(Request, Request.id == RequestFinding.request_id)
        .where(*_here(actor), Request.state != RequestState.CLOSED, RequestFinding.shelf == Shelf.CONTEXT.value)
        .order_by(RequestFinding.position)
    )
    nearest: dict[str, Place] = {}
    for request, owner, start, end in rows:
        nearest.setdefault(request, Place(owner, start, end))
    return Counter(nearest.values())


def _questions_by_place(session: Session, actor: Actor) -> Counter[Place]:
    """Approved questions and next steps that rest on a passage of a document in its present version."""
    rows = session.execute(
        select(SourceRow.ref_id, func.count(PointRow.id.distinct()))
        .join(PointRow, PointRow.id == SourceRow.point_id)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .join(DocumentVersion, DocumentVersion.id == SourceRow.owner_id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(
            SourceRow.organization_id == actor.organization,
            SourceRow.kind == SourceKind.CONTEXT,
            Document.version == DocumentVersion.number,
            PointRow.kind.in_((PointKind.QUESTION, PointKind.NEXT_STEP)),
            PointRow.state.in_(KEPT),
            PointRow.generation == DraftRow.generation,
            DraftRow.state.in_(TOLD),
            DraftRow.group_id.in_(actor.reviews),
        )
        .group_by(SourceRow.ref_id)
    )
    return Counter({place: count for ref, count in rows if (place := _place(ref)) is not None})


def _place(passage: str) -> Place | None:
    """Where a passage stands, by its id `owner@start-end`."""
    owner, _, span = passage.partition("@")
    start, _, end = span.partition("-")
    return Place(owner, int(start), int(end)) if start.isdigit() and end.isdigit() else None
