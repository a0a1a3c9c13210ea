"""A learner's own reminders: shown until acted on or dismissed, and never about work that was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from service.actions.learners.guard import person_of, require_own
from service.domain.drafts import DraftState
from service.domain.errors import NotFound
from service.domain.following.reminders import ReminderKind
from service.domain.roles import Actor, Role
from service.store import archived, visible
from service.store import names as store_names
from service.store.tables import (
    Challenge,
    CommitmentRow,
    DraftRow,
    FeedbackReading,
    Person,
    Release,
    Reminder,
    Revision,
    RoleGrant,
    Submission,
)


@dataclass(frozen=True, slots=True)
class ReminderSeen:
    """A reminder as its learner reads it. `challenge` and `submission` are external ids; `by` is who sent it."""

    row: Reminder
    person: str
    challenge: str
    title: str
    submission: str | None
    by: str
    open: bool  # neither acted on nor dismissed


def mine(session: Session, actor: Actor, person: str) -> list[ReminderSeen]:
    """A person's reminders that are still open, the latest first. Raises NotFound (not the actor's own)."""
    return of_person(session, person_of(session, actor, person).id)


def of_person(session: Session, person: str) -> list[ReminderSeen]:
    """The same for a person (our id) whom the caller may see."""
    return _seen(session, [Reminder.person_id == person, Reminder.dismissed_at.is_(None), _to_do(), _current()])


def one(session: Session, actor: Actor, reminder: str) -> ReminderSeen:
    """One, also after it was acted on or dismissed. Raises NotFound, also where its work was taken back."""
    row = _own(session, actor, reminder)
    found = _seen(session, [Reminder.id == row.id])
    if not found:
        raise NotFound("There is no such reminder here, or the work that it was about was taken back.")
    return found[0]


def dismiss(session: Session, actor: Actor, reminder: str, *, now: datetime) -> None:
    """The learner does not want to see it any more; again changes nothing. Raises NotFound."""
    row = _own(session, actor, reminder)
    row.dismissed_at = row.dismissed_at or now


def _own(session: Session, actor: Actor, reminder: str) -> Reminder:
    row = session.get(Reminder, reminder)
    if row is None or row.organization_id != actor.organization:
        raise NotFound("There is no such reminder here, or it is not yours to see.")
    require_own(session, actor, row.person_id)
    return row


def _seen(session: Session, where: Sequence[ColumnElement[bool]]) -> list[ReminderSeen]:
    rows = session.execute(
        select(
            Reminder,
            Person.external_id,
            Challenge.external_id,
            Challenge.title,
            Submission.external_id,
            and_(Reminder.dismissed_at.is_(None), _to_do(), _current()),
        )
        .join(Person, Person.id == Reminder.person_id)
        .join(Challenge, Challenge.id == Reminder.challenge_id)
        .outerjoin(Submission, Submission.id == Reminder.submission_id)
        .where(~visible.withdrawn(), *where)
        .order_by(Reminder.sent_at.desc(), Reminder.id.desc())
    ).all()
    names = store_names.names_of(session, {row.sent_by for row, *_ in rows if row.sent_by}) if rows else {}
    return [
        ReminderSeen(row, person, challenge, title, submission, names.get(row.sent_by or "", ""), bool(still))
        for row, person, challenge, title, submission, still in rows
    ]


def _current() -> Any:
    """That neither the challenge nor the group is archived: that of the work, or, before there is any, all in which
    its reader learns."""
    learns = exists().where(
        RoleGrant.person_id == Reminder.person_id,
        RoleGrant.role == Role.LEARNER,
        RoleGrant.group_id.not_in(archived.groups()),
    )
    there = or_(and_(Reminder.submission_id.is_(None), learns), Submission.group_id.not_in(archived.groups()))
    return and_(Challenge.archived_at.is_(None), there)


def _to_do() -> Any:
    """Whether what it is about is still to be done, as it stands now."""
    return or_(
        and_(Reminder.kind == ReminderKind.NOT_HANDED_IN, ~_handed_in()),
        and_(Reminder.kind == ReminderKind.UNREAD, _unread(), ~_acted()),
        and_(Reminder.kind == ReminderKind.NOT_ACTED, ~_acted()),
    )


def _handed_in() -> Any:
    """Anything on the challenge, also if it was taken back since: that is an answer too."""
    work = aliased(Submission)
    return exists().where(
        work.challenge_id == Reminder.challenge_id,
        work.person_id == Reminder.person_id,
        or_(~visible.withdrawn(work), work.withdrawn_at > Reminder.sent_at),
    )


def _unread() -> Any:
    read = exists().where(FeedbackReading.release_id == Release.id)
    return exists().where(
        DraftRow.submission_id == Reminder.submission_id,
        DraftRow.state == DraftState.RELEASED,
        Release.draft_id == DraftRow.id,
        Release.retracted_at.is_(None),
        ~read,
    )


def _acted() -> Any:
    again = exists().where(
        Revision.submission_id == Reminder.submission_id, Revision.number > 1, Revision.submitted_at > Reminder.sent_at
    )
    step = exists().where(
        CommitmentRow.submission_id == Reminder.submission_id, CommitmentRow.made_at > Reminder.sent_at
    )
    return or_(again, step)
