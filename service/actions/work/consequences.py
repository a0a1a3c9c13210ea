"""What must follow a change: jobs that bring the index to equal the rows, drafts that stop, people who are told.

Reads are already right at once, since every text is read again under its scope; this cleans up behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.actions.challenges import calibrating
from service.domain.drafts import NOT_MADE_YET, DraftAct, DraftActor, DraftState, step
from service.domain.events import Event
from service.domain.visibility import no_machine
from service.store import jobs, outbox
from service.store.tables import DraftRow, Person, PointRow, Revision, Submission

LEARN_AFTER = timedelta(minutes=10)

SYNC_FIRST = 10
"""Priority of index work over drafting (0): a draft is better when its peers are already indexed."""


def sync(session: Session, organization: str, owners: Iterable[str], *, now: datetime) -> None:
    """Have the index brought to equal the rows for these revisions, documents or points."""
    for owner in owners:
        jobs.enqueue(
            session,
            organization=organization,
            kind="sync",
            subject=owner,
            now=now,
            dedupe=f"sync:{owner}",
            priority=SYNC_FIRST,
        )


def sync_submission(session: Session, submission: Submission, *, now: datetime) -> None:
    """The same for all revisions of a submission and for every point made on them."""
    revisions = session.scalars(select(Revision.id).where(Revision.submission_id == submission.id))
    points = session.scalars(
        select(PointRow.id)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .where(DraftRow.submission_id == submission.id)
    )
    sync(session, submission.organization_id, [*revisions, *points], now=now)


def learn_later(session: Session, organization: str, *, now: datetime) -> None:
    """Have assessment learn from what was decided: once for all decisions of a while, since it reads all history."""
    jobs.enqueue(
        session,
        organization=organization,
        kind="fit",
        subject=organization,
        now=now,
        not_before=now + LEARN_AFTER,
        dedupe=f"learn:{organization}",
    )


def compare_later(session: Session, draft: DraftRow, *, now: datetime) -> None:
    """Have what is decided on the draft's challenge looked through for opposite decisions, once for all that are made
    before the job runs."""
    jobs.enqueue(
        session,
        organization=draft.organization_id,
        kind="oppose",
        subject=draft.challenge_id,
        now=now,
        dedupe=f"oppose:{draft.challenge_id}",
        priority=-1,  # feedback first
    )


def touch(draft: DraftRow, state: DraftState, *, now: datetime) -> None:
    """Every change of a draft passes here: a new state, a new version."""
    draft.state = state
    draft.version += 1
    draft.changed_at = now


def stick(session: Session, draft: DraftRow, code: str, reason: str, *, now: datetime) -> None:
    """No draft can be made: say so to the facilitator and to the platform."""
    touch(draft, step(draft.state, DraftAct.FAIL, DraftActor.MACHINE), now=now)
    draft.generation += 1  # whatever is still being worked on comes too late
    draft.reason_code, draft.reason, draft.ready_at = code, reason, now
    draft.band = None  # there is nothing that could be more or less sure
    outbox.tell(
        session,
        draft.organization_id,
        Event.DRAFT_STUCK,
        now=now,
        draft=draft.id,
        reason=code,
        **_whose(session, draft),
    )


def lay_out(session: Session, draft: DraftRow, code: str, reason: str, *, now: datetime) -> None:
    """Nobody may say yet how the work stands: a facilitator judges it on the sheet, and the platform is told."""
    touch(draft, step(draft.state, DraftAct.LAY_OUT, DraftActor.MACHINE), now=now)
    draft.summary = ""
    draft.reason_code, draft.reason, draft.ready_at = code, reason, now
    told_of(session, draft, Event.DRAFT_TO_JUDGE, now=now)


def told_of(session: Session, draft: DraftRow, event: Event, *, now: datetime, **facts: str) -> None:
    """Tell the platform what became of a draft."""
    outbox.tell(session, draft.organization_id, event, now=now, draft=draft.id, **_whose(session, draft), **facts)


def _whose(session: Session, draft: DraftRow) -> dict[str, str]:
    submission = session.get_one(Submission, draft.submission_id)
    return {"submission": submission.external_id}


NO_AI = "The learner asked that no machine reads this text. Please read it and write the feedback yourself."


def drafts_held(session: Session, which: ColumnElement[bool]) -> Sequence[DraftRow]:
    """These drafts of submissions, as they stand now and held until the transaction ends: what somebody is just doing
    to one is done first."""
    return session.scalars(
        select(DraftRow)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(which)
        .order_by(DraftRow.id)
        .with_for_update(of=DraftRow, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def of_less_ai(session: Session, person: Person, *, now: datetime) -> None:
    """The person allows less: texts handed in before follow at once, and drafts that wait are not made."""
    allowed = person.consent.ai
    drafts_held(session, Submission.person_id == person.id)
    rows = session.execute(
        select(Revision, Submission, DraftRow)
        .join(Submission, Submission.id == Revision.submission_id)
        .outerjoin(DraftRow, DraftRow.revision_id == Revision.id)
        .where(Submission.person_id == person.id)
    ).all()
    for revision, _, draft in rows:
        revision.ai = revision.ai.and_(allowed)
        if no_machine(allowed) and draft is not None and draft.state in NOT_MADE_YET:
            stick(session, draft, "ai_none", NO_AI, now=now)
    if no_machine(allowed):
        of_person = {submission.id: submission for _, submission, _ in rows}.values()
        for submission in of_person:
            sync_submission(session, submission, now=now)
        for challenge in sorted({submission.challenge_id for submission in of_person}):
            calibrating.moved(session, challenge, now=now)
