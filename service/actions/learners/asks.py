"""Asking a person: what a learner asks or replies about released feedback, and what a facilitator answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding, version_of
from service.actions.learners.guard import feedback_there, standing
from service.actions.work import consequences
from service.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from service.domain.events import Event
from service.domain.roles import Actor, require_desk, require_reviewer, visible_groups
from service.store import audit, find, repeats, visible
from service.store import names as store_names
from service.store.tables import AskKind, AskRow, Challenge, DraftRow, Person, Revision, Submission

_Rows = Select[AskRow, str, int, Challenge, Person]
MOST = 500
"""Open questions that are listed at once, oldest first."""


@dataclass(frozen=True, slots=True)
class AskWish:
    """What is asked. `point` is the id of a released point, empty for the feedback as a whole (on `revision`)."""

    text: str
    kind: AskKind = AskKind.QUESTION
    point: str = ""
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class AskSeen:
    """A question or reply with where it belongs, in external ids but for `draft` and `point`."""

    id: str
    version: int
    kind: AskKind
    text: str
    asked_at: datetime
    person: str
    person_name: str
    submission: str
    revision: int
    challenge: str
    challenge_title: str
    draft: str
    point: str
    answer: str
    answered_by: str  # a name; empty where there is no answer, or who gave it is gone
    answered_at: datetime | None


def ask(session: Session, actor: Actor, external_id: str, wish: AskWish, *, now: datetime) -> AskSeen:
    """Ask the facilitators of the group, or reply to them; the same words once more within a minute are the question
    that is there. Raises NotFound, Invalid (nothing said)."""
    submission = standing(session, actor, external_id)
    found = feedback_there(session, submission, point=wish.point, revision=wish.revision)
    there = _there(session, submission, found.draft, wish, now)
    if there is not None:
        return _seen(session, _all().where(AskRow.id == there.id))[0]
    row = AskRow(
        organization_id=submission.organization_id,
        draft_id=found.draft.id,
        point_id=wish.point or None,
        person_id=submission.person_id,
        kind=wish.kind,
        text=_said(wish.text),
        asked_at=now,
    )
    session.add(row)
    session.flush()
    if wish.kind is AskKind.QUESTION:
        consequences.told_of(session, found.draft, Event.ASK_OPENED, now=now)
    return _seen(session, _all().where(AskRow.id == row.id))[0]


def _there(session: Session, submission: Submission, draft: DraftRow, wish: AskWish, now: datetime) -> AskRow | None:
    """The same, said a moment ago, and not answered yet."""
    about = (AskRow.draft_id == draft.id, AskRow.point_id == wish.point if wish.point else AskRow.point_id.is_(None))
    said = (AskRow.kind == wish.kind, AskRow.text == wish.text, AskRow.answered_at.is_(None))
    return repeats.said_before(session, AskRow, submission.person_id, *about, *said, now=now)


def _said(text: str) -> str:
    if not text.strip():
        raise Invalid("Please write a word or two first.")
    return text


def answer(at: Deciding, text: str) -> AskSeen:
    """Answer as a facilitator of the group. The same person may word it anew.

    Raises NotFound (also where the submission was taken back), NotAllowed, Conflict (another has answered),
    ChangedSince (one's own answer is another by now), Invalid.
    """
    session, actor = at.session, at.actor
    row = session.get(AskRow, at.id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None or row.organization_id != actor.organization:
        raise NotFound
    draft = session.get_one(DraftRow, row.draft_id)
    if actor.person is not None and draft.group_id not in actor.reviews:
        raise NotFound
    person = require_reviewer(actor, draft.group_id)
    if row.person_id == person:
        raise NotAllowed("You asked this yourself: a colleague answers it.")
    if session.get_one(Submission, draft.submission_id).withdrawn_at is not None:
        raise NotFound
    if row.answered_at is not None and row.answered_by not in (None, person):
        raise Conflict(f"{store_names.name_of(session, row.answered_by)} has answered this already.")
    at.require(_version(row), "This was answered since you saw it. Read the answer, then decide.")
    first = row.answered_at is None
    row.answer, row.answered_by, row.answered_at = _said(text), person, at.now
    session.flush()
    if first:
        consequences.told_of(session, draft, Event.ASK_ANSWERED, now=at.now)
    audit.record(
        session, organization=actor.organization, actor=actor.name, act="ask.answer", subject=row.id, now=at.now
    )
    return _seen(session, _all().where(AskRow.id == row.id))[0]


def _version(row: AskRow) -> int:
    """Who asks does not change a word of it, so that only answers make it another."""
    return version_of(row.answer, row.answered_at)


def asks_open(
    session: Session, actor: Actor, *, draft: str | None = None, after: str | None = None, limit: int = MOST
) -> list[AskSeen]:
    """Questions that wait for an answer in the groups that the actor reviews (or pushes for), oldest first; those
    after the one with the id `after`, answered by now or not.

    `draft` narrows it to one, and adds replies, which wait for nobody. Raises NotAllowed for a learner.
    """
    require_desk(actor)
    groups = visible_groups(actor)
    here: list[ColumnElement[bool]] = [AskRow.organization_id == actor.organization, AskRow.answered_at.is_(None)]
    if groups is not None:
        here.append(DraftRow.group_id.in_(groups))
    if actor.person is not None:
        here.append(AskRow.person_id != actor.person)
    here.append(AskRow.kind == AskKind.QUESTION if draft is None else AskRow.draft_id == draft)
    if after is not None:
        last = [AskRow.id == after, AskRow.organization_id == actor.organization]
        here.append(find.beyond(session, (AskRow.asked_at, AskRow.id), last))
    return _seen(session, _all().where(*here).limit(limit))


def asks(session: Session, actor: Actor, external_id: str) -> list[AskSeen]:
    """All on an own submission, oldest first. Raises NotFound."""
    return of_submissions(session, [standing(session, actor, external_id)])


def of_submissions(session: Session, rows: Sequence[Submission]) -> list[AskSeen]:
    """The same for rows that the caller may see."""
    return _seen(session, _all().where(DraftRow.submission_id.in_([row.id for row in rows])))


def _all() -> _Rows:
    """Never of a submission that was taken back."""
    return (
        select(AskRow, Submission.external_id, Revision.number, Challenge, Person)
        .join(DraftRow, DraftRow.id == AskRow.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Challenge, Challenge.id == DraftRow.challenge_id)
        .join(Person, Person.id == AskRow.person_id)
        .where(~visible.withdrawn())
        .order_by(AskRow.asked_at, AskRow.id)
    )


def _seen(session: Session, query: _Rows) -> list[AskSeen]:
    rows = session.execute(query).all()
    names = store_names.names_of(session, (row.answered_by for row, *_ in rows))
    askers = store_names.names_of(session, (row.person_id for row, *_ in rows), apart=True)
    return [
        AskSeen(
            id=row.id,
            version=_version(row),
            kind=row.kind,
            text=row.text,
            asked_at=row.asked_at,
            person=person.external_id,
            person_name=askers.get(row.person_id, person.name),
            submission=submission,
            revision=number,
            challenge=challenge.external_id,
            challenge_title=challenge.title,
            draft=row.draft_id,
            point=row.point_id or "",
            answer=row.answer,
            answered_by=names.get(row.answered_by or "", ""),
            answered_at=row.answered_at,
        )
        for row, submission, number, challenge, person in rows
    ]
