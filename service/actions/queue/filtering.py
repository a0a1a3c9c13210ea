"""What somebody looks for in the queue, as conditions on drafts, and the order in which it stands. Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, or_, select, tuple_
from sqlalchemy.orm import Session

from pipelines.values import Band
from service.domain.drafts import FOR_A_PERSON, DraftState
from service.domain.errors import Invalid, NotFound
from service.domain.roles import Actor, visible_groups
from service.store import find
from service.store.days import UtcDay
from service.store.tables import AskKind, AskRow, Challenge, DraftRow, Group


class Whose(StrEnum):
    """At which drafts somebody is."""

    MINE = "mine"  # those that I am at, or that were handed to me
    FREE = "free"  # those that nobody is at


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What to look for; challenge and group by external id, a group with all below it. Empty fields ask for nothing.

    `days`: handed in at least so many days ago. `asks`: the learner asked something that nobody has answered yet; where
    no state is asked for, that is about feedback in any state.
    """

    states: tuple[DraftState, ...] = ()
    challenge: str | None = None
    group: str | None = None
    bands: tuple[Band, ...] = ()
    days: int | None = None
    whose: Whose | None = None
    stale: bool = False
    asks: bool = False

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
    return QueueConditions(wanted, tuple(_always(actor, wanted, now)), challenge, within, groups)


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
    if (groups := visible_groups(actor)) is not None:
        yield DraftRow.group_id.in_(groups)
    if wanted.days is not None:
        yield DraftRow.created_at <= now - timedelta(days=wanted.days)
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
    return select(AskRow.draft_id).where(
        AskRow.organization_id == actor.organization, AskRow.kind == AskKind.QUESTION, AskRow.answered_at.is_(None)
    )


def free_for(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """That nobody else is at the draft."""
    return or_(DraftRow.claimed_until.is_(None), DraftRow.claimed_until <= now, DraftRow.claimed_by == actor.person)


# The order: what is stuck first, since nobody else will do it; then what only a person can judge; then by day handed
# in; within a day one that is stable but follows neither name nor time. Work that is nearly the same stands together
# there, since it shares its `shuffle`.
TURN = case({state: at for at, state in enumerate(FOR_A_PERSON)}, value=DraftRow.state, else_=len(FOR_A_PERSON))
DAY = UtcDay(DraftRow.created_at)
ORDER: tuple[Any, ...] = (TURN, DAY, DraftRow.shuffle, DraftRow.id)


def position(turn: int, day: str, shuffle: str, id_: str) -> str:
    """Where a draft stands in the queue, as a word for addresses."""
    return f"{turn}_{day}_{shuffle}_{id_}"


def after(where: str) -> ColumnElement[bool]:
    """That a draft stands behind this position. Raises Invalid for a word that is none."""
    return tuple_(*ORDER) > tuple_(*_place(where))


def before(where: str) -> ColumnElement[bool]:
    """That a draft stands in front of this position."""
    return tuple_(*ORDER) < tuple_(*_place(where))


def _place(where: str) -> tuple[int, str, str, str]:
    turn, *rest = where.split("_")
    if len(rest) != 3 or not re.fullmatch("[0-9]", turn):
        raise Invalid("This page of the queue cannot be found. Begin at its first page.")
    return int(turn), rest[0], rest[1], rest[2]
