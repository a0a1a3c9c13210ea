"""What may be listed and looked at, by whom. Pages are cut by id, which sorts by time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from service.domain.drafts import FOR_A_PERSON, DraftActor, DraftState, possible
from service.domain.errors import NotAllowed, NotFound
from service.domain.roles import Actor, CredentialReach, may_see_group, visible_groups
from service.store import archived, find, visible
from service.store.days import UtcDay
from service.store.tables import (
    Challenge,
    Document,
    DraftRow,
    Group,
    Person,
    PointRow,
    Revision,
    RoleGrant,
    Submission,
)

OWN = "This is work of your own. A colleague reads it and decides on it; you find the feedback among your own work."

SOMEBODY = "Somebody"
"""Whoever it was whose name is not there any more."""

ListedRow = TypeVar("ListedRow", Group, Person, Challenge, Document, Submission)


@dataclass(frozen=True, slots=True)
class DraftFilter:
    """What to list; groups, challenge and person by external id."""

    states: tuple[DraftState, ...] = ()
    group: str | None = None
    challenge: str | None = None
    submission: str | None = None
    stale: bool | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class SubmissionFilter:
    """What to list; challenge, person and group by external id. `states` are of the draft on the latest revision,
    `since` is when that was handed in."""

    states: tuple[DraftState, ...] = ()
    challenge: str | None = None
    person: str | None = None
    group: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """Who is at a draft, and until when."""

    name: str
    until: datetime
    mine: bool


def claim_of(
    actor: Actor, by: str | None, until: datetime | None, name: str | None, *, now: datetime
) -> DraftClaim | None:
    """The claim that stands now. `by` is the person's id; without a `name` it is somebody's."""
    if by is None or until is None or until <= now:
        return None
    return DraftClaim(name or SOMEBODY, until, by == actor.person)


def not_own(actor: Actor) -> list[ColumnElement[bool]]:
    """That drafts are not on work of the actor's own, whatever roles the actor has: nobody decides on feedback to
    themselves, or reads it before somebody else has approved it."""
    if actor.person is None:
        return []
    own = select(DraftRow.id).join(Submission, Submission.id == DraftRow.submission_id)
    return [DraftRow.id.not_in(own.where(Submission.person_id == actor.person))]


def require_others(session: Session, actor: Actor, row: DraftRow) -> None:
    """Raises NotAllowed for a draft on work of the actor's own."""
    if actor.person is not None and session.get_one(Submission, row.submission_id).person_id == actor.person:
        raise NotAllowed(OWN)


def draft(session: Session, actor: Actor, draft_id: str) -> DraftRow:
    """One draft with its points, sources and findings. Raises NotFound, also for one that the actor may not see, and
    NotAllowed for one on the actor's own work."""
    row = session.scalar(
        select(DraftRow)
        .where(DraftRow.id == draft_id, DraftRow.organization_id == actor.organization)
        .options(selectinload(DraftRow.points).selectinload(PointRow.sources), selectinload(DraftRow.findings))
    )
    if row is None or not may_see_group(actor, row.group_id):
        raise NotFound
    require_others(session, actor, row)
    return row


def drafts(
    session: Session, actor: Actor, wanted: DraftFilter, *, after: str | None = None, limit: int = 50
) -> list[DraftRow]:
    """A page of drafts, oldest first, after the id `after`."""
    query = _filtered(session, actor, wanted)
    if after is not None:
        query = query.where(DraftRow.id > after)
    query = query.options(selectinload(DraftRow.points).selectinload(PointRow.sources), selectinload(DraftRow.findings))
    return list(session.scalars(query.order_by(DraftRow.id).limit(limit)))


HANDED_IN = func.coalesce(DraftRow.handed_in_at, DraftRow.created_at)
"""When the work was handed in; the second is of drafts that an earlier version made."""
TURN, BY_HAND_FIRST = (
    case({state: at for at, state in enumerate(states)}, value=DraftRow.state, else_=len(states))
    for states in (FOR_A_PERSON, FOR_A_PERSON[::-1])
)
"""Which states come first, as numbers from 0: what is drafted; or what has to be written by hand."""


