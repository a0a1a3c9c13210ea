"""What a learner may read of each revision's feedback, and that it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actions.decisions.release import ReleasedFeedback, read_out, readable
from service.actions.learners.guard import feedback_there, standing
from service.actions.work import consequences, files
from service.domain.drafts import DraftState
from service.domain.events import Event
from service.domain.roles import Actor
from service.store.tables import Challenge, DraftRow, FeedbackReading, Group, Release, Revision, Submission, WorkFile


class FeedbackStage(StrEnum):
    """How far the feedback on one revision is, in a learner's terms."""

    AWAITED = "awaited"  # a facilitator will read it
    THERE = "there"
    TAKEN_BACK = "taken_back"  # it was there, and no longer is
    DECLINED = "declined"  # a facilitator decided to give none
    PASSED = "passed"  # a later revision came first
    OVER = "over"  # there is none, and the challenge or the group is archived


_STAGES: Mapping[DraftState, FeedbackStage] = {
    DraftState.RELEASED: FeedbackStage.THERE,
    DraftState.RETRACTED: FeedbackStage.TAKEN_BACK,
    DraftState.DECLINED: FeedbackStage.DECLINED,
    DraftState.SUPERSEDED: FeedbackStage.PASSED,
}


def stage(state: DraftState, *, over: bool = False) -> FeedbackStage:
    """What a draft's state means to its learner, who is not told how a draft is made. `over`: it is archived."""
    return _STAGES.get(state, FeedbackStage.OVER if over else FeedbackStage.AWAITED)


@dataclass(frozen=True, slots=True)
class RevisionSeen:
    """One revision and its feedback. `taken_back_at` stays where other feedback is awaited after one was taken back."""

    row: Revision
    draft: str
    stage: FeedbackStage
    feedback: ReleasedFeedback | None
    read_at: datetime | None
    taken_back_at: datetime | None
    files: tuple[WorkFile, ...] = ()


def revisions(session: Session, actor: Actor, external_id: str) -> list[RevisionSeen]:
    """Every revision of an own submission, the latest first. Raises NotFound, also where it was taken back."""
    submission = standing(session, actor, external_id)
    rows = session.execute(
        select(Revision, DraftRow.id, DraftRow.state)
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .where(Revision.submission_id == submission.id)
        .order_by(Revision.number.desc())
    ).all()
    ended = over(session, submission)
    there = readable(session, submission)
    said = {one.draft.id: words for one, words in zip(there, read_out(session, submission, there), strict=True)}
    drafts = [draft for _, draft, _ in rows]
    read = dict(
        session.execute(
            select(FeedbackReading.draft_id, func.max(FeedbackReading.read_at))
            .where(FeedbackReading.release_id.in_([one.release.id for one in there]))
            .group_by(FeedbackReading.draft_id)
        ).all()
    )
    back = _taken_back(session, drafts)
    sent = files.of_revisions(session, [revision.id for revision, _, _ in rows])
    return [
        RevisionSeen(
            revision,
            draft,
            FeedbackStage.THERE if draft in said else _without(stage(state, over=ended)),
            said.get(draft),
            read.get(draft),
            None if draft in said else back.get(draft),
            tuple(sent.get(revision.id, ())),
        )
        for revision, draft, state in rows
    ]


def over(session: Session, submission: Submission) -> bool:
    """Whether no more work can be handed in there, since its challenge or group is archived."""
    challenge, group = (
        session.get_one(Challenge, submission.challenge_id),
        session.get_one(Group, submission.group_id),
    )
    return challenge.archived_at is not None or group.archived_at is not None


def _without(found: FeedbackStage) -> FeedbackStage:
    """A text that is not what was approved is as good as not there."""
    return FeedbackStage.AWAITED if found is FeedbackStage.THERE else found


def _taken_back(session: Session, drafts: list[str]) -> dict[str, datetime]:
    rows = session.execute(
        select(Release.draft_id, Release.retracted_at)
        .where(Release.draft_id.in_(drafts), Release.retracted_at.is_not(None))
        .order_by(Release.id)
    )
    return {draft: at for draft, at in rows if at is not None}


def read(
    session: Session, actor: Actor, external_id: str, *, revision: int | None = None, now: datetime
) -> tuple[FeedbackReading, bool]:
    """Note that the learner opened the feedback on a revision (the latest that has any); True for the first time.

    Raises NotFound.
    """
    submission = standing(session, actor, external_id)
    found = feedback_there(session, submission, revision=revision)
    row = session.get(FeedbackReading, found.release.id)
    if row is not None:
        return row, False
    row = FeedbackReading(
        release_id=found.release.id,
        organization_id=submission.organization_id,
        person_id=submission.person_id,
        draft_id=found.draft.id,
        read_at=now,
    )
    session.add(row)
    session.flush()
    consequences.told_of(session, found.draft, Event.FEEDBACK_READ, now=now)
    return row, True
