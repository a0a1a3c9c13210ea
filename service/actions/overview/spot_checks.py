"""Spot checks: a second facilitator judges a random sample of work whose feedback was approved, and does not know what
the first thought. How far the two agree says how far a single reader's judgement can be relied on.

Drawn is about one draft in `every`, by digits of its random number that its place in the queue does not depend on, so
the sample stays the same however often one looks. One who had a hand in a draft, or opened it, is not asked about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from pipelines.values import Standing
from service.actions.decisions.hold import locked
from service.actions.overview.standings import OVERALL, JudgementsCompared, of_pairs
from service.actions.work.lens import Lens
from service.domain.access.organization_settings import RAREST_SPOT_CHECK, spot_check_every
from service.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from service.domain.overview import statistics
from service.domain.overview.statistics import ReaderAgreement
from service.domain.roles import Actor, require_reviewer
from service.store import visible
from service.store.library import TOLD
from service.store.tables import (
    Approval,
    Challenge,
    Decision,
    DraftRow,
    Opening,
    Organization,
    Person,
    Revision,
    SpotCheck,
    Submission,
)

RECENT = timedelta(days=60)
"""Older approvals are not asked about any more: the course has moved on."""

MOST_DUE = 20


@dataclass(frozen=True, slots=True)
class Due:
    """Work to be judged, without anything that would tell what the first facilitator made of it, or who wrote it."""

    draft: str
    challenge: Challenge
    text: str
    language: str
    words: int


def due(session: Session, actor: Actor, *, now: datetime, limit: int = MOST_DUE) -> list[Due]:
    """What this facilitator is asked to read, the oldest approval first. Raises NotAllowed for a platform."""
    person = _reader(actor)
    rows = session.execute(_drawn(session, actor, now).where(*_unseen_by(person)).limit(limit))
    return [_due(*row) for row in rows]


def work(session: Session, actor: Actor, draft_id: str, *, now: datetime) -> Due:
    """One of them. Raises NotNow where it is not this facilitator's to check, or no longer."""
    return _due(*_one(session, actor, draft_id, now))


def _reader(actor: Actor) -> str:
    if actor.person is None or not actor.reviews:
        raise NotAllowed("Spot checks are made by facilitators.")
    return actor.person


def _one(
    session: Session, actor: Actor, draft_id: str, now: datetime
) -> tuple[DraftRow, Approval, Revision, Challenge]:
    person = _reader(actor)
    row = session.execute(
        _drawn(session, actor, now).where(DraftRow.id == draft_id, *_unseen_by(person)).limit(1)
    ).first()
    if row is None:
        raise NotNow("There is nothing for you to check here: somebody did already, or you know the draft.")
    return row


def _due(draft: DraftRow, approval: Approval, revision: Revision, challenge: Challenge) -> Due:
    return Due(draft.id, challenge, revision.text, revision.language, len(revision.text.split()))


_Drawn = Select[DraftRow, Approval, Revision, Challenge]


def _drawn(session: Session, actor: Actor, now: datetime) -> _Drawn:
    """Drawn, approved, judged and not yet checked, in groups that the actor reviews."""
    later = (
        select(Approval.id).where(Approval.draft_id == DraftRow.id, Approval.undone_at.is_(None)).correlate(DraftRow)
    )
    return (
        select(DraftRow, Approval, Revision, Challenge)
        .join(Approval, Approval.id == later.order_by(Approval.id.desc()).limit(1).scalar_subquery())
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Challenge, Challenge.id == DraftRow.challenge_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(
            DraftRow.organization_id == actor.organization,
            DraftRow.group_id.in_(actor.reviews),
            Submission.person_id != (actor.person or ""),
            *_sampled(every(session, actor.organization), now),
        )
        .order_by(Approval.approved_at, Approval.id)
    )


def _sampled(every: int, now: datetime) -> list[ColumnElement[bool]]:
    checked = select(SpotCheck.id).where(SpotCheck.approval_id == Approval.id).correlate(Approval)
    return [
        DraftRow.state.in_(TOLD),
        ~visible.withdrawn(),
        or_(DraftRow.standing.is_not(None), DraftRow.judgements != {}),
        func.substr(DraftRow.shuffle, 15, 2).in_(_digits(every)),
        Approval.approved_at > now - RECENT,
        ~checked.exists(),
    ]


def every(session: Session, organization: str) -> int:
    """One approved draft in how many is drawn."""
    return spot_check_every(session.get_one(Organization, organization).settings)


def _digits(every: int) -> list[str]:
    return [f"{value:02x}" for value in range(0, RAREST_SPOT_CHECK, every)] if every else []


