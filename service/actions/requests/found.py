"""Others' work that was found for a request: a facilitator decides on each piece, and only then is it shown.

What is decided on is what whoever asked would read, as consents, withdrawals and policies stand now: the same reading
serves the desk, the approval, the showing and every look at it afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.approvals import approving
from service.actions.approvals.deciding import Deciding, DecisionNote
from service.actions.visibility.quotes import Quote, QuotePlace, QuoteReader, of_work, reader_of
from service.actions.visibility.unnamed import read, stored
from service.domain.errors import Invalid, NotFound, NotNow
from service.domain.galleries import body_digest
from service.domain.lifecycle import require_seen
from service.domain.requests.found import FoundWorkAct, FoundWorkActor, FoundWorkState, possible, step
from service.domain.requests.need import RequestState
from service.domain.roles import require_reviewer
from service.domain.texts import digest
from service.store import disclosures
from service.store.disclosures import DisclosedTo
from service.store.tables import (
    DisclosureKind,
    FoundWork,
    FoundWorkApproval,
    FoundWorkDecision,
    FoundWorkShowing,
    Request,
    RoleGrant,
)

OTHERWISE = "It reads otherwise than when you saw it. Look at it again, then decide."
NOT_NOW = "It may not be shown to them as things stand now."
WAITING = (FoundWorkState.FOUND, FoundWorkState.APPROVED)


@dataclass(frozen=True, slots=True)
class DeskFoundWork:
    """Work that was found, as whoever asked would read it. `text_hash` is of that; approving names it. `hidden`: how
    many names and addresses are put out of sight."""

    id: str
    version: int
    state: FoundWorkState
    quote: Quote
    text_hash: str
    possible: tuple[str, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class FoundForAuthor:
    """What the author of a request may read of others' work now, and how much waits for a facilitator."""

    work: tuple[Quote, ...]
    waiting: int


def _place(row: FoundWork) -> QuotePlace:
    return QuotePlace(row.revision_id, row.start, row.end)


def _rows(session: Session, requests: Collection[str]) -> Sequence[FoundWork]:
    return session.scalars(
        select(FoundWork)
        .where(FoundWork.request_id.in_(requests))
        .order_by(FoundWork.request_id, FoundWork.position, FoundWork.id)
    ).all()


def body_of(quote: Quote) -> dict[str, Any]:
    """All that would be read, by place and hash; the words are not copied."""
    body = {
        "revision": quote.place.owner,
        "start": quote.place.start,
        "end": quote.place.end,
        "text_hash": digest(quote.text),
        "title": quote.title,
        "named": bool(quote.name),
    }
    return body if quote.name else {**body, "hidden": stored(quote.hidden)}


def for_desk(session: Session, requests: Mapping[str, str]) -> dict[str, tuple[DeskFoundWork, ...]]:
    """What was found for each of these requests (id → who asked) and may be shown to whoever asked now."""
    found: dict[str, list[DeskFoundWork]] = defaultdict(list)
    readers = {person: reader_of(session, person) for person in set(requests.values())}
    for row in _rows(session, requests):
        quote = _read_by(session, row, readers[requests[row.request_id]])
        if quote is not None:
            found[row.request_id].append(_at_desk(row, quote))
    return {id_: tuple(ones) for id_, ones in found.items()}


def _at_desk(row: FoundWork, quote: Quote) -> DeskFoundWork:
    acts = tuple(possible(row.state, FoundWorkActor.FACILITATOR))
    return DeskFoundWork(row.id, row.version, row.state, quote, body_digest(body_of(quote)), acts, len(quote.hidden))


def _read_by(session: Session, row: FoundWork, to: QuoteReader) -> Quote | None:
    """As this person would read it now."""
    place = _place(row)
    return of_work(session, [place], to, named=False).get(place)


def for_author(session: Session, requests: Sequence[str], to: QuoteReader) -> dict[str, FoundForAuthor]:
    """For each of these requests what was let out, and is still exactly what was approved; and what waits."""
    rows = _rows(session, requests)
    bodies = _approved(session, [row.id for row in rows if row.state is FoundWorkState.SHOWN])
    hidden = {_place(row): read(bodies[row.id]["hidden"]) for row in rows if "hidden" in bodies.get(row.id, {})}
    quotes = of_work(session, [_place(row) for row in rows], to, named=False, hidden=hidden)
    work: dict[str, list[Quote]] = defaultdict(list)
    waiting: dict[str, int] = defaultdict(int)
    for row in rows:
        quote = quotes.get(_place(row))
        if quote is not None and row.state in WAITING:
            waiting[row.request_id] += 1
        elif quote is not None and row.id in bodies and digest(quote.text) == bodies[row.id]["text_hash"]:
            work[row.request_id].append(quote)
    return {id_: FoundForAuthor(tuple(work[id_]), waiting[id_]) for id_ in requests}


