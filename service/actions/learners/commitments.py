"""A learner's own next step with a day, what became of it, and a word to the outside when the day has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.actions.learners.guard import feedback_there, person_of, require_own, standing
from service.domain.errors import Invalid, NotFound
from service.domain.events import Event
from service.domain.roles import Actor
from service.store import find, outbox, repeats, visible
from service.store.tables import CommitmentOutcome, CommitmentRow, Person, Submission

FARTHEST = timedelta(days=2 * 366)
ZONES = timedelta(days=1)
"""What is still today somewhere is yesterday by UTC."""
TOLD_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class CommitmentWish:
    """What somebody will do, and by when. It may come from own work (external id), and there from a released point."""

    text: str
    due_on: date
    submission: str | None = None
    point: str = ""


def day(text: str) -> date:
    """A day as a form sends it. Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("Please choose a day.") from None


@dataclass(frozen=True, slots=True)
class CommitmentSeen:
    """A commitment, with the external id of the work it came from. `due`: the day has come, and nothing was said."""

    row: CommitmentRow
    submission: str | None
    due: bool


def make(session: Session, actor: Actor, person: str, wish: CommitmentWish, *, now: datetime) -> CommitmentSeen:
    """Commit to a next step; the same once more within a minute is the one that is there.

    Raises NotFound (not the actor's own, or work taken back), Invalid.
    """
    who = person_of(session, actor, person)
    if not wish.text.strip():
        raise Invalid("Please write what you will do.")
    if not now.date() - ZONES <= wish.due_on <= now.date() + FARTHEST:
        raise Invalid("Please choose a day from today on, within two years.")
    work = _work(session, actor, who, wish)
    there = _there(session, who, wish, work, now)
    if there is not None:
        return CommitmentSeen(there, wish.submission, due=_is_due(there, now))
    row = CommitmentRow(
        organization_id=who.organization_id,
        person_id=who.id,
        submission_id=work,
        point_id=wish.point or None,
        text=wish.text,
        due_on=wish.due_on,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return CommitmentSeen(row, wish.submission, due=_is_due(row, now))


def _there(
    session: Session, who: Person, wish: CommitmentWish, work: str | None, now: datetime
) -> CommitmentRow | None:
    """The same, made a moment ago, of which nothing was said yet."""
    about = (
        CommitmentRow.submission_id == work if work else CommitmentRow.submission_id.is_(None),
        CommitmentRow.point_id == wish.point if wish.point else CommitmentRow.point_id.is_(None),
    )
    said = (CommitmentRow.text == wish.text, CommitmentRow.due_on == wish.due_on, CommitmentRow.outcome.is_(None))
    return repeats.said_before(session, CommitmentRow, who.id, *about, *said, now=now)


def _work(session: Session, actor: Actor, who: Person, wish: CommitmentWish) -> str | None:
    if wish.submission is None:
        if wish.point:
            raise Invalid("Say which submission the point is about.")
        return None
    submission = standing(session, actor, wish.submission)
    if submission.person_id != who.id:
        raise NotFound
    if wish.point:
        feedback_there(session, submission, point=wish.point)
    return submission.id


def tell_outcome(
    session: Session, actor: Actor, commitment: str, outcome: CommitmentOutcome, *, said: str = "", now: datetime
) -> CommitmentSeen:
    """Say what became of it, in own words; it can be said anew. Raises NotFound."""
    row = session.get(CommitmentRow, commitment)
    if row is None or row.organization_id != actor.organization:
        raise NotFound
    require_own(session, actor, row.person_id)
    work = session.get(Submission, row.submission_id) if row.submission_id else None
    if work is not None and work.withdrawn_at is not None:
        raise NotFound
    row.outcome, row.said, row.said_at = outcome, said, now
    return CommitmentSeen(row, work.external_id if work else None, due=False)


def commitments(session: Session, actor: Actor, person: str, *, now: datetime) -> list[CommitmentSeen]:
    """A person's own, those still open first, by day. None that came from work taken back. Raises NotFound."""
    return of_person(session, person_of(session, actor, person).id, now=now)


def of_person(session: Session, person: str, *, now: datetime) -> list[CommitmentSeen]:
    """The same for a person (our id) whom the caller may see."""
    rows = session.execute(
        select(CommitmentRow, Submission.external_id)
        .outerjoin(Submission, Submission.id == CommitmentRow.submission_id)
        .where(CommitmentRow.person_id == person, ~visible.withdrawn())
        .order_by(CommitmentRow.outcome.is_not(None), CommitmentRow.due_on, CommitmentRow.id)
    ).all()
    return [CommitmentSeen(row, submission, due=_is_due(row, now)) for row, submission in rows]


def _is_due(row: CommitmentRow, now: datetime) -> bool:
    return row.outcome is None and row.due_on <= now.date()


def tell_due(session: Session, organization: str | None = None, *, now: datetime) -> int:
    """Tell the outside, once, of each commitment whose day has come and of which nothing was said; how many."""
    rows = session.execute(
        select(CommitmentRow, Person.external_id)
        .join(Person, Person.id == CommitmentRow.person_id)
        .outerjoin(Submission, Submission.id == CommitmentRow.submission_id)
        .where(
            find.within(CommitmentRow.organization_id, organization),
            CommitmentRow.due_on <= now.date(),
            CommitmentRow.told_at.is_(None),
            CommitmentRow.outcome.is_(None),
            or_(CommitmentRow.submission_id.is_(None), ~visible.withdrawn()),
        )
        .order_by(CommitmentRow.due_on, CommitmentRow.id)
        .limit(TOLD_AT_ONCE)
        .with_for_update(of=CommitmentRow, key_share=True, skip_locked=True)
    ).all()
    for row, person in rows:
        row.told_at = now
        facts = {"commitment": row.id, "person": person, "due_on": row.due_on.isoformat()}
        outbox.tell(session, row.organization_id, Event.COMMITMENT_DUE, now=now, **facts)
    return len(rows)
