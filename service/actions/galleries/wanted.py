"""That a gallery is to be made: its learner asks, a facilitator does, or a policy says so for all who hand in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.actions.visibility.in_galleries import policies, policy_for, rules
from service.domain.events import Event
from service.domain.galleries import GalleryAct, GalleryActor, GalleryState, possible, step
from service.domain.visibility import no_machine
from service.store import holding, jobs, outbox, visible
from service.store.tables import Challenge, Consent, Gallery, Revision, Submission
from service.store.tree import Tree

TOO_FEW_CODE = "too_few"
NO_AI = "The learner asked that no machine reads this text. Choose two or three works yourself, or let it be."


def want(
    session: Session,
    submission: Submission,
    revision: Revision,
    by: GalleryActor,
    *,
    asked: bool = False,
    now: datetime,
) -> Gallery:
    """The submission's gallery, waiting for the machine; one that is there is made anew for this revision.

    Raises NotNow where it cannot be made anew by whoever asks.
    """
    row = of_submission(session, submission)
    if row is None:
        row = Gallery(
            organization_id=submission.organization_id,
            submission_id=submission.id,
            revision_id=revision.id,
            challenge_id=submission.challenge_id,
            group_id=submission.group_id,
            person_id=submission.person_id,
            state=GalleryState.SUGGESTED,
            generation=1,
            version=1,
            asked=asked,
            created_at=now,
            changed_at=now,
        )
        session.add(row)
        session.flush()
    else:
        touch(row, step(row.state, GalleryAct.REMAKE, by), now=now)
        row.generation += 1
        row.asked = row.asked or asked
        row.revision_id, row.group_id = revision.id, submission.group_id
        row.items.clear()
        row.comparison = row.drafted = row.reason_code = row.reason = ""
        row.marks = []
    if no_machine(holding.which_machines(session, revision)):
        stick(session, row, "ai_none", NO_AI, now=now)
    else:
        jobs.enqueue_once(session, "gallery", row, now=now, priority=-1)  # feedback first
    return row


def of_submission(session: Session, submission: Submission) -> Gallery | None:
    """Held against others until the transaction ends."""
    return session.scalar(select(Gallery).where(Gallery.submission_id == submission.id).with_for_update(key_share=True))


def touch(row: Gallery, state: GalleryState, *, now: datetime) -> None:
    """Every change of a gallery passes here: a new state, a new version."""
    row.state = state
    row.version += 1
    row.changed_at = now


def stick(session: Session, row: Gallery, code: str, reason: str, *, now: datetime) -> None:
    """Nothing can be chosen: say so to the facilitator and to the platform (rule 7)."""
    touch(row, step(row.state, GalleryAct.FAIL, GalleryActor.MACHINE), now=now)
    row.reason_code, row.reason, row.ready_at = code, reason, now
    tell(session, row, Event.GALLERY_STUCK, now=now, reason=code)


def tell(session: Session, row: Gallery, event: Event, *, now: datetime, **facts: object) -> None:
    """Tell the platform; never whose work is in it."""
    submission = session.get_one(Submission, row.submission_id).external_id
    outbox.tell(session, row.organization_id, event, now=now, gallery=row.id, submission=submission, **facts)


def handed_in(session: Session, submission: Submission, revision: Revision, *, now: datetime) -> None:
    """A text came in: a gallery that is not decided on yet is made anew for it; where a policy says so, one is made."""
    _look_again(session, submission, now=now)
    row = of_submission(session, submission)
    if row is not None:
        if GalleryAct.REMAKE.value in possible(row.state, GalleryActor.LEARNER):
            want(session, submission, revision, GalleryActor.LEARNER, now=now)
        return
    in_force = policies(session, [submission.challenge_id])
    if not in_force:
        return
    tree = Tree(session, submission.organization_id)
    if rules(policy_for(in_force, tree, submission.challenge_id, submission.group_id)).suggest:
        want(session, submission, revision, GalleryActor.LEARNER, now=now)


def _look_again(session: Session, submission: Submission, *, now: datetime) -> None:
    """Where galleries on this challenge are stuck for want of others' work, have them looked at again."""
    stuck = lacking(submission.organization_id, submission.challenge_id).with_only_columns(Gallery.id)
    if session.scalar(stuck.limit(1)) is not None:
        jobs.enqueue(
            session,
            organization=submission.organization_id,
            kind="gallery_again",
            subject=submission.challenge_id,
            now=now,
            dedupe=f"gallery_again:{submission.challenge_id}",
            priority=-1,  # feedback first
        )


def lacking(organization: str, challenge: str) -> Select[Gallery]:
    """Galleries for which there was not enough work of others; whose learner waits longest first."""
    return (
        select(Gallery)
        .where(
            Gallery.organization_id == organization,
            Gallery.challenge_id == challenge,
            Gallery.state == GalleryState.STUCK,
            Gallery.reason_code == TOO_FEW_CODE,
        )
        .order_by(Gallery.created_at, Gallery.id)
    )


def suggest_all(session: Session, challenge: Challenge, groups: frozenset[str], *, now: datetime) -> int:
    """Have one made for everybody in these groups who has handed in and has none; how many."""
    rows = session.execute(
        select(Submission, Revision)
        .join(Revision, visible.latest_text())
        .join(Consent, Consent.person_id == Submission.person_id)
        .outerjoin(Gallery, Gallery.submission_id == Submission.id)
        .where(
            Submission.challenge_id == challenge.id,
            Submission.group_id.in_(groups),
            visible.machines_may(),
            Gallery.id.is_(None),
        )
        .order_by(Submission.id)
    ).all()
    for submission, revision in rows:
        want(session, submission, revision, GalleryActor.FACILITATOR, now=now)
    return len(rows)


def withdrawn(session: Session, submission: Submission, *, now: datetime) -> None:
    """The learner took the attempt back: nothing is made or shown for it any more."""
    row = of_submission(session, submission)
    if row is not None and row.state is not GalleryState.WITHDRAWN:
        end(row, now=now)


def end(row: Gallery, *, now: datetime) -> None:
    """Nothing more becomes of it, and whatever is still being worked on comes too late."""
    touch(row, step(row.state, GalleryAct.WITHDRAW, GalleryActor.LEARNER), now=now)
    row.generation += 1
