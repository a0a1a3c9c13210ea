"""What a person is told of every showing of their own work: in what, when, and who let it; never to whom by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.learners.guard import person_of
from service.domain.roles import Actor
from service.store.tables import Challenge, Disclosure, DisclosureKind, Person, Revision, Submission


@dataclass(frozen=True, slots=True)
class DisclosureSeen:
    """One showing. `reader` is a model's name, or empty; `approved_by` who let it, or empty."""

    submission: str  # external id; empty for work that was erased since, as is its challenge
    challenge: str  # title
    revision: int  # 0 for work that was erased
    kind: DisclosureKind
    reader: str
    approved_by: str
    at: datetime


def disclosed(session: Session, actor: Actor, person: str) -> list[DisclosureSeen]:
    """All showings of this person's work, the latest first. Raises NotFound for anybody else's."""
    author = person_of(session, actor, person)
    rows = session.execute(
        select(Submission.external_id, Challenge.title, Revision.number, Disclosure, Person.name)
        .select_from(Disclosure)
        .outerjoin(Revision, Revision.id == Disclosure.revision_id)
        .outerjoin(Submission, Submission.id == Revision.submission_id)
        .outerjoin(Challenge, Challenge.id == Submission.challenge_id)
        .outerjoin(Person, Person.id == Disclosure.approved_by)
        .where(Disclosure.person_id == author.id)
        .order_by(Disclosure.at.desc(), Disclosure.id.desc())
    )
    return [
        DisclosureSeen(submission or "", title or "", number or 0, row.kind, row.reader, name or "", row.at)
        for submission, title, number, row, name in rows
    ]
