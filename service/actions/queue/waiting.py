"""The queue of the review desk: what waits, in which order, and what comes next. Only reads.

A fixed number of statements whatever waits, and none that reads a draft's words but those of the page shown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from pipelines.values import Band
from service.actions.drafts.read import HANDED_IN, DraftClaim, claim_of
from service.actions.queue import alike as queue_alike
from service.actions.queue import counts as queue_counts
from service.actions.queue import filtering
from service.actions.queue.counts import Counts
from service.actions.queue.filtering import DAY, QueueConditions, QueueFilter, Whose
from service.domain.drafts import DraftState
from service.domain.errors import NotAllowed
from service.domain.roles import Actor, CredentialReach
from service.store.names import told_apart
from service.store.tables import (
    AskRow,
    Challenge,
    DraftRow,
    FindingRow,
    Group,
    Person,
    PointRow,
    PointState,
    Submission,
)

__all__ = ["QueueFilter", "QueuePage", "QueueRow", "Whose", "next", "page", "pulse", "waiting"]

PAGE = 50


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A draft as the queue shows it. `alike` is how many others wait whose work is nearly the same, in `together` the
    name that they share (empty where there are none); `asks` is how many questions of the learner wait for an
    answer, `position` where it stands."""

    id: str
    version: int
    state: DraftState
    band: Band | None
    reason: str
    summary: str
    stale: bool
    handed_in_at: datetime
    submission: str
    person: str
    challenge: str
    challenge_title: str
    group: str
    group_name: str
    claim: DraftClaim | None
    points: int
    findings: int
    alike: int
    together: str
    asks: int
    position: str


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue. `next` is the position to go on after, `previous` to begin before; None at an end."""

    rows: tuple[QueueRow, ...]
    counts: Counts
    next: str | None
    previous: str | None

    @property
    def total(self) -> int:
        return self.counts.total


def page(
    session: Session,
    actor: Actor,
    wanted: QueueFilter,
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int = PAGE,
    now: datetime,
) -> QueuePage:
    """A page of the queue after (or before) a position. Raises NotAllowed for one who reviews nothing, NotFound for a
    challenge or group that is not theirs to see, Invalid for a position that is none."""
    asked = _asked(session, actor, wanted, now)
    rows, more = _slice(session, asked, after, before, limit)
    ids = [row.id for row in rows]
    points, findings = _points(session, ids), _findings(session, ids)
    alike, asks = queue_alike.counts(session, actor, ids), _asks(session, actor, ids)

    def seen_as(row: Row[Any]) -> QueueRow:
        more = _More(points.get(row.id, 0), findings.get(row.id, 0), asks.get(row.id, 0), alike.get(row.id))
        return _row(actor, row, more, now)

    seen = tuple(seen_as(row) for row in rows)
    behind, ahead = (more, after is not None) if before is None else (True, more)
    return QueuePage(
        seen,
        queue_counts.count(session, asked),
        next=seen[-1].position if seen and behind else None,
        previous=seen[0].position if seen and ahead else None,
    )


def _asked(session: Session, actor: Actor, wanted: QueueFilter, now: datetime) -> QueueConditions:
    if actor.reach is CredentialReach.PERSON and not actor.reviews:
        raise NotAllowed("The queue is for those who review.")
    return filtering.resolve(session, actor, wanted, now=now)


def _slice(
    session: Session, asked: QueueConditions, after: str | None, before: str | None, limit: int
) -> tuple[list[Row[Any]], bool]:
    """The rows in their order, and whether there are more in the direction that one goes."""
    conditions, order = asked.conditions, list(filtering.order(asked.filter))
    if before is not None:
        conditions.append(filtering.before(asked.filter, before))
        order = [one.desc() for one in order]
    elif after is not None:
        conditions.append(filtering.after(asked.filter, after))
    ids = select(DraftRow.id).where(*conditions).order_by(*order).limit(limit + 1).subquery()
    rows = list(session.execute(_columns(asked.filter).where(DraftRow.id.in_(select(ids.c.id))).order_by(*order)).all())
    more = len(rows) > limit
    return (rows[:limit] if before is None else rows[:limit][::-1]), more


_CLAIMER = aliased(Person)


def _columns(wanted: QueueFilter) -> Any:
    """What is read of each draft on a page: no prompt, no evidence, no points."""
    return (
        select(
            DraftRow.id,
            DraftRow.version,
            DraftRow.state,
            DraftRow.band,
            DraftRow.reason,
            DraftRow.summary,
            DraftRow.stale,
            HANDED_IN.label("handed_in_at"),
            DraftRow.shuffle,
            DraftRow.claimed_by,
            DraftRow.claimed_until,
            filtering.turn(wanted).label("turn"),
            DAY.label("day"),
            Submission.external_id.label("submission"),
            told_apart().label("person"),
            Challenge.external_id.label("challenge"),
            Challenge.title.label("challenge_title"),
            Group.external_id.label("group"),
            Group.name.label("group_name"),
            _CLAIMER.name.label("claimer"),
        )
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .join(Challenge, Challenge.id == DraftRow.challenge_id)
        .join(Group, Group.id == DraftRow.group_id)
        .outerjoin(_CLAIMER, _CLAIMER.id == DraftRow.claimed_by)
    )


@dataclass(frozen=True, slots=True)
class _More:
    """What is counted beside a row."""

    points: int
    findings: int
    asks: int
    alike: queue_alike.AlikeGroup | None


def _row(actor: Actor, row: Row[Any], more: _More, now: datetime) -> QueueRow:
    return QueueRow(
        id=row.id,
        version=row.version,
        state=row.state,
        band=row.band,
        reason=row.reason,
        summary=row.summary,
        stale=row.stale,
        handed_in_at=row.handed_in_at,
        submission=row.submission,
        person=row.person,
        challenge=row.challenge,
        challenge_title=row.challenge_title,
        group=row.group,
        group_name=row.group_name,
        claim=claim_of(actor, row.claimed_by, row.claimed_until, row.claimer, now=now),
        points=more.points,
        findings=more.findings,
        alike=more.alike.others if more.alike else 0,
        together=more.alike.name if more.alike else "",
        asks=more.asks,
        position=_position(row),
    )


def _position(row: Row[Any]) -> str:
    return filtering.position(row.turn, row.day, row.shuffle, row.id)


def _points(session: Session, drafts: Sequence[str]) -> dict[str, int]:
    """How many points stand in each draft."""
    rows = session.execute(
        select(PointRow.draft_id, func.count())
        .join(DraftRow, and_(DraftRow.id == PointRow.draft_id, DraftRow.generation == PointRow.generation))
        .where(PointRow.draft_id.in_(drafts), PointRow.state != PointState.DISMISSED)
        .group_by(PointRow.draft_id)
    )
    return dict(rows.all())


def _findings(session: Session, drafts: Sequence[str]) -> dict[str, int]:
    rows = session.execute(
        select(FindingRow.draft_id, func.count())
        .join(DraftRow, and_(DraftRow.id == FindingRow.draft_id, DraftRow.generation == FindingRow.generation))
        .where(FindingRow.draft_id.in_(drafts))
        .group_by(FindingRow.draft_id)
    )
    return dict(rows.all())


def _asks(session: Session, actor: Actor, drafts: Sequence[str]) -> dict[str, int]:
    of = filtering.open_asks(actor).where(AskRow.draft_id.in_(drafts)).add_columns(func.count())
    return dict(session.execute(of.group_by(AskRow.draft_id)).all())


def next(
    session: Session, actor: Actor, wanted: QueueFilter, *, skip: Collection[str] = (), now: datetime
) -> str | None:
    """The id of the draft to look at next: the first of this queue that nobody else is at, none of those in `skip`."""
    asked = _asked(session, actor, wanted, now)
    free = (filtering.free_for(actor, now), DraftRow.id.not_in(list(skip)))
    return session.scalar(
        select(DraftRow.id).where(*asked.conditions, *free).order_by(*filtering.order(wanted)).limit(1)
    )


def waiting(session: Session, actor: Actor, wanted: QueueFilter, *, skip: Collection[str] = (), now: datetime) -> int:
    """How many there are in this queue, without those in `skip`."""
    asked = _asked(session, actor, wanted, now)
    found = session.scalar(
        select(func.count()).select_from(DraftRow).where(*asked.conditions, DraftRow.id.not_in(list(skip)))
    )
    return found or 0


def alone(session: Session, actor: Actor, *, now: datetime) -> int:
    """How many wait on which only a coordinator can decide, since their author is the only facilitator there is for
    them. 0 for whoever coordinates nothing."""
    return waiting(session, actor, QueueFilter(alone=True), now=now) if actor.coordinates else 0


def pulse(session: Session, actor: Actor, wanted: QueueFilter, *, now: datetime) -> str:
    """A mark of what this queue shows: another one means that it has changed, in rows, versions or claims."""
    asked = _asked(session, actor, wanted, now)
    held = case((DraftRow.claimed_until > now, DraftRow.claimed_until))
    found = session.execute(
        select(func.count(), func.sum(DraftRow.version), func.count(held), func.max(held)).where(*asked.conditions)
    ).one()
    rows, versions, claims, until = found
    return f"{rows}-{versions or 0}-{claims}-{until.timestamp() if until else 0:.0f}"
