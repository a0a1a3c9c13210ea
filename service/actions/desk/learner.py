"""One learner across challenges, as far as whoever asks reviews them: work, feedback, what they ask and need, whom they
were introduced to. Commitments are the learner's own, and are counted only where a facilitator counts them anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from service.actions.decisions.release import Readable, readable_of
from service.domain.drafts import DraftState
from service.domain.introductions import TOGETHER
from service.domain.requests.need import RequestState
from service.domain.roles import Actor, Role, require_desk, visible_groups
from service.store import find, visible
from service.store.names import names_of
from service.store.tables import (
    AskKind,
    AskRow,
    Challenge,
    DraftRow,
    Group,
    Introduction,
    Person,
    Request,
    Revision,
    RoleGrant,
    Submission,
)

MOST = 100
"""Of each kind, the latest."""


@dataclass(frozen=True, slots=True)
class ToldBefore:
    """Released feedback as its learner may read it now: points as (kind, words)."""

    revision: int
    summary: str
    approved_by: str
    points: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WorkOfLearner:
    """A submission's latest revision, and the latest feedback on any of its revisions that its learner may read."""

    submission: str
    challenge: str
    title: str
    revision: int
    handed_in_at: datetime
    words: int
    draft: str
    state: DraftState
    feedback: ToldBefore | None


@dataclass(frozen=True, slots=True)
class AskedByLearner:
    """A question or reply, and what was answered."""

    draft: str
    kind: AskKind
    text: str
    asked_at: datetime
    answer: str


@dataclass(frozen=True, slots=True)
class NeedOfLearner:
    """A request that people may read."""

    text: str
    state: RequestState
    stated_at: datetime
    answer: str


@dataclass(frozen=True, slots=True)
class MetByLearner:
    """Whom two yeses introduced them to, and since when. `name` is empty of somebody whom the actor does not review."""

    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LearnerSeen:
    """A learner, the latest first in each list; of work in groups that the actor reviews."""

    id: str
    name: str
    groups: tuple[str, ...]
    work: tuple[WorkOfLearner, ...]
    asked: tuple[AskedByLearner, ...]
    needs: tuple[NeedOfLearner, ...]
    met: tuple[MetByLearner, ...]


def learner(session: Session, actor: Actor, external_id: str) -> LearnerSeen:
    """Raises NotFound for who neither learns nor has handed in where the actor reviews, and for the actor: own work is
    read on one's own page. Raises NotAllowed for a learner who asks."""
    require_desk(actor)
    person = find.one(session, Person, actor.organization, external_id)
    seen = visible_groups(actor)
    here = [] if seen is None else [Submission.group_id.in_(seen)]
    groups = _groups(session, person, seen)
    work = _work(session, person, here)
    if person.id == actor.person or not (groups or work):
        raise find.not_found(Person, external_id)
    return LearnerSeen(
        person.external_id,
        names_of(session, [person.id], apart=True)[person.id],
        groups,
        work,
        _asked(session, person, here),
        _needs(session, person) if groups else (),
        _met(session, person, seen) if groups else (),
    )


def _groups(session: Session, person: Person, seen: frozenset[str] | None) -> tuple[str, ...]:
    query = select(Group.name).join(RoleGrant, RoleGrant.group_id == Group.id)
    query = query.where(RoleGrant.person_id == person.id, RoleGrant.role == Role.LEARNER)
    return tuple(session.scalars((query if seen is None else query.where(Group.id.in_(seen))).order_by(Group.name)))


def _work(session: Session, person: Person, here: Sequence[ColumnElement[bool]]) -> tuple[WorkOfLearner, ...]:
    rows = session.execute(
        select(Submission, Challenge.external_id, Challenge.title, Revision, DraftRow.id, DraftRow.state)
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .join(Revision, visible.latest_text())
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .where(Submission.person_id == person.id, ~visible.withdrawn(), *here)
        .order_by(Revision.submitted_at.desc(), Submission.id)
        .limit(MOST)
    ).all()
    told = _told(session, [row.Submission.id for row in rows])
    return tuple(
        WorkOfLearner(
            row.Submission.external_id,
            row.external_id,
            row.title,
            row.Revision.number,
            row.Revision.submitted_at,
            len(row.Revision.text.split()),
            row.id,
            row.state,
            told.get(row.Submission.id),
        )
        for row in rows
    )


def _told(session: Session, submissions: Sequence[str]) -> dict[str, ToldBefore]:
    """The latest of each submission."""
    found: dict[str, Readable] = {}
    for one in readable_of(session, submissions):
        found.setdefault(one.draft.submission_id, one)
    names = names_of(session, (one.approval.facilitator_id for one in found.values()))
    return {
        submission: ToldBefore(
            one.revision.number,
            one.approval.body["summary"],
            names.get(one.approval.facilitator_id, ""),
            tuple((point["kind"], point["text"]) for point in one.approval.body["points"]),
        )
        for submission, one in found.items()
    }


def _asked(session: Session, person: Person, here: Sequence[ColumnElement[bool]]) -> tuple[AskedByLearner, ...]:
    rows = session.scalars(
        select(AskRow)
        .join(DraftRow, DraftRow.id == AskRow.draft_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(AskRow.person_id == person.id, ~visible.withdrawn(), *here)
        .order_by(AskRow.asked_at.desc())
        .limit(MOST)
    )
    return tuple(AskedByLearner(row.draft_id, row.kind, row.text, row.asked_at, row.answer) for row in rows)


def _needs(session: Session, person: Person) -> tuple[NeedOfLearner, ...]:
    rows = session.scalars(
        select(Request).where(Request.person_id == person.id).order_by(Request.stated_at.desc()).limit(MOST)
    )
    return tuple(NeedOfLearner(row.text, row.state, row.stated_at, row.answer) for row in rows)


def _met(session: Session, person: Person, seen: frozenset[str] | None) -> tuple[MetByLearner, ...]:
    rows = session.scalars(
        select(Introduction)
        .where(
            Introduction.organization_id == person.organization_id,
            Introduction.state.in_(TOGETHER),
            or_(Introduction.first_id == person.id, Introduction.second_id == person.id),
        )
        .order_by(Introduction.id.desc())
        .limit(MOST)
    ).all()
    others = {row.id: row.second_id if row.first_id == person.id else row.first_id for row in rows}
    known = select(RoleGrant.person_id).where(RoleGrant.person_id.in_(others.values()))
    known_here = session.scalars(known if seen is None else known.where(RoleGrant.group_id.in_(seen))).all()
    names = names_of(session, known_here, apart=True)
    return tuple(MetByLearner(names.get(others[row.id], ""), row.introduced_at) for row in rows)
