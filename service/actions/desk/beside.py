"""What stands beside a draft on the desk: the challenge as its learner read it, and the version before. Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.decisions.release import ShownPoint, read_out, readable
from service.actions.drafts import read
from service.domain.roles import Actor
from service.domain.texts.marking import Stretch, stretches
from service.store.tables import Challenge, Organization, Person, Revision, Submission


@dataclass(frozen=True, slots=True)
class VersionBefore:
    """The revision before, with its released points at their places; without any, `points` and `summary` are empty."""

    number: int
    submitted_at: datetime
    text: tuple[Stretch, ...]
    language: str
    summary: str
    approved_by: str
    points: tuple[ShownPoint, ...]


@dataclass(frozen=True, slots=True)
class DraftBeside:
    """`earlier` is None of a first version, and of work that was taken back."""

    person: str  # external id
    prompt: str
    outcome: str
    language: str
    earlier: VersionBefore | None


def beside(session: Session, actor: Actor, draft_id: str) -> DraftBeside:
    """For a draft that the actor may see. Raises as `read.draft` does."""
    row = read.draft(session, actor, draft_id)
    challenge = session.get_one(Challenge, row.challenge_id)
    submission = session.get_one(Submission, row.submission_id)
    language = challenge.language or session.get_one(Organization, row.organization_id).language
    number = session.get_one(Revision, row.revision_id).number
    earlier = _earlier(session, submission, number - 1) if number > 1 and submission.withdrawn_at is None else None
    author = session.get_one(Person, submission.person_id).external_id
    return DraftBeside(author, challenge.prompt, challenge.outcome, language, earlier)


def _earlier(session: Session, submission: Submission, number: int) -> VersionBefore | None:
    wanted = select(Revision).where(Revision.submission_id == submission.id, Revision.number == number)
    revision = session.scalar(wanted)
    if revision is None:
        return None
    there = [one for one in readable(session, submission) if one.revision.id == revision.id]
    told = next(iter(read_out(session, submission, there)), None)
    points = told.points if told else ()
    places = {at: [(one.start, one.end)] for at, one in enumerate(points, 1) if one.start < one.end}
    return VersionBefore(
        number=number,
        submitted_at=revision.submitted_at,
        text=stretches(revision.text, places),
        language=revision.language,
        summary=told.summary if told else "",
        approved_by=told.approved_by if told else "",
        points=points,
    )
