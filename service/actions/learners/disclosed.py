"""What a person is told of every showing of their own work: in what, when, and who let it; never to whom by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actions.learners.guard import person_of
from service.domain.roles import Actor
from service.store.tables import (
    Challenge,
    Disclosure,
    DisclosureKind,
    Group,
    Organization,
    Person,
    Revision,
    Submission,
)


@dataclass(frozen=True, slots=True)
class DisclosureSeen:
    """One showing. `reader` is a model's name, or empty; `approved_by` who let it, or empty; `place` of which group, or
    of which organization, a file of the network is that names the author, and of nothing else."""

    submission: str  # external id; empty for work that was erased since, as is its challenge
    challenge: str  # title
    revision: int  # 0 for work that was erased
    kind: DisclosureKind
    reader: str
    approved_by: str
    place: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShowingsAlike:
    """Showings of the same text in the same way: the last of them, how many there are, and since when."""

    last: DisclosureSeen
    count: int
    first_at: datetime


def disclosed(session: Session, actor: Actor, person: str) -> list[DisclosureSeen]:
    """All showings of this person's work, the latest first. Raises NotFound for anybody else's."""
    author = person_of(session, actor, person)
    rows = session.execute(
        select(
            Submission.external_id,
            Challenge.title,
            Revision.number,
            Disclosure,
            Person.name,
            func.coalesce(Group.name, Organization.name),
        )
        .select_from(Disclosure)
        .outerjoin(Revision, Revision.id == Disclosure.revision_id)
        .outerjoin(Submission, Submission.id == Revision.submission_id)
        .outerjoin(Challenge, Challenge.id == Submission.challenge_id)
        .outerjoin(Person, Person.id == Disclosure.approved_by)
        .outerjoin(Group, (Group.id == Disclosure.subject_id) & (Disclosure.kind == DisclosureKind.EXPORT))
        .outerjoin(Organization, Organization.id == Disclosure.subject_id)
        .where(Disclosure.person_id == author.id)
        .order_by(Disclosure.at.desc(), Disclosure.id.desc())
    )
    return [
        DisclosureSeen(
            submission or "", title or "", number or 0, row.kind, row.reader, name or "", place or "", row.at
        )
        for submission, title, number, row, name, place in rows
    ]


def alike(rows: Sequence[DisclosureSeen]) -> list[ShowingsAlike]:
    """These showings (the latest first) in as few lines as tell them, so that many of one kind do not bury another."""
    by: dict[tuple[object, ...], list[DisclosureSeen]] = defaultdict(list)
    for one in rows:
        by[one.submission, one.revision, one.kind, one.reader, one.approved_by, one.place].append(one)
    return [ShowingsAlike(some[0], len(some), some[-1].at) for some in by.values()]
