"""Drafts by the names that the outside has for things.

Only reads, and takes rows that a caller was already allowed to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.drafts import read
from service.actions.drafts.points import text_to_approve
from service.domain.roles import Actor
from service.store import external_ids
from service.store.tables import Challenge, DraftRow, Group, Person, Revision, Submission


@dataclass(frozen=True, slots=True)
class DraftSeen:
    """A draft, by the names that the outside has for things."""

    row: DraftRow
    submission: str
    revision: int
    challenge: str
    group: str
    person: str
    claimed_by: str | None
    text_hash: str
    possible: tuple[str, ...]


def drafts(session: Session, actor: Actor, rows: Sequence[DraftRow]) -> list[DraftSeen]:
    """Drafts with their points loaded, in the order given."""
    numbers = select(Revision.id, Revision.number).where(Revision.id.in_([row.revision_id for row in rows]))
    revisions = dict(session.execute(numbers).all())
    handed_in = session.scalars(select(Submission).where(Submission.id.in_([row.submission_id for row in rows])))
    submissions = {submission.id: submission for submission in handed_in}
    known_challenges = external_ids.of(session, Challenge, (row.challenge_id for row in rows))
    known_groups = external_ids.of(session, Group, (row.group_id for row in rows))
    authors = external_ids.of(session, Person, (submission.person_id for submission in submissions.values()))
    claimers = external_ids.of(session, Person, (row.claimed_by for row in rows))
    return [
        DraftSeen(
            row,
            submission=submissions[row.submission_id].external_id,
            revision=revisions[row.revision_id],
            challenge=known_challenges[row.challenge_id],
            group=known_groups[row.group_id],
            person=authors[submissions[row.submission_id].person_id],
            claimed_by=claimers.get(row.claimed_by or ""),
            text_hash=text_to_approve(row)[0],
            possible=tuple(read.possible_acts(actor, row)),
        )
        for row in rows
    ]