def _unseen_by(person: str) -> list[ColumnElement[bool]]:
    """Whoever decided anything on a draft, approved it or opened it knows what was made of it."""
    decided = select(Decision.id).where(Decision.draft_id == DraftRow.id, Decision.person_id == person)
    looked = select(Opening.draft_id).where(Opening.draft_id == DraftRow.id, Opening.person_id == person)
    return [
        Approval.facilitator_id != person,
        ~decided.correlate(DraftRow).exists(),
        ~looked.correlate(DraftRow).exists(),
    ]


def check(
    session: Session,
    actor: Actor,
    draft_id: str,
    *,
    standing: Standing | None = None,
    criteria: Mapping[str, Standing] | None = None,
    note: str = "",
    now: datetime,
) -> SpotCheck:
    """Keep the second judgement beside the first, as that is now. What the learner was told does not change.

    Raises NotNow where it is not this facilitator's to check, Invalid for an unknown criterion or nothing judged.
    """
    person = require_reviewer(actor, locked(session, actor, draft_id).group_id)
    draft, approval, _, challenge = _one(session, actor, draft_id, now)
    judged = criteria or {}
    unknown = sorted(set(judged) - {criterion.key for criterion in challenge.criteria})
    if unknown:
        raise Invalid(f"This challenge has no criterion '{unknown[0]}'.")
    if standing is None and not judged:
        raise Invalid("Say how the work stands, on the whole or on a criterion. 'Cannot tell' is an answer too.")
    row = SpotCheck(
        organization_id=draft.organization_id,
        draft_id=draft.id,
        approval_id=approval.id,
        first_id=approval.facilitator_id,
        first_standing=draft.standing,
        first_judgements=dict(draft.judgements),
        second_id=person,
        second_standing=standing,
        second_judgements={key: value.value for key, value in judged.items()},
        note=note,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


@dataclass(frozen=True, slots=True)
class MadeSpotCheck:
    """A check that the actor has made, with what it was about."""

    row: SpotCheck
    challenge: Challenge
    first: str  # name of the first facilitator; empty where that is no longer known


def made(session: Session, actor: Actor, draft_id: str) -> MadeSpotCheck:
    """The actor's own check of a draft, the latest. Raises NotFound."""
    row = session.execute(
        select(SpotCheck, Challenge, Person.name)
        .join(DraftRow, DraftRow.id == SpotCheck.draft_id)
        .join(Challenge, Challenge.id == DraftRow.challenge_id)
        .outerjoin(Person, Person.id == SpotCheck.first_id)
        .where(
            SpotCheck.organization_id == actor.organization,
            SpotCheck.draft_id == draft_id,
            SpotCheck.second_id == _reader(actor),
        )
        .order_by(SpotCheck.at.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound
    check, challenge, name = row
    return MadeSpotCheck(check, challenge, name or "")


@dataclass(frozen=True, slots=True)
class SpotAgreement:
    """How far two readers who knew nothing of each other agree: on each criterion, and on all of them taken together.

    In `compared` the first reader stands where the draft does otherwise. `due` are drawn and wait for a second reader.
    """

    every: int
    checked: int
    due: int
    compared: tuple[JudgementsCompared, ...]
    together: ReaderAgreement


def agreement(session: Session, lens: Lens, *, now: datetime) -> SpotAgreement:
    """On one challenge, in four statements."""
    rows = session.scalars(
        select(SpotCheck)
        .join(DraftRow, DraftRow.id == SpotCheck.draft_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(*lens.here, ~visible.withdrawn())
        .order_by(SpotCheck.at)
    ).all()
    rate = every(session, lens.challenge.organization_id)
    drawn = session.scalar(
        select(func.count(DraftRow.id.distinct()))
        .join(Approval, and_(Approval.draft_id == DraftRow.id, Approval.undone_at.is_(None)))
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(*lens.here, *_sampled(rate, now))
    )
    return _agreement(rate, rows, drawn or 0, lens.criteria)


def _agreement(every: int, rows: Sequence[SpotCheck], due: int, criteria: Mapping[str, str]) -> SpotAgreement:
    compared = tuple(of_pairs(key, text, _pairs(rows, key)) for key, text in {OVERALL: "", **criteria}.items())
    pairs = [
        (first.value, second.value)
        for one in compared
        if one.criterion != OVERALL
        for (first, second), count in one.table.items()
        for _ in range(count)
    ]
    return SpotAgreement(every, len(rows), due, compared, statistics.agreement(pairs))


def _pairs(rows: Sequence[SpotCheck], key: str) -> list[tuple[Standing, Standing]]:
    """What the two said, where both said something."""
    if key == OVERALL:
        both = [(row.first_standing, row.second_standing) for row in rows]
        return [(first, second) for first, second in both if first is not None and second is not None]
    said = [(row.first_judgements.get(key), row.second_judgements.get(key)) for row in rows]
    return [(Standing(first), Standing(second)) for first, second in said if first and second]
