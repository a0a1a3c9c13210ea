"""Introductions on a facilitator's desk: the queue, one of them, and the decisions. Each names the version seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from service.actions.approvals import approving
from service.actions.introductions.common import (
    UNANSWERED,
    RowLike,
    hindered,
    named,
    on_desk,
    open_people,
    outward,
    past,
    require_decider,
    require_on_desk,
    texts,
)
from service.actions.introductions.review import HINDRANCES, as_told_outside
from service.actions.visibility.quotes import Quote, QuotePlace, of_work, reader
from service.domain.introductions import (
    ANSWER_WITHIN,
    TOGETHER,
    IntroductionAct,
    IntroductionActor,
    IntroductionState,
    load,
    possible,
    wording_digest,
)
from service.domain.roles import Actor
from service.store import find
from service.store.disclosures import Showing, at_desk
from service.store.names import told_apart
from service.store.tables import Group, Introduction, Person, Request, RoleGrant

MOST = 200


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two people. `load`: introductions that weigh on them now."""

    id: str  # our own
    external_id: str
    name: str
    groups: tuple[str, ...]
    load: int
    reviewed: bool  # by whoever looks


@dataclass(frozen=True, slots=True)
class ListedIntroduction:
    """A line of the queue."""

    id: str
    version: int
    state: str
    kind: str
    first: Half
    second: Half
    reason: str
    created_at: datetime
    request: bool


@dataclass(frozen=True, slots=True)
class DeskIntroduction:
    """One introduction, to decide on. `hindrance`: why nobody may be asked now; empty if both may."""

    line: ListedIntroduction
    kinds: tuple[str, ...]
    wording: Mapping[str, str]
    quotes: tuple[Quote, ...]
    unquoted: int  # passages whose author does not share them with whoever looks
    text_hash: str
    request_text: str
    hindrance: str
    acts: tuple[str, ...]
    ask_at: datetime | None
    note: str

    def may(self, act: str) -> bool:
        return act in self.acts


VIEWS: Final[Mapping[str, tuple[IntroductionState, ...]]] = {
    "suggested": (IntroductionState.SUGGESTED,),
    "approved": (IntroductionState.APPROVED,),
    "asked": (*UNANSWERED, IntroductionState.DECLINED),
    "made": tuple(TOGETHER),
    "ended": (
        *UNANSWERED,
        IntroductionState.DECLINED,
        IntroductionState.DISMISSED,
        IntroductionState.EXPIRED,
        IntroductionState.WITHDRAWN,
    ),
}
"""What a facilitator may look at, and the states that it may hold."""


def queue(
    session: Session,
    actor: Actor,
    *,
    view: str = "suggested",
    after: str | None = None,
    limit: int = MOST,
    now: datetime,
) -> list[ListedIntroduction]:
    """Introductions of one view, the likeliest to be useful first; those after the one with the id `after`.

    Raises NotAllowed for a learner.
    """
    require_decider(actor)
    here, order = [*on_desk(actor), *_in_view(view, now)], (-Introduction.score, Introduction.id)
    if after is not None:
        here.append(find.beyond(session, order, [Introduction.id == after, *on_desk(actor)]))
    rows = session.scalars(select(Introduction).where(*here).order_by(*order).limit(limit)).all()
    return _lines(session, actor, rows, now)


def _in_view(view: str, now: datetime) -> list[ColumnElement[bool]]:
    """The same as `view_of`, for the database: who was asked is in one view until time is up, then in the other."""
    here: list[ColumnElement[bool]] = [Introduction.state.in_(VIEWS[view])]
    may_answer = Introduction.ended_at.is_(None) & (Introduction.asked_at > now - ANSWER_WITHIN)
    if view == "asked":
        return [*here, may_answer]
    if view == "ended":
        return [*here, or_(Introduction.state.not_in(VIEWS["asked"]), ~may_answer)]
    return here


