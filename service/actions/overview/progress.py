"""How far everybody is with a challenge: has handed in, was answered. Counts people; changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actions.work.lens import Lens, RevisionInLens
from service.domain.drafts import DraftState
from service.domain.following.reminders import ReminderKind
from service.domain.roles import Role
from service.store import archived
from service.store.names import told_apart
from service.store.tables import CommitmentRow, Group, Person, Reminder, RoleGrant, Submission


class LearnerStage(StrEnum):
    """How far one person is with the latest text handed in."""

    NOT_SUBMITTED = "not_submitted"
    WAITING = "waiting"  # handed in, and a facilitator has not answered yet
    DECLINED = "declined"  # a facilitator decided to give no feedback
    ANSWERED = "answered"  # and nobody has seen yet that it was read
    READ = "read"
    ACTED = "acted"  # a later revision followed on feedback, or the learner committed to a next step


OF_INTEREST = (
    LearnerStage.WAITING,
    LearnerStage.NOT_SUBMITTED,
    LearnerStage.ANSWERED,
    LearnerStage.READ,
    LearnerStage.DECLINED,
    LearnerStage.ACTED,
)
"""The order in which a facilitator wants to read it: who waits for me, whom should I remind, and then the rest."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody whom the challenge is set to, or who has handed in. Ids of the outside, but for `draft`.

    What once was reached stays so: one who waits for an answer to a second revision was `answered` on the first.
    """

    person: str
    name: str
    group: str
    group_name: str
    stage: LearnerStage
    submission: str = ""
    draft: str = ""
    since: datetime | None = None  # of what the stage says; None where nothing has happened
    answered: bool = False
    read: bool = False
    acted: bool = False
    reminded: tuple[tuple[ReminderKind, datetime], ...] = ()  # of what, and when last


@dataclass(frozen=True, slots=True)
class ChallengeProgress:
    """Everybody, those whom a facilitator should look at first in front."""

    learners: tuple[Learner, ...]

    @property
    def counts(self) -> dict[LearnerStage, int]:
        """How many are at each stage; every stage is there."""
        found = dict.fromkeys(OF_INTEREST, 0)
        for one in self.learners:
            found[one.stage] += 1
        return found

    @property
    def submitted(self) -> int:
        return sum(one.stage is not LearnerStage.NOT_SUBMITTED for one in self.learners)

    @property
    def answered(self) -> int:
        return sum(one.answered for one in self.learners)

    @property
    def read(self) -> int:
        return sum(one.read for one in self.learners)

    @property
    def acted(self) -> int:
        return sum(one.acted for one in self.learners)


def progress(session: Session, lens: Lens, pieces: Sequence[RevisionInLens]) -> ChallengeProgress:
    """How far each person is, in five statements."""
    places = _places(session, lens)
    by_person: dict[str, list[RevisionInLens]] = {}
    for piece in pieces:
        by_person.setdefault(piece.person, []).append(piece)
    for person, own in by_person.items():
        places[person] = own[-1].group  # where it is reviewed
    people = _named(session, Person, places)
    groups = _named(session, Group, places.values())
    committed = _committed(session, lens)
    reminded = _reminded(session, lens)
    learners = [
        replace(
            _learner(people[person], groups[place], by_person.get(person, []), committed),
            reminded=tuple(reminded.get(person, ())),
        )
        for person, place in places.items()
    ]
    return ChallengeProgress(
        tuple(sorted(learners, key=lambda one: (OF_INTEREST.index(one.stage), one.name.casefold(), one.person)))
    )


def _places(session: Session, lens: Lens) -> dict[str, str]:
    """Learners whom the challenge is set to, each with one of the groups it is set to: one that is not archived, where
    there is one."""
    query = (
        select(RoleGrant.person_id, RoleGrant.group_id)
        .where(RoleGrant.organization_id == lens.challenge.organization_id, RoleGrant.role == Role.LEARNER)
        .order_by(RoleGrant.group_id.not_in(archived.groups()), RoleGrant.group_id.desc())  # the last one counts
    )
    if lens.set_to is not None:
        query = query.where(RoleGrant.group_id.in_(lens.set_to))
    return dict(session.execute(query).all())


def _named(session: Session, kind: type[Person] | type[Group], ids: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """External id and name by our own id."""
    wanted = sorted(set(ids))
    found: dict[str, tuple[str, str]] = {}
    for at in range(0, len(wanted), MOST_IDS):
        name: Any = told_apart() if kind is Person else kind.name
        rows = session.execute(select(kind.id, kind.external_id, name).where(kind.id.in_(wanted[at : at + MOST_IDS])))
        found |= {id_: (external, name) for id_, external, name in rows}
    return found


MOST_IDS = 20_000
"""Ids in one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535."""


def _committed(session: Session, lens: Lens) -> Mapping[str, datetime]:
    """When the author of each submission first committed to a next step."""
    rows = session.execute(
        select(Submission.id, func.min(CommitmentRow.made_at))
        .join(CommitmentRow, CommitmentRow.submission_id == Submission.id)
        .where(*lens.here)
        .group_by(Submission.id)
    )
    return dict(rows.all())


def _reminded(session: Session, lens: Lens) -> Mapping[str, list[tuple[ReminderKind, datetime]]]:
    """When each person was last reminded of what on this challenge, by whomever."""
    last = func.max(Reminder.sent_at)
    rows = session.execute(
        select(Reminder.person_id, Reminder.kind, last)
        .where(Reminder.challenge_id == lens.challenge.id)
        .group_by(Reminder.person_id, Reminder.kind)
        .order_by(last.desc())
    )
    found: dict[str, list[tuple[ReminderKind, datetime]]] = {}
    for person, kind, at in rows:
        found.setdefault(person, []).append((kind, at))
    return found


def _learner(
    person: tuple[str, str], group: tuple[str, str], own: Sequence[RevisionInLens], committed: Mapping[str, datetime]
) -> Learner:
    if not own:
        return Learner(*person, *group, LearnerStage.NOT_SUBMITTED)
    latest = [piece for piece in own if piece.latest][-1]
    told = [piece for piece in own if piece.stands]
    read = [piece.read_at for piece in told if piece.read_at is not None]
    acted = _acted(own, committed)
    stage, since = _stage(latest, read, acted)
    reached = (bool(told), bool(read), acted is not None)
    return Learner(*person, *group, stage, latest.external_id, latest.draft, since, *reached)


def _stage(
    latest: RevisionInLens, read: Sequence[datetime], acted: datetime | None
) -> tuple[LearnerStage, datetime | None]:
    if not latest.stands:
        return (
            LearnerStage.DECLINED if latest.state is DraftState.DECLINED else LearnerStage.WAITING,
            latest.submitted_at,
        )
    if acted is not None:
        return LearnerStage.ACTED, acted
    return (LearnerStage.READ, read[-1]) if read else (LearnerStage.ANSWERED, latest.released_at)


def _acted(own: Sequence[RevisionInLens], committed: Mapping[str, datetime]) -> datetime | None:
    """When a person first handed in again after feedback, or committed to a next step."""
    told = min((piece.released_at for piece in own if piece.released_at is not None), default=None)
    moments = [committed[piece.submission] for piece in own if piece.submission in committed]
    if told is not None:
        moments += [piece.submitted_at for piece in own if piece.number > 1 and piece.submitted_at > told]
    return min(moments, default=None)
