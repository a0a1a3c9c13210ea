"""What somebody looks for in the queue, as conditions on drafts, and the order in which it stands. Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, tuple_
from sqlalchemy.orm import Session

from pipelines.values import Band
from service.actions.drafts.read import BY_HAND_FIRST, HANDED_IN, TURN, not_own
from service.domain.drafts import FOR_A_PERSON, DraftState
from service.domain.errors import Invalid, NotFound
from service.domain.roles import Actor, Role, visible_groups
from service.store import archived, find
from service.store.days import UtcDay
from service.store.tables import AskKind, AskRow, Challenge, DraftRow, Group, RoleGrant, Submission


class Whose(StrEnum):
    """At which drafts somebody is."""

    MINE = "mine"  # those that I am at, or that were handed to me
    FREE = "free"  # those that nobody is at


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What to look for; challenge and group by external id, a group with all below it. Empty fields ask for nothing.

    `days`: handed in at least so many days ago. `asks`: the learner asked something that nobody has answered yet; where
    no state is asked for, that is about feedback in any state. `by_hand`: what has to be written by hand comes first,
    drafts after it. `alone`: on work whose
    author is the only facilitator there is for it, so that only a coordinator can decide.
    """

    states: tuple[DraftState, ...] = ()
    challenge: str | None = None
    group: str | None = None
    bands: tuple[Band, ...] = ()
    days: int | None = None
    whose: Whose | None = None
    stale: bool = False
    asks: bool = False
    by_hand: bool = False
    alone: bool = False

    @property
    def of_states(self) -> tuple[DraftState, ...]:
        return self.states or (tuple(DraftState) if self.asks else FOR_A_PERSON)


@dataclass(frozen=True, slots=True)
class GroupKnown:
    """A group that the actor may see."""

    id: str
    external_id: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class QueueConditions:
    """A filter made ready: `always` are conditions that no count leaves out; the others are told apart, so that each
    count can leave its own out. `groups` are all that the actor may see, by our own id."""

    filter: QueueFilter
    always: tuple[ColumnElement[bool], ...]
    challenge: str | None
    within: frozenset[str] | None
    groups: Mapping[str, GroupKnown] = field(default_factory=dict)

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """All of them: what the queue shows."""
        found = [*self.always, DraftRow.state.in_(self.filter.of_states)]
        if self.challenge is not None:
            found.append(DraftRow.challenge_id == self.challenge)
        if self.within is not None:
            found.append(DraftRow.group_id.in_(self.within))
        if self.filter.bands:
            found.append(DraftRow.band.in_(self.filter.bands))
        return found


def resolve(session: Session, actor: Actor, wanted: QueueFilter, *, now: datetime) -> QueueConditions:
    """The filter for this actor. Raises NotFound for a challenge or group that is not there or not theirs to see."""
    groups = _groups(session, actor)
    challenge = find.one(session, Challenge, actor.organization, wanted.challenge).id if wanted.challenge else None
    within = _below(groups, wanted.group) if wanted.group else None
    always = [*_always(actor, wanted, now), *([left_alone(session, actor)] if wanted.alone else [])]
    return QueueConditions(wanted, tuple(always), challenge, within, groups)


def left_alone(session: Session, actor: Actor) -> ColumnElement[bool]:
    """That nobody facilitates the draft's group, or one above it, but the work's author; in groups that the actor
    coordinates. Two statements at most, without any draft."""
    if not actor.coordinates:
        return false()
    here = Group.organization_id == actor.organization
    parents = dict(session.execute(select(Group.id, Group.parent_id).where(here)).all())
    facilitates: dict[str, set[str]] = {}
    grants = select(RoleGrant.person_id, RoleGrant.group_id).where(
        RoleGrant.organization_id == actor.organization, RoleGrant.role == Role.FACILITATOR
    )
    for person, group in session.execute(grants):
        facilitates.setdefault(group, set()).add(person)
    only: dict[str, list[str]] = {}
    for group in actor.coordinates:
        there = set().union(*(facilitates.get(one, set()) for one in _with_above(parents, group)))
        if len(there) == 1:
            only.setdefault(there.pop(), []).append(group)
    own = select(DraftRow.id).join(Submission, Submission.id == DraftRow.submission_id)
    return or_(
        false(),
        *(
            DraftRow.id.in_(own.where(Submission.person_id == person, DraftRow.group_id.in_(groups)))
            for person, groups in sorted(only.items())
            if person != actor.person
        ),
    )


