"""Whether feedback helped, and why: one reaction a person on each point and on the whole, which can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.learners.guard import feedback_there, standing
from service.domain.roles import Actor
from service.store.tables import DraftRow, Reaction, Revision, Submission

WHOLE = ""
"""What a reaction to the feedback as a whole is about."""


@dataclass(frozen=True, slots=True)
class ReactionSeen:
    """A reaction, with where it belongs."""

    row: Reaction
    submission: str
    revision: int


def react(
    session: Session,
    actor: Actor,
    external_id: str,
    *,
    about: str = WHOLE,
    helpful: bool,
    why: str = "",
    revision: int | None = None,
    now: datetime,
) -> tuple[ReactionSeen, bool]:
    """Say that a released point (its id) or the feedback as a whole helped, or did not; True for the first word.

    `revision` is for the whole; without it the latest that has feedback. Raises NotFound.
    """
    submission = standing(session, actor, external_id)
    found = feedback_there(session, submission, point=about, revision=revision)
    row = session.get(Reaction, (found.draft.id, submission.person_id, about))
    created = row is None
    if row is None:
        row = Reaction(
            organization_id=submission.organization_id,
            draft_id=found.draft.id,
            person_id=submission.person_id,
            about=about,
        )
        session.add(row)
    row.helpful, row.why, row.text_hash, row.at = helpful, why, found.approval.text_hash, now
    session.flush()
    return ReactionSeen(row, submission.external_id, found.revision.number), created


def take_back(
    session: Session, actor: Actor, external_id: str, *, about: str = WHOLE, revision: int | None = None
) -> None:
    """Say nothing any more. Raises NotFound."""
    submission = standing(session, actor, external_id)
    found = feedback_there(session, submission, point=about, revision=revision)
    row = session.get(Reaction, (found.draft.id, submission.person_id, about))
    if row is not None:
        session.delete(row)


def reactions(session: Session, actor: Actor, external_id: str) -> list[ReactionSeen]:
    """All on an own submission. Raises NotFound."""
    return of_submissions(session, [standing(session, actor, external_id)])


def of_submissions(session: Session, rows: Sequence[Submission]) -> list[ReactionSeen]:
    """The same for rows that the caller may see, oldest first."""
    found = session.execute(
        select(Reaction, Submission.external_id, Revision.number)
        .join(DraftRow, DraftRow.id == Reaction.draft_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .where(DraftRow.submission_id.in_([row.id for row in rows]))
        .order_by(Reaction.at, Reaction.about)
    ).all()
    return [ReactionSeen(*row) for row in found]
