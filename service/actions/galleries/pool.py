"""What a gallery can be chosen from: works that its learner may be shown now, and the comparison of some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.approaches import ApproachPlace, ApproachWork
from pipelines.comparing import Comparison, compare
from pipelines.texts.masking import HiddenPlace, as_shown, as_written, masked
from pipelines.values import AI, Criterion, PointKind, Standing
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
from service.domain.galleries import sharing
from service.store import holding, visible
from service.store.tables import (
    Challenge,
    Consent,
    CriterionReadingRow,
    DraftRow,
    Gallery,
    Organization,
    Person,
    PointRow,
    PointState,
    Revision,
    Submission,
)
from service.store.tree import Tree

MOST_LOOKED_AT: Final = 400
"""Works that are compared, the most recent: on one challenge of one organization more add nothing that is nearer."""

MOST_QUOTED: Final = 240
"""Quotations by which a machine knows what speaks of a criterion, the latest."""


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
    pointed = _pointed(session, revisions)
    hidden = {one.id: () if one.id == own else unnamed.hidden(one.text, one.name, one.language) for one in rows}
    return ComparedWorks({one.id: _work(one, hidden[one.id], pointed.get(one.id, _NOTHING)) for one in rows}, hidden)


@dataclass(frozen=True, slots=True)
class _Pointed:
    """Where persons pointed, in a text as it was written, by criterion; and on which criteria they asked for more."""

    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    lacking: set[str] = field(default_factory=set)


_NOTHING: Final = _Pointed()


def _pointed(session: Session, revisions: Sequence[str]) -> dict[str, _Pointed]:
    """By approved points, and by readings, which win."""
    found: dict[str, _Pointed] = {}
    points = session.execute(
        select(DraftRow.revision_id, PointRow.criterion, PointRow.start, PointRow.end, PointRow.kind)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .where(DraftRow.revision_id.in_(revisions), *_KEPT)
        .order_by(PointRow.position.desc())
    )
    for revision, criterion, start, end, kind in points:
        one = found.setdefault(revision, _Pointed())
        one.places[criterion] = (start, end)
        if kind is PointKind.NEXT_STEP:
            one.lacking.add(criterion)
    readings = session.execute(
        select(DraftRow.revision_id, CriterionReadingRow.criterion, CriterionReadingRow.start, CriterionReadingRow.end)
        .join(DraftRow, DraftRow.id == CriterionReadingRow.draft_id)
        .where(DraftRow.revision_id.in_(revisions), CriterionReadingRow.start.is_not(None))
    )
    for revision, criterion, start, end in readings:
        found.setdefault(revision, _Pointed()).places[criterion] = (start, end)
    return found


_KEPT: Final = (
    visible.decided(),
    PointRow.state != PointState.DISMISSED,
    PointRow.quote != "",
    PointRow.criterion != "",
)


def quoted_on(session: Session, challenge: str) -> dict[str, tuple[str, ...]]:
    """What approved points on a challenge (our id) quote, by criterion: it tells a machine what speaks of one, and is
    shown to nobody."""
    rows = session.execute(
        select(PointRow.criterion, PointRow.quote)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(DraftRow.challenge_id == challenge, visible.machines_may(), *_KEPT)
        .order_by(PointRow.id.desc())
        .limit(MOST_QUOTED)
    ).all()
    return {key: tuple(quote for one, quote in rows if one == key) for key in dict.fromkeys(one for one, _ in rows)}


def criteria_of(challenge: Challenge) -> tuple[Criterion, ...]:
    """As a comparison reads them."""
    return tuple(Criterion(one.key, one.text, one.question) for one in challenge.criteria)


def _work(row: Any, hidden: Sequence[HiddenPlace], pointed: _Pointed) -> ApproachWork:
    assessment, judged = row.assessment or {}, row.judgements or {}
    lacking = dict.fromkeys(pointed.lacking - judged.keys(), Standing.PARTLY)
    return ApproachWork(
        row.id,
        masked(row.text, hidden),
        row.person_id,
        row.standing or _overall(assessment),
        row.score if row.score is not None else assessment.get("score"),
        {**_criteria(judged, assessment), **lacking},
        {key: as_shown(span, hidden) for key, span in pointed.places.items()},
        by_person=row.standing is not None,
        judged=frozenset(judged),
        sure=dict.fromkeys(pointed.places, 1.0),
    )


def _overall(assessment: Mapping[str, Any]) -> Standing | None:
    found = assessment.get("overall")
    return None if not found or assessment.get("abstained") else Standing(found["standing"])


def _criteria(judged: Mapping[str, str], assessment: Mapping[str, Any]) -> dict[str, Standing]:
    read = {one["criterion"]: one["standing"] for one in assessment.get("criteria", ())}
    return {key: Standing(standing) for key, standing in {**read, **judged}.items()}


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
    if holding.which_machines(session, own) in (None, AI.NONE):
        return None
    read = as_works(session, row.organization_id, [own.id, *revisions], own=own.id)
    criteria = criteria_of(session.get_one(Challenge, row.challenge_id))
    chosen = [read.works[id_] for id_ in revisions]
    found = compare(read.works[own.id], chosen, criteria, language_of(session, row, own))
    return found and Comparison(found.text, tuple(_written(place, read.hidden) for place in found.places))


def _written(place: ApproachPlace, hidden: Mapping[str, tuple[HiddenPlace, ...]]) -> ApproachPlace:
    start, end = as_written((place.start, place.end), hidden[place.work])
    return replace(place, start=start, end=end)