def view_of(row: Introduction | RowLike, now: datetime) -> str:
    """Which view an introduction is in."""
    if row.state in TOGETHER:
        return "made"
    seen = outward(row, now)
    return seen if seen in VIEWS else "ended"


def counts(session: Session, actor: Actor, *, now: datetime) -> dict[str, int]:
    """How many there are in each view."""
    require_decider(actor)
    rows = session.execute(
        select(Introduction.state, Introduction.asked_at, Introduction.ended_at).where(*on_desk(actor))
    )
    found = Counter(view_of(row, now) for row in rows.all())
    return {view: found[view] for view in VIEWS}


def _lines(session: Session, actor: Actor, rows: Iterable[Introduction], now: datetime) -> list[ListedIntroduction]:
    rows = list(rows)
    halves = _halves(session, actor, {person for row in rows for person in (row.first_id, row.second_id)}, now)
    return [
        ListedIntroduction(
            id=row.id,
            version=row.version,
            state=outward(row, now),
            kind=row.kind,
            first=halves[row.first_id],
            second=halves[row.second_id],
            reason=row.wording.get("reason", ""),
            created_at=row.created_at,
            request=row.request_id is not None,
        )
        for row in rows
    ]


def _halves(session: Session, actor: Actor, people: set[str], now: datetime) -> dict[str, Half]:
    grants = session.execute(
        select(RoleGrant.person_id, Group.id, Group.name)
        .join(Group, Group.id == RoleGrant.group_id)
        .where(RoleGrant.person_id.in_(people))
        .order_by(Group.name)
    ).all()
    before = past(session, people) if people else []
    rows = session.execute(select(Person.id, Person.external_id, told_apart()).where(Person.id.in_(people)))
    return {
        id_: Half(
            id_,
            external_id,
            name,
            tuple(dict.fromkeys(group for person, _, group in grants if person == id_)),
            load(id_, before, now),
            any(person == id_ and group in actor.reviews for person, group, _ in grants),
        )
        for id_, external_id, name in rows
    }


def show(session: Session, actor: Actor, introduction_id: str, *, now: datetime) -> DeskIntroduction:
    """One introduction. Raises NotFound where neither of the two is in a group that the actor reviews."""
    require_on_desk(session, actor, introduction_id)
    row = session.get_one(Introduction, introduction_id)
    places = [QuotePlace(one["work"], one["start"], one["end"]) for one in row.passages]
    quotes = of_work(session, places, reader(session, actor, reviewing=True), named=True)
    request = session.get(Request, row.request_id) if row.request_id else None
    approval = approving.in_force(session, approving.INTRODUCTION, row.id)
    acts = tuple(
        act
        for act in possible(as_told_outside(row, now), IntroductionActor.FACILITATOR)
        if act != IntroductionAct.ASK.value
    )
    return DeskIntroduction(
        line=_lines(session, actor, [row], now)[0],
        kinds=tuple(one["kind"] for one in row.reasons),
        wording=dict(row.wording),
        quotes=tuple(quotes[place] for place in places if place in quotes),
        unquoted=len(places) - len(quotes),
        text_hash=wording_digest(texts(row)),
        request_text=request.text if request else "",
        hindrance=_hindrance(session, row, now),
        acts=acts,
        ask_at=approval.release_at if approval and row.state is IntroductionState.APPROVED else None,
        note=row.note,
    )


def shown(actor: Actor, one: DeskIntroduction) -> list[Showing]:
    """Whose words stand in it before a facilitator's eyes."""
    return at_desk(actor.person, one.line.id, {quote.place.owner for quote in one.quotes})


def _hindrance(session: Session, row: Introduction, now: datetime) -> str:
    if row.state not in (IntroductionState.SUGGESTED, IntroductionState.APPROVED):
        return ""
    found = hindered(session, row, open_people(session, named(row)), now)
    return HINDRANCES[found] if found else ""