def _approved(session: Session, found: Collection[str]) -> dict[str, dict[str, Any]]:
    """What was approved of each of these that is out, if it is still exactly that."""
    rows = session.execute(
        select(FoundWorkShowing, FoundWorkApproval)
        .join(FoundWorkApproval, FoundWorkApproval.id == FoundWorkShowing.approval_id)
        .where(
            FoundWorkShowing.found_id.in_(found),
            FoundWorkShowing.ended_at.is_(None),
            FoundWorkApproval.undone_at.is_(None),
        )
        .order_by(FoundWorkShowing.id)
    ).all()
    return {
        showing.found_id: approval.body for showing, approval in rows if body_digest(approval.body) == showing.text_hash
    }


def _opened(at: Deciding) -> tuple[FoundWork, Request, str]:
    """The found work as it was seen, held, its request, and who decides. Raises NotFound, NotAllowed, ChangedSince."""
    row = at.session.get(FoundWork, at.id, with_for_update={"key_share": True})
    if row is None or row.organization_id != at.actor.organization:
        raise NotFound("There is no such work here, or it is not yours to decide on.")
    request = at.session.get_one(Request, row.request_id)
    groups = at.session.scalars(select(RoleGrant.group_id).where(RoleGrant.person_id == request.person_id)).all()
    mine = sorted(set(groups) & at.actor.reviews)
    if not mine or request.person_id == at.actor.person:  # for one's own a colleague decides
        raise NotFound("There is no such work here, or it is not yours to decide on.")
    person = require_reviewer(at.actor, mine[0])
    at.require(row.version)
    return row, request, person


def approve(at: Deciding, *, seen: str, undo: timedelta = approving.UNDO) -> FoundWork:
    """Let exactly what has the hash `seen` be shown to whoever asked, when the undo window has passed.

    Raises NotNow where nobody asks any more, Invalid where it may not be shown, ChangedSince if it reads otherwise.
    """
    row, request, person = _opened(at)
    state = step(row.state, FoundWorkAct.APPROVE, FoundWorkActor.FACILITATOR)
    if request.state is RequestState.CLOSED:
        raise NotNow("Its author does not need it any more.")
    quote = _read_by(at.session, row, reader_of(at.session, request.person_id))
    if quote is None:
        raise Invalid(NOT_NOW)
    body = body_of(quote)
    require_seen(seen, body_digest(body), OTHERWISE)
    approving.give(at.session, approving.FOUND_WORK, row, person, (seen, body), undo=undo, now=at.now)
    return _decided(at, row, person, "approve", state, text_hash=seen)


def undo(at: Deciding) -> FoundWork:
    """Take an approval back before it is shown."""
    row, _, person = _opened(at)
    return approving.undo(at, approving.FOUND_WORK, (row, person), _decided)


def keep_back(at: Deciding, *, note: str = "") -> FoundWork:
    """It is not shown; what is shown already is taken back."""
    row, _, person = _opened(at)
    state = step(row.state, FoundWorkAct.KEEP_BACK, FoundWorkActor.FACILITATOR)
    approving.end(at.session, approving.FOUND_WORK, row, now=at.now)
    open_ones = select(FoundWorkShowing).where(FoundWorkShowing.found_id == row.id, FoundWorkShowing.ended_at.is_(None))
    for showing in at.session.scalars(open_ones):
        showing.ended_at = at.now
    return _decided(at, row, person, "keep_back", state, note=note)


def _decided(
    at: Deciding,
    row: FoundWork,
    person: str,
    act: str,
    state: FoundWorkState,
    **said: Unpack[DecisionNote],
) -> FoundWork:
    whose = {"organization_id": row.organization_id, "found_id": row.id, "person_id": person}
    at.session.add(FoundWorkDecision(**whose, act=act, at=at.now, **said))
    row.state, row.version = state, row.version + 1
    at.session.flush()
    return row


def show_due(session: Session, found_id: str, *, now: datetime) -> bool:
    """The undo window has passed: show it, if it still stands approved, is asked for, and reads as it was approved.

    False: nothing to show any more, or not yet; where it reads otherwise, a facilitator decides anew.
    """
    row = session.get(FoundWork, found_id, with_for_update={"key_share": True})
    approval = approving.due(session, approving.FOUND_WORK, row, now=now) if row is not None else None
    if row is None or approval is None:
        return False
    request = session.get_one(Request, row.request_id)
    quote = _read_by(session, row, reader_of(session, request.person_id))
    row.version += 1
    asked = request.state is not RequestState.CLOSED
    if quote is None or not asked or body_digest(body_of(quote)) != approval.text_hash:
        approving.end(session, approving.FOUND_WORK, row, now=now)
        row.state = step(row.state, FoundWorkAct.RECONSIDER, FoundWorkActor.CLOCK)
        return False
    row.state = step(row.state, FoundWorkAct.SHOW, FoundWorkActor.CLOCK)
    approving.let_out(session, approving.FOUND_WORK, row, approval, FoundWorkActor.CLOCK.value, now=now)
    told = DisclosedTo(DisclosureKind.REQUEST, request.id, request.person_id, approved_by=approval.facilitator_id)
    disclosures.record(session, [row.revision_id], told, now=now)
    return True
