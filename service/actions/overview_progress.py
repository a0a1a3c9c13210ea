"""How far everybody is with a challenge: has handed in, was answered. Counts people; changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.overview_lens import Lens, Piece
from service.domain.review import State
from service.domain.roles import Role
from service.store.tables import Group, Person, RoleGrant


class Stage(StrEnum):
    """How far one person is."""

    NOT_SUBMITTED = "not_submitted"
    WAITING = "waiting"  # handed in, and a facilitator has not answered yet
    DECLINED = "declined"  # a facilitator decided to give no feedback
    ANSWERED = "answered"


OF_INTEREST = (Stage.WAITING, Stage.NOT_SUBMITTED, Stage.DECLINED, Stage.ANSWERED)
"""The order in which a facilitator wants to read it: who waits for me, whom should I remind, and then the rest."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody whom the challenge is set to, or who has handed in. Ids of the outside, but for `draft`."""

    person: str
    name: str
    group: str
    group_name: str
    stage: Stage
    submission: str = ""
    draft: str = ""
    since: datetime | None = None  # of what the stage says; None where nothing has happened


@dataclass(frozen=True, slots=True)
class Progress:
    """Everybody, those whom a facilitator should look at first in front."""

    learners: tuple[Learner, ...]

    @property
    def counts(self) -> dict[Stage, int]:
        """How many are at each stage; every stage is there."""
        found = dict.fromkeys(OF_INTEREST, 0)
        for one in self.learners:
            found[one.stage] += 1
        return found

    @property
    def submitted(self) -> int:
        return len(self.learners) - self.counts[Stage.NOT_SUBMITTED]


def progress(session: Session, lens: Lens, pieces: Sequence[Piece]) -> Progress:
    """How far each person is, in three statements."""
    places = _places(session, lens)
    by_person: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_person.setdefault(piece.person, []).append(piece)
    for person, own in by_person.items():
        places[person] = own[-1].group  # where it is reviewed
    people = _named(session, Person, places)
    groups = _named(session, Group, places.values())
    learners = [_learner(people[person], groups[place], by_person.get(person, [])) for person, place in places.items()]
    return Progress(
        tuple(sorted(learners, key=lambda one: (OF_INTEREST.index(one.stage), one.name.casefold(), one.person)))
    )


def _places(session: Session, lens: Lens) -> dict[str, str]:
    """Learners whom the challenge is set to, each with one of the groups it is set to."""
    query = (
        select(RoleGrant.person_id, RoleGrant.group_id)
        .where(RoleGrant.organization_id == lens.challenge.organization_id, RoleGrant.role == Role.LEARNER)
        .order_by(RoleGrant.group_id.desc())
    )
    if lens.set_to is not None:
        query = query.where(RoleGrant.group_id.in_(lens.set_to))
    return dict(session.execute(query).all())


def _named(session: Session, kind: type[Person] | type[Group], ids: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """External id and name by our own id."""
    wanted = sorted(set(ids))
    found: dict[str, tuple[str, str]] = {}
    for at in range(0, len(wanted), MOST_IDS):
        rows = session.execute(
            select(kind.id, kind.external_id, kind.name).where(kind.id.in_(wanted[at : at + MOST_IDS]))
        )
        found |= {id_: (external, name) for id_, external, name in rows}
    return found


MOST_IDS = 20_000
"""Ids in one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535."""


def _learner(person: tuple[str, str], group: tuple[str, str], own: Sequence[Piece]) -> Learner:
    if not own:
        return Learner(*person, *group, Stage.NOT_SUBMITTED)
    latest = own[-1]
    told = [piece for piece in own if piece.stands]
    if told:
        return Learner(*person, *group, Stage.ANSWERED, latest.external_id, told[-1].draft, told[-1].released_at)
    stage = Stage.DECLINED if latest.state is State.DECLINED else Stage.WAITING
    return Learner(*person, *group, stage, latest.external_id, latest.draft, latest.submitted_at)
