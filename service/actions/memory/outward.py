"""What is remembered, by the names that the outside has for things: alerts, reach, and questions with their answers.

Only reads, and takes what a caller was already allowed to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.memory.alerts import Alert
from service.actions.memory.clarifying import ChallengeQuestions
from service.actions.memory.decided import Reached, RememberedPoint
from service.domain.memory.consistency import SaidPoint
from service.store import external_ids
from service.store.library import MOST_IDS
from service.store.tables import Challenge, Group, Person, Submission


@dataclass(frozen=True, slots=True)
class DecisionSeen:
    """One of two opposite decisions: external ids of submission, group and person, and who the person is."""

    row: RememberedPoint
    submission: str
    group: str
    by: str | None
    name: str

    @property
    def said(self) -> SaidPoint:
        return self.row.said


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """An alert, both decisions, and who settled it."""

    row: Alert
    first: DecisionSeen
    second: DecisionSeen
    settled_by: str | None


@dataclass(frozen=True, slots=True)
class ReachSeen:
    """A point elsewhere that a decision fits, and the submission and group it is in."""

    row: Reached
    submission: str
    group: str


@dataclass(frozen=True, slots=True)
class QuestionSeen:
    """What is asked about a challenge and what was answered; people by external id."""

    row: ChallengeQuestions
    criteria: dict[str, str]
    people: dict[str, str]


def alerts(session: Session, rows: Sequence[Alert]) -> list[AlertSeen]:
    sides = [side for row in rows for side in (row.first, row.second)]
    settlers = [row.settlement.person_id for row in rows if row.settlement]
    people = _people(session, [*(side.by for side in sides), *settlers])
    submissions = external_ids.of(session, Submission, (side.said.submission for side in sides))
    groups = external_ids.of(session, Group, (side.group for side in sides))

    def seen(side: RememberedPoint) -> DecisionSeen:
        by, name = people.get(side.by or "", (None, ""))
        return DecisionSeen(side, submissions[side.said.submission], groups[side.group], by, name)

    return [AlertSeen(row, seen(row.first), seen(row.second), people.get(_settler(row), (None, ""))[0]) for row in rows]


def _settler(row: Alert) -> str:
    return (row.settlement.person_id if row.settlement else None) or ""


def _people(session: Session, ids: Sequence[str | None]) -> dict[str, tuple[str | None, str]]:
    """External id and name by our own id."""
    wanted = list({id_ for id_ in ids if id_})
    found: dict[str, tuple[str | None, str]] = {}
    for start in range(0, len(wanted), MOST_IDS):
        query = select(Person.id, Person.external_id, Person.name).where(
            Person.id.in_(wanted[start : start + MOST_IDS])
        )
        found |= {id_: (external_id, name) for id_, external_id, name in session.execute(query)}
    return found


def reach(session: Session, rows: Sequence[Reached]) -> list[ReachSeen]:
    submissions = external_ids.of(session, Submission, (row.draft.submission_id for row in rows))
    groups = external_ids.of(session, Group, (row.draft.group_id for row in rows))
    return [ReachSeen(row, submissions[row.draft.submission_id], groups[row.draft.group_id]) for row in rows]


def question(session: Session, challenge: Challenge, row: ChallengeQuestions) -> QuestionSeen:
    criteria = {criterion.key: criterion.text for criterion in challenge.criteria}
    return QuestionSeen(row, criteria, external_ids.of(session, Person, (one.person_id for one in row.answered)))