def _with_above(parents: Mapping[str, str | None], group: str) -> Iterable[str]:
    at: str | None = group
    passed: set[str] = set()
    while at is not None and at not in passed:
        passed.add(at)
        yield at
        at = parents.get(at)


def _groups(session: Session, actor: Actor) -> dict[str, GroupKnown]:
    query = select(Group.id, Group.external_id, Group.name, Group.parent_id)
    rows = session.execute(query.where(Group.organization_id == actor.organization)).all()
    seen = visible_groups(actor)
    return {row.id: GroupKnown(*row) for row in rows if seen is None or row.id in seen}


def _below(groups: Mapping[str, GroupKnown], external_id: str) -> frozenset[str]:
    top = next((one.id for one in groups.values() if one.external_id == external_id), None)
    if top is None:
        raise NotFound(f"There is no group '{external_id}' here, or it is not yours to see.")
    return frozenset(id_ for id_ in groups if top in upwards(groups, id_))


def upwards(groups: Mapping[str, GroupKnown], group: str | None) -> Iterable[str]:
    """The group and those above it, as far as they may be seen."""
    passed: set[str] = set()
    while group is not None and group in groups and group not in passed:
        passed.add(group)
        yield group
        group = groups[group].parent


def _always(actor: Actor, wanted: QueueFilter, now: datetime) -> Iterable[ColumnElement[bool]]:
    yield DraftRow.organization_id == actor.organization
    yield from not_own(actor)
    if not wanted.asks:  # a question waits for its answer also where no more work is taken
        yield archived.current()
    if (groups := visible_groups(actor)) is not None:
        yield DraftRow.group_id.in_(groups)
    if wanted.days is not None:
        yield now - timedelta(days=wanted.days) >= HANDED_IN
    if wanted.stale:
        yield DraftRow.stale.is_(True)
    if wanted.asks:
        yield DraftRow.id.in_(open_asks(actor))
    match wanted.whose:
        case Whose.MINE:
            yield and_(DraftRow.claimed_by == actor.person, DraftRow.claimed_until > now)
        case Whose.FREE:
            yield or_(DraftRow.claimed_until.is_(None), DraftRow.claimed_until <= now)


def open_asks(actor: Actor) -> Select[str]:
    """Ids of drafts whose learner waits for an answer."""
    others = [] if actor.person is None else [AskRow.person_id != actor.person]
    return select(AskRow.draft_id).where(
        AskRow.organization_id == actor.organization,
        AskRow.kind == AskKind.QUESTION,
        AskRow.answered_at.is_(None),
        *others,
    )


def free_for(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """That nobody else is at the draft."""
    return or_(DraftRow.claimed_until.is_(None), DraftRow.claimed_until <= now, DraftRow.claimed_by == actor.person)


# The order: what is drafted first, then what is to be judged, then what is to be written by hand, or the other way
# round; then by day handed in; within a day one that is stable but follows neither name nor time. Work that is nearly
# the same stands together there, since it shares its `shuffle`.
DAY = UtcDay(HANDED_IN)


def turn(wanted: QueueFilter) -> ColumnElement[int]:
    """Which states come first."""
    return BY_HAND_FIRST if wanted.by_hand else TURN


def order(wanted: QueueFilter) -> tuple[Any, ...]:
    """The order of this queue."""
    return (turn(wanted), DAY, DraftRow.shuffle, DraftRow.id)


ORDER = order(QueueFilter())


def position(turn: int, day: str, shuffle: str, id_: str) -> str:
    """Where a draft stands in the queue, as a word for addresses."""
    return f"{turn}_{day}_{shuffle}_{id_}"


def after(wanted: QueueFilter, where: str) -> ColumnElement[bool]:
    """That a draft stands behind this position. Raises Invalid for a word that is none."""
    return tuple_(*order(wanted)) > tuple_(*_place(where))


def before(wanted: QueueFilter, where: str) -> ColumnElement[bool]:
    """That a draft stands in front of this position."""
    return tuple_(*order(wanted)) < tuple_(*_place(where))


def _place(where: str) -> tuple[int, str, str, str]:
    turn, *rest = where.split("_")
    if len(rest) != 3 or not re.fullmatch("[0-9]", turn):
        raise Invalid("This page of the queue cannot be found. Begin at its first page.")
    return int(turn), rest[0], rest[1], rest[2]
