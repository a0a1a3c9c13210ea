"""What a learner comes to: challenges to do, work handed in and how far it is, and next steps. Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.actions.learners import commitments as learners_commitments
from service.actions.learners import reminders as learners_reminders
from service.actions.learners.commitments import CommitmentSeen
from service.actions.learners.feedback import FeedbackStage, stage
from service.actions.learners.reminders import ReminderSeen
from service.domain.errors import NotFound
from service.domain.roles import Actor
from service.store import find, tree, visible
from service.store.tables import (
    AskRow,
    Challenge,
    ChallengeGroup,
    Consent,
    DraftRow,
    FeedbackReading,
    Group,
    Organization,
    Person,
    Release,
    Revision,
    RoleGrant,
    Submission,
)


@dataclass(frozen=True, slots=True)
class ToDo:
    """A challenge that is set to the learner, with nothing handed in yet."""

    id: str
    title: str
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Own work and how far its latest revision is. `unread`: there is feedback, on any revision, not opened yet."""

    id: str
    challenge: str
    title: str
    revision: int
    handed_in_at: datetime
    stage: FeedbackStage
    feedback_on: int | None  # the latest revision that has feedback
    unread: bool
    answers: int  # questions of the learner's own that were answered


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on one page; work whose feedback waits to be read comes first, then the newest."""

    to_do: tuple[ToDo, ...]
    work: tuple[OwnWork, ...]
    commitments: tuple[CommitmentSeen, ...]
    reminders: tuple[ReminderSeen, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """One challenge as its learner sees it, with the own work on it so far, if there is any.

    `ai` is what the person allows; a hand-in may only narrow it. `groups` are those it can be handed in for.
    """

    row: Challenge
    person: str
    language: str  # of the challenge
    submission: str | None
    latest: Revision | None
    ai: AI
    groups: tuple[tuple[str, str], ...]
    handed_in_for: str | None

    @property
    def group(self) -> str:
        """Where the next text goes: where the work is already, while its author learns there, or the only group there
        is; empty where to choose."""
        if self.handed_in_for in dict(self.groups):
            return str(self.handed_in_for)
        return self.groups[0][0] if len(self.groups) == 1 else ""


def home(session: Session, actor: Actor, *, now: datetime) -> Home:
    """For the person who is signed in, in a constant number of statements. Raises NotFound for a platform."""
    person = _person(actor)
    work = _work(session, person)
    done = {one.challenge for one in work}
    to_do = [ToDo(row.external_id, row.title, row.opened_at) for row in _set_to(session, actor, now)]
    return Home(
        tuple(one for one in to_do if one.id not in done),
        tuple(sorted(work, key=lambda one: (not one.unread, -one.handed_in_at.timestamp(), one.id))),
        tuple(learners_commitments.of_person(session, person, now=now)),
        tuple(learners_reminders.of_person(session, person)),
    )


def task(session: Session, actor: Actor, challenge: str, *, now: datetime) -> Task:
    """A challenge that is set to the learner, or that they handed in to. Raises NotFound."""
    person = _person(actor)
    row = find.one(session, Challenge, actor.organization, challenge)
    submission = session.scalars(
        select(Submission)
        .where(Submission.challenge_id == row.id, Submission.person_id == person, ~visible.withdrawn())
        .order_by(Submission.created_at.desc(), Submission.id.desc())
        .limit(1)
    ).one_or_none()
    if submission is None and row.id not in {one.id for one in _set_to(session, actor, now)}:
        raise NotFound
    latest = submission and session.scalar(
        select(Revision).where(Revision.submission_id == submission.id, Revision.number == submission.latest)
    )
    consent = session.get(Consent, person)
    language = row.language or session.get_one(Organization, row.organization_id).language
    return Task(
        row,
        me(session, actor),
        language,
        submission.external_id if submission else None,
        latest or None,
        consent.ai if consent else AI.LOCAL,
        _groups(session, person, row),
        session.get_one(Group, submission.group_id).external_id if submission else None,
    )


def me(session: Session, actor: Actor) -> str:
    """The external id of the person who is signed in. Raises NotFound for a platform."""
    return session.get_one(Person, _person(actor)).external_id


def _person(actor: Actor) -> str:
    if actor.person is None:
        raise NotFound("This is a learner's own page; sign in as a person.")
    return actor.person


def _set_to(session: Session, actor: Actor, now: datetime) -> list[Challenge]:
    """Challenges that are set to a group the learner learns in, or to one above, or to all; the oldest first."""
    if not actor.learns_in:
        return []
    above = _with_above(session, actor)
    if not above:
        return []
    rows = session.scalars(
        select(Challenge)
        .where(Challenge.organization_id == actor.organization, Challenge.archived_at.is_(None))
        .order_by(Challenge.created_at, Challenge.id)
    ).all()
    set_to: dict[str, set[str]] = {}
    for challenge, group in session.execute(
        select(ChallengeGroup.challenge_id, ChallengeGroup.group_id).where(
            ChallengeGroup.organization_id == actor.organization
        )
    ):
        set_to.setdefault(challenge, set()).add(group)
    return [
        row
        for row in rows
        if (row.opened_at is None or row.opened_at <= now) and (row.id not in set_to or set_to[row.id] & above)
    ]


def _with_above(session: Session, actor: Actor) -> set[str]:
    """The groups learned in that are not archived, and every group above one of them, in one statement."""
    current = Group.organization_id == actor.organization, Group.archived_at.is_(None)
    parents = dict(session.execute(select(Group.id, Group.parent_id).where(*current)).all())
    found: set[str] = set()
    for group in actor.learns_in & parents.keys():
        at: str | None = group
        while at is not None and at not in found:
            found.add(at)
            at = parents.get(at)
    return found


def _groups(session: Session, person: str, challenge: Challenge) -> tuple[tuple[str, str], ...]:
    """External id and name of the groups that the person learns in and that the challenge is set to; none where it is
    archived."""
    if challenge.archived_at is not None:
        return ()
    held = session.execute(
        select(Group.id, Group.external_id, Group.name)
        .join(RoleGrant, RoleGrant.group_id == Group.id)
        .where(RoleGrant.person_id == person, RoleGrant.role == "learner", Group.archived_at.is_(None))
        .order_by(Group.name, Group.id)
    ).all()
    wanted = session.scalars(select(ChallengeGroup.group_id).where(ChallengeGroup.challenge_id == challenge.id)).all()
    covered = tree.below(session, wanted) if wanted else None
    return tuple((external, name) for id_, external, name in held if covered is None or id_ in covered)


def _work(session: Session, person: str) -> list[OwnWork]:
    rows = session.execute(
        select(Submission, Challenge, Group.archived_at, Revision, DraftRow.state, DraftRow.id)
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .join(Group, Group.id == Submission.group_id)
        .join(Revision, Revision.submission_id == Submission.id)
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .where(Submission.person_id == person, ~visible.withdrawn())
        .order_by(Submission.id, Revision.number)
    ).all()
    unread = _unread(session, person)
    answers = _answers(session, person)
    found: dict[str, OwnWork] = {}
    for submission, challenge, archived_at, revision, state, draft in rows:
        before = found.get(submission.id)
        told = revision.number if stage(state) is FeedbackStage.THERE else None
        found[submission.id] = OwnWork(
            id=submission.external_id,
            challenge=challenge.external_id,
            title=challenge.title,
            revision=revision.number,
            handed_in_at=revision.submitted_at,
            stage=stage(state, over=(archived_at or challenge.archived_at) is not None),
            feedback_on=told or (before.feedback_on if before else None),
            unread=draft in unread or (before.unread if before else False),
            answers=answers.count(draft) + (before.answers if before else 0),
        )
    return list(found.values())


def _unread(session: Session, person: str) -> set[str]:
    """Drafts with released feedback of which no reading is noted."""
    return set(
        session.scalars(
            select(Release.draft_id)
            .join(DraftRow, DraftRow.id == Release.draft_id)
            .join(Submission, Submission.id == DraftRow.submission_id)
            .outerjoin(FeedbackReading, FeedbackReading.release_id == Release.id)
            .where(
                Submission.person_id == person,
                Release.retracted_at.is_(None),
                DraftRow.state == "released",
                FeedbackReading.release_id.is_(None),
            )
        )
    )


def _answers(session: Session, person: str) -> list[str]:
    return list(
        session.scalars(select(AskRow.draft_id).where(AskRow.person_id == person, AskRow.answered_at.is_not(None)))
    )
