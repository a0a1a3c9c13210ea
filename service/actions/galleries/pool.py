"""What a gallery can be chosen from: works that its learner may be shown now, and the comparison of some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.approaches import ApproachPlace, ApproachWork
from pipelines.comparing import Comparison, compare
from pipelines.texts.masking import HiddenPlace, as_shown, as_written, masked
from pipelines.values import Standing
from service.actions.challenges.as_it_stands import criteria_of
from service.actions.visibility.in_galleries import (
    columns,
    counted,
    facts_of,
    is_attempt,
    policies,
    policy_for,
    reader_of,
    rules,
    stands_in,
)
from service.actions.visibility.unnamed import Unnamed
from service.domain import assessed
from service.domain.galleries import sharing
from service.domain.visibility import no_machine
from service.store import holding, judged_places, visible
from service.store.judged_places import PointedAt
from service.store.tables import (
    Challenge,
    DraftRow,
    Gallery,
    Organization,
    Person,
    Revision,
    Submission,
)
from service.store.tree import Tree

MOST_LOOKED_AT: Final = 400
"""Works that are compared, the most recent: on one challenge of one organization more add nothing that is nearer."""


def candidates(session: Session, row: Gallery, challenge: Challenge, *, now: datetime) -> list[str]:
    """Others' latest revisions that this learner may be shown now, the most recent first; ids."""
    tree = Tree(session, row.organization_id)
    policy = rules(policy_for(policies(session, [challenge.id]), tree, challenge.id, row.group_id))
    submission = session.get_one(Submission, row.submission_id)
    own = session.get_one(Revision, row.revision_id).text
    attempted = submission.withdrawn_at is None and is_attempt(own)
    reader = reader_of(row.person_id, attempted, challenge.sharing_peers, challenge.sharing_reach)
    rows = session.execute(
        columns()
        .where(
            Submission.organization_id == row.organization_id,
            Submission.challenge_id == challenge.id,
            visible.latest(),
        )
        .order_by(Revision.submitted_at.desc(), Revision.id)
    ).all()
    group = stands_in(session, tree, [row])[row.id]
    counts = counted(session, {(challenge.id, one.person_id) for one in rows}) if policy.most_per_author else {}
    found = [
        one.id
        for one in rows
        if sharing(
            facts_of(one, tree, group, counts.get((challenge.id, one.person_id), 0) + 1), reader, policy, now
        ).hindrance
        is None
    ]
    return found[:MOST_LOOKED_AT]


@dataclass(frozen=True, slots=True)
class ComparedWorks:
    """Revisions as the machine compares them, by id, and what is put out of sight in each."""

    works: Mapping[str, ApproachWork]
    hidden: Mapping[str, tuple[HiddenPlace, ...]]


def as_works(session: Session, organization: str, revisions: Sequence[str], *, own: str = "") -> ComparedWorks:
    """With what a facilitator judged and pointed at, or else what the assessment read. Whatever its author allows, no
    machine is given names to quote; the reader's `own` revision is left as it is."""
    unnamed = Unnamed(session, organization)
    rows = session.execute(
        select(
            Revision.id,
            Revision.text,
            Revision.language,
            Submission.person_id,
            Person.name,
            DraftRow.standing,
            DraftRow.score,
            DraftRow.judgements,
            DraftRow.assessment,
        )
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .outerjoin(DraftRow, DraftRow.revision_id == Revision.id)
        .where(Revision.id.in_(revisions))
    ).all()
    where = judged_places.at(session, revisions)
    hidden = {one.id: () if one.id == own else unnamed.hidden(one.text, one.name, one.language) for one in rows}
    return ComparedWorks(
        {one.id: _work(one, hidden[one.id], where.get(one.id, judged_places.NOWHERE)) for one in rows}, hidden
    )


def _work(row: Any, hidden: Sequence[HiddenPlace], where: PointedAt) -> ApproachWork:
    assessment, judged = row.assessment or {}, row.judgements or {}
    lacking = dict.fromkeys(where.lacking - judged.keys(), Standing.PARTLY)
    return ApproachWork(
        row.id,
        masked(row.text, hidden),
        row.person_id,
        row.standing or _overall(assessment),
        row.score if row.score is not None else assessment.get("score"),
        {**_criteria(judged, assessment), **lacking},
        {key: as_shown(span, hidden) for key, span in where.places.items()},
        by_person=row.standing is not None,
        judged=frozenset(judged),
        sure=dict.fromkeys(where.places, 1.0),
    )


def _overall(assessment: Mapping[str, Any]) -> Standing | None:
    said = assessed.overall_of(assessment)
    return None if said is Standing.CANNOT_TELL else said


def _criteria(judged: Mapping[str, str], assessment: Mapping[str, Any]) -> dict[str, Standing]:
    return assessed.criteria_of(assessment) | {key: Standing(standing) for key, standing in judged.items()}


def language_of(session: Session, row: Gallery, own: Revision) -> str:
    """The language in which its learner is spoken to."""
    challenge, organization = (
        session.get_one(Challenge, row.challenge_id),
        session.get_one(Organization, row.organization_id),
    )
    return own.language or challenge.language or organization.language


def compared(session: Session, row: Gallery, revisions: Sequence[str]) -> Comparison | None:
    """What to compare in these works, drafted anew; None where there is nothing, or no machine may read the own."""
    own = session.get_one(Revision, row.revision_id)
    may = holding.which_machines(session, own)
    if may is None or no_machine(may):
        return None
    read = as_works(session, row.organization_id, [own.id, *revisions], own=own.id)
    criteria = criteria_of(session.get_one(Challenge, row.challenge_id))
    chosen = [read.works[id_] for id_ in revisions]
    found = compare(read.works[own.id], chosen, criteria, language_of(session, row, own))
    return found and Comparison(found.text, tuple(_written(place, read.hidden) for place in found.places))


def _written(place: ApproachPlace, hidden: Mapping[str, tuple[HiddenPlace, ...]]) -> ApproachPlace:
    start, end = as_written((place.start, place.end), hidden[place.work])
    return replace(place, start=start, end=end)
