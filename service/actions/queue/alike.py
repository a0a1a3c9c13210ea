"""Work on one challenge that is nearly the same text, so that whoever decides can look at it together.

Whenever a draft is made its work is sketched, and joins the first work that it is nearly the same as: so everything in
a group is nearly the same as the one that it began with. Work that no machine may read is in no group.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from service.actions.drafts import read
from service.actions.drafts.points import standing_points, text_to_approve
from service.actions.queue.filtering import ORDER, free_for
from service.domain.drafts import FOR_A_PERSON, DraftState
from service.domain.roles import Actor, visible_groups
from service.domain.texts.likeness import Likeness
from service.store import visible
from service.store.names import told_apart
from service.store.tables import DraftRow, Opening, Person, PointRow, Revision, Sketch, Submission

MOST = 200
"""Drafts of a group that are shown and decided on together."""


@dataclass(frozen=True, slots=True)
class AlikeGroup:
    """The name of a group, and how many others than this one are in it."""

    name: str
    others: int


def counts(session: Session, actor: Actor, drafts: Collection[str]) -> dict[str, AlikeGroup]:
    """Of these drafts, those that wait with others whose work is nearly the same; one statement."""
    own = aliased(Sketch)
    sizes = (
        select(Sketch.first_id, func.count().label("size"))
        .where(Sketch.first_id.in_(select(own.first_id).where(own.draft_id.in_(drafts))))
        .join(DraftRow, DraftRow.id == Sketch.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .where(*_waits(actor))
        .group_by(Sketch.first_id)
        .subquery()
    )
    rows = session.execute(
        select(own.draft_id, sizes.c.first_id, sizes.c.size)
        .join(sizes, sizes.c.first_id == own.first_id)
        .where(own.draft_id.in_(drafts), sizes.c.size > 1)
    )
    return {draft: AlikeGroup(first, size - 1) for draft, first, size in rows}


def _waits(actor: Actor) -> list[ColumnElement[bool]]:
    """That a draft of a group waits. The organization is compared in a way that no index serves: the few of a group are
    to be looked up one by one (5 ms among 10,000 drafts), not all that waits searched through for them (140 ms)."""
    groups = visible_groups(actor)
    found = [
        func.coalesce(DraftRow.organization_id, "") == actor.organization,
        DraftRow.state.in_(FOR_A_PERSON),
        ~visible.no_machine(Revision),
    ]
    found += read.not_own(actor)
    return found if groups is None else [*found, DraftRow.group_id.in_(groups)]


@dataclass(frozen=True, slots=True)
class Alike:
    """A draft on work that is nearly the same: what was handed in, what its author would read, and how alike the work
    is to that of the first one shown, in [0, 1]. `opened`: the reader had it open, as it was last drafted."""

    id: str
    version: int
    state: DraftState
    person: str
    submission: str
    handed_in_at: datetime
    text: str
    language: str
    text_hash: str
    summary: str
    points: tuple[PointRow, ...]
    likeness: float
    opened: bool
    free: bool


def count(session: Session, actor: Actor, draft_id: str) -> int:
    """How many others wait whose work is nearly the same as this one's."""
    found = counts(session, actor, [draft_id]).get(draft_id)
    return found.others if found else 0


def alike(session: Session, actor: Actor, draft_id: str, *, now: datetime) -> list[Alike]:
    """The drafts that wait on nearly the same work, in groups that the actor reviews; this one first if it waits, too.

    Raises NotFound. An empty list where there are no others.
    """
    draft = read.draft(session, actor, draft_id)
    rows = session.execute(_alike(actor, draft.id, now)).all()
    if len(rows) < 2 and all(row.DraftRow.id == draft.id for row in rows):
        return []
    ordered = sorted(rows, key=lambda row: row.DraftRow.id != draft.id)
    mine = Likeness(ordered[0].data)
    return [
        Alike(
            id=row.DraftRow.id,
            version=row.DraftRow.version,
            state=row.DraftRow.state,
            person=row.name,
            submission=row.external_id,
            handed_in_at=row.submitted_at,
            text=row.text,
            language=row.language,
            text_hash=text_to_approve(row.DraftRow)[0],
            summary=row.DraftRow.summary,
            points=tuple(standing_points(row.DraftRow)),
            likeness=mine.to(row.data),
            opened=row.opened,
            free=row.free,
        )
        for row in ordered
    ]


def _alike(actor: Actor, draft: str, now: datetime) -> Select[*tuple[object, ...]]:
    opened = select(Opening.draft_id).where(
        Opening.draft_id == DraftRow.id,
        Opening.person_id == actor.person,
        Opening.generation == DraftRow.generation,
    )
    return (
        select(
            DraftRow,
            told_apart(),
            Submission.external_id,
            Revision.submitted_at,
            Revision.text,
            Revision.language,
            Sketch.data,
            opened.exists().label("opened"),
            free_for(actor, now).label("free"),
        )
        .join(Sketch, Sketch.draft_id == DraftRow.id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .where(Sketch.first_id == select(Sketch.first_id).where(Sketch.draft_id == draft).scalar_subquery())
        .where(*_waits(actor))
        .options(selectinload(DraftRow.points))
        .order_by(*ORDER)
        .limit(MOST)
    )


def members(session: Session, actor: Actor, draft_id: str) -> frozenset[str]:
    """Ids of the drafts that wait on nearly the same work, this one included if it waits; one statement."""
    own = select(Sketch.first_id).where(Sketch.draft_id == draft_id).scalar_subquery()
    return frozenset(
        session.scalars(
            select(DraftRow.id)
            .join(Sketch, Sketch.draft_id == DraftRow.id)
            .join(Revision, Revision.id == DraftRow.revision_id)
            .where(Sketch.first_id == own, *_waits(actor))
        )
    )


def opened(session: Session, actor: Actor, drafts: Sequence[str]) -> frozenset[str]:
    """Which of these the actor had open as they were last drafted; one statement."""
    rows = select(Opening.draft_id).join(DraftRow, DraftRow.id == Opening.draft_id)
    return frozenset(
        session.scalars(
            rows.where(
                Opening.draft_id.in_(drafts),
                Opening.person_id == actor.person,
                Opening.generation == DraftRow.generation,
            )
        )
    )
