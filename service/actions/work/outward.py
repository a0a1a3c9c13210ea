"""Submissions with their latest revision and its draft, by external ids.

Only reads, and takes rows that a caller was already allowed to see.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.work import files, submit
from service.domain.roles import Actor, may_see_group
from service.store import external_ids, visible
from service.store.tables import Challenge, DraftRow, Group, Person, Revision, Submission, WorkFile


@dataclass(frozen=True, slots=True)
class SubmissionSeen:
    """A submission's latest revision and its draft. `reason` is for those who review; a learner is told states only."""

    row: Submission
    revision: Revision
    draft: DraftRow
    challenge: str
    person: str
    group: str
    reason: str
    reviews: bool
    files: tuple[WorkFile, ...]


def submissions(session: Session, actor: Actor, rows: Sequence[Submission]) -> list[SubmissionSeen]:
    known_challenges = external_ids.of(session, Challenge, (row.challenge_id for row in rows))
    known_people = external_ids.of(session, Person, (row.person_id for row in rows))
    known_groups = external_ids.of(session, Group, (row.group_id for row in rows))
    latest = _latest(session, rows)
    sent = files.of_revisions(session, [revision.id for revision, _ in latest.values()])
    found = []
    for row in rows:
        revision, draft = latest[row.id]
        reviews = may_see_group(actor, row.group_id)
        found.append(
            SubmissionSeen(
                row,
                revision,
                draft,
                challenge=known_challenges[row.challenge_id],
                person=known_people[row.person_id],
                group=known_groups[row.group_id],
                reason=draft.reason if reviews else "",
                reviews=reviews,
                files=tuple(sent.get(revision.id, ())) if row.withdrawn_at is None else (),
            )
        )
    return found


def _latest(session: Session, rows: Collection[Submission]) -> dict[str, tuple[Revision, DraftRow]]:
    pairs = session.execute(
        select(Revision, DraftRow)
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .join(Submission, Submission.id == Revision.submission_id)
        .where(Submission.id.in_([row.id for row in rows]), visible.latest())
    )
    return {revision.submission_id: (revision, draft) for revision, draft in pairs}


def submission(session: Session, actor: Actor, external_id: str) -> SubmissionSeen:
    """One submission that the actor may read. Raises NotFound."""
    return submissions(session, actor, [submit.get(session, actor, external_id)])[0]