def next_draft(
    session: Session, actor: Actor, wanted: DraftFilter, *, skip: Collection[str] = (), now: datetime
) -> DraftRow | None:
    """Which to look at next: what nobody else is at; what is drafted first, then what is to be judged, then what is to
    be written by hand; by day handed in, and within a day in an order that is stable but follows neither name nor
    time."""
    free = or_(DraftRow.claimed_until.is_(None), DraftRow.claimed_until <= now, DraftRow.claimed_by == actor.person)
    query = (
        _filtered(session, actor, wanted)
        .where(DraftRow.state.in_(FOR_A_PERSON), free, archived.current(), DraftRow.id.not_in(list(skip)))
        .order_by(TURN, UtcDay(HANDED_IN), DraftRow.shuffle, DraftRow.id)
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def _filtered(session: Session, actor: Actor, wanted: DraftFilter) -> Select[DraftRow]:
    query = select(DraftRow).where(DraftRow.organization_id == actor.organization, *not_own(actor))
    groups = visible_groups(actor)
    if groups is not None:
        query = query.where(DraftRow.group_id.in_(groups))
    if wanted.states:
        query = query.where(DraftRow.state.in_(wanted.states))
    if wanted.group is not None:
        query = query.where(DraftRow.group_id == find.group(session, actor, wanted.group).id)
    if wanted.challenge is not None:
        row = find.one(session, Challenge, actor.organization, wanted.challenge)
        query = query.where(DraftRow.challenge_id == row.id)
    if wanted.submission is not None:
        found = find.one(session, Submission, actor.organization, wanted.submission)
        if not may_see_group(actor, found.group_id):
            raise find.not_found(Submission, wanted.submission)
        query = query.where(DraftRow.submission_id == found.id)
    if wanted.stale is not None:
        query = query.where(DraftRow.stale.is_(wanted.stale))
    return query.where(DraftRow.claimed_by == actor.person) if wanted.mine else query


def possible_acts(actor: Actor, row: DraftRow) -> list[str]:
    """What this actor may do with the draft now."""
    return possible(row.state, DraftActor.FACILITATOR) if row.group_id in actor.reviews else []


def page(session: Session, actor: Actor, kind: type[ListedRow], *, after: str | None, limit: int) -> list[ListedRow]:
    """A page of the organization's rows of one kind that the actor may see, in the order they came to be."""
    return list(session.scalars(_page(actor, kind, after=after, limit=limit)))


def submissions(
    session: Session, actor: Actor, wanted: SubmissionFilter, *, after: str | None, limit: int
) -> list[Submission]:
    """A page of submissions. What is not there, or not the actor's to see, gives an empty one, so that a filter tells
    nothing of what there is."""
    query = _page(actor, Submission, after=after, limit=limit)
    for column, kind, name in (
        (Submission.challenge_id, Challenge, wanted.challenge),
        (Submission.person_id, Person, wanted.person),
        (Submission.group_id, Group, wanted.group),
    ):
        if name is not None:
            named = select(kind.id).where(kind.organization_id == actor.organization, kind.external_id == name)
            query = query.where(column.in_(named))
    return list(session.scalars(_by_latest(query, wanted)))


def _by_latest(query: Select[Submission], wanted: SubmissionFilter) -> Select[Submission]:
    """Those whose latest revision was handed in since then, and whose draft on it is in one of the states."""
    if not wanted.states and wanted.since is None:
        return query
    here = visible.latest_text()
    query = query.join(Revision, here)
    if wanted.since is not None:
        query = query.where(Revision.submitted_at >= wanted.since)
    if wanted.states:
        query = query.join(DraftRow, DraftRow.revision_id == Revision.id).where(DraftRow.state.in_(wanted.states))
    return query


def _page(actor: Actor, kind: type[ListedRow], *, after: str | None, limit: int) -> Select[ListedRow]:
    query = select(kind).where(kind.organization_id == actor.organization).order_by(kind.id).limit(limit)
    if after is not None:
        query = query.where(kind.id > after)
    return query.where(*_limits(actor, kind))


def _limits(actor: Actor, kind: type[Any]) -> Sequence[Any]:
    if actor.reach is CredentialReach.PERSON and not actor.reviews:
        raise NotAllowed("Learners read their own work by its id; lists are for facilitators and platforms.")
    groups = visible_groups(actor)
    if kind is Document:
        return [~visible.removed()]
    if groups is None:
        return [Person.erased_at.is_(None)] if kind is Person else []
    if kind is Group:
        return [Group.id.in_(groups)]
    if kind is Person:
        return [Person.id.in_(select(RoleGrant.person_id).where(RoleGrant.group_id.in_(groups)))]
    if kind is Submission:
        return [Submission.group_id.in_(groups)]
    return []


def drafts_of(session: Session, submission: Submission) -> list[DraftRow]:
    """All drafts on a submission's revisions, the latest revision's first."""
    return list(
        session.scalars(select(DraftRow).where(DraftRow.submission_id == submission.id).order_by(DraftRow.id.desc()))
    )
