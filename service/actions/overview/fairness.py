"""What became of drafts and introductions by group and by language, for those who coordinate these groups.

Each group is counted by itself, without those below it. Four statements, whatever their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipelines.texts.language import language_code
from pipelines.values import Band
from service.actions.introductions.common import over
from service.domain.introductions import TOGETHER
from service.domain.overview.fairness import FairnessCase, FairnessMeasure, FairnessTable, tables
from service.domain.roles import Actor, Role, leads, require_coordinator
from service.store import visible
from service.store.tables import (
    Challenge,
    DraftRow,
    Group,
    Introduction,
    Organization,
    Person,
    PointRow,
    PointState,
    Revision,
    RoleGrant,
    Submission,
)

_OF_POINTS = {
    FairnessMeasure.KEPT: PointState.ACCEPTED,
    FairnessMeasure.EDITED: PointState.EDITED,
    FairnessMeasure.DISMISSED: PointState.DISMISSED,
}
_OF_DRAFTS = {FairnessMeasure.SURE: Band.HIGH, FairnessMeasure.UNSURE: Band.LOW}


@dataclass(frozen=True, slots=True)
class Fairness:
    """Every measure between groups and between languages. `groups`: external id and name, by our own id."""

    tables: tuple[FairnessTable, ...]
    groups: Mapping[str, tuple[str, str]]

    @property
    def parting(self) -> bool:
        return any(table.parting for table in self.tables)


def fairness(session: Session, actor: Actor, *, now: datetime) -> Fairness:
    """Of the groups that the actor coordinates, or of all. Raises NotAllowed for whoever coordinates none."""
    require_coordinator(actor)
    groups = None if leads(actor) else actor.coordinates
    cases = [*_drafts(session, actor, groups), *_points(session, actor, groups)]
    cases += _introductions(session, actor, groups, now=now)
    named = select(Group.id, Group.external_id, Group.name).where(Group.organization_id == actor.organization)
    names = {id_: (external, name) for id_, external, name in session.execute(named)}
    return Fairness(tuple(tables(cases)), names)


def _here(actor: Actor, groups: frozenset[str] | None) -> list[ColumnElement[bool]]:
    of = [Submission.organization_id == actor.organization, ~visible.withdrawn()]
    return of if groups is None else [*of, Submission.group_id.in_(groups)]


def _language(*of: Any) -> Any:
    """The first that is told: of the work, of its challenge, of the organization."""
    return func.coalesce(*(func.nullif(one, "") for one in of), "").label("language")


def _drafts(session: Session, actor: Actor, groups: frozenset[str] | None) -> Iterator[FairnessCase]:
    rows = session.execute(
        _work(DraftRow.band)
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .where(*_here(actor, groups), DraftRow.band.is_not(None))
    )
    for row in rows:
        for measure, band in _OF_DRAFTS.items():
            yield _case(measure, row, yes=row.band is band)


def _points(session: Session, actor: Actor, groups: frozenset[str] | None) -> Iterator[FairnessCase]:
    rows = session.execute(
        _work(PointRow.state)
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .join(PointRow, PointRow.draft_id == DraftRow.id)
        .where(
            *_here(actor, groups),
            PointRow.state.in_(_OF_POINTS.values()),
            PointRow.decided_at.is_not(None),
            PointRow.drafted != "",
        )
    )
    for row in rows:
        for measure, state in _OF_POINTS.items():
            yield _case(measure, row, yes=row.state is state)


def _work(*columns: Any) -> Any:
    return (
        select(
            Submission.person_id,
            Submission.group_id,
            _language(Revision.language, Challenge.language, Organization.language),
            *columns,
        )
        .select_from(Submission)
        .join(Revision, Revision.submission_id == Submission.id)
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .join(Organization, Organization.id == Submission.organization_id)
    )


def _case(measure: FairnessMeasure, row: Any, *, yes: bool) -> FairnessCase:
    return FairnessCase(measure, row.person_id, row.group_id, language_code(row.language), yes)


def _introductions(
    session: Session, actor: Actor, groups: frozenset[str] | None, *, now: datetime
) -> Iterator[FairnessCase]:
    """Of learners, by the language that they are spoken to in. Who was asked counts once it is over: before that, one's
    answer is nobody else's to know."""
    learners = (
        select(RoleGrant.person_id, RoleGrant.group_id, _language(Person.language, Organization.language))
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Organization, Organization.id == RoleGrant.organization_id)
        .where(RoleGrant.organization_id == actor.organization, RoleGrant.role == Role.LEARNER)
        .order_by(RoleGrant.person_id, RoleGrant.group_id)
    )
    rows = session.execute(learners if groups is None else learners.where(RoleGrant.group_id.in_(groups))).all()
    proposed, ended = _of_people(session, actor, now)
    for row in rows:
        yield _case(FairnessMeasure.PROPOSED, row, yes=row.person_id in proposed)
        for introduced in ended.get(row.person_id, ()):
            yield _case(FairnessMeasure.ACCEPTED, row, yes=introduced)


def _of_people(session: Session, actor: Actor, now: datetime) -> tuple[set[str], dict[str, list[bool]]]:
    """Who was thought of for an introduction, and for each who was asked, whether it came to one."""
    proposed: set[str] = set()
    ended: dict[str, list[bool]] = {}
    for row in session.scalars(select(Introduction).where(Introduction.organization_id == actor.organization)):
        both = (row.first_id, row.second_id)
        proposed.update(both)
        if row.asked_at is not None and (row.state in TOGETHER or over(row, now)):
            for person in both:
                ended.setdefault(person, []).append(row.state in TOGETHER)
    return proposed, ended
