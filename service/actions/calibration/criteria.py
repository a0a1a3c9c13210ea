"""The look at a challenge's criteria, on its way through the machine. What was seen is kept as codes without words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pipelines.looked_at import FEWEST_WORKS, MOST_WORKS, CriteriaRemark
from pipelines.values import ChallengeAsItStands
from service.actions.calibration import choosing
from service.actions.challenges import calibrating
from service.actions.challenges.as_it_stands import as_it_stands
from service.store import visible
from service.store.tables import Calibration, Challenge, Consent, CriterionRow, Organization, Revision, Submission

AT_ONCE = 200
"""Challenges that are looked at again with one turn of the clock."""


@dataclass(frozen=True, slots=True)
class CriteriaToLookAt:
    """A challenge, and the first works on it that machines may read."""

    challenge: ChallengeAsItStands
    works: tuple[str, ...]


def begin(session: Session, challenge_id: str) -> CriteriaToLookAt | None:
    """What to look at; None where there is no such challenge any more."""
    challenge = session.get(Challenge, challenge_id)
    if challenge is None:
        return None
    language = challenge.language or session.get_one(Organization, challenge.organization_id).language
    works = (
        select(Revision.text)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(Submission.challenge_id == challenge_id, visible.latest(), visible.machines_may())
        .order_by(Revision.submitted_at, Revision.id)
        .limit(MOST_WORKS)
    )
    return CriteriaToLookAt(as_it_stands(challenge, language), tuple(session.scalars(works)))


def keep(session: Session, looked: CriteriaToLookAt, remarks: Sequence[CriteriaRemark], *, now: datetime) -> None:
    """Store what was seen; what was seen in an earlier version of the challenge than is stored is left."""
    challenge = session.get(Challenge, looked.challenge.id)
    if challenge is None:
        return
    there = choosing.held(session, challenge)
    if there.looked_version > looked.challenge.version:
        return
    there.remarks = [{"code": one.code.value, "criteria": list(one.criteria)} for one in remarks]
    there.looked_version, there.looked_works, there.looked_at = looked.challenge.version, len(looked.works), now


def sweep(session: Session, organization: str, *, now: datetime) -> int:
    """Look again where words have changed since it was looked, or the first works are there now."""
    works = (
        select(Submission.challenge_id, func.count().label("count"))
        .where(Submission.organization_id == organization, ~visible.withdrawn())
        .group_by(Submission.challenge_id)
        .subquery()
    )
    count = func.coalesce(works.c.count, 0)
    more = (count >= FEWEST_WORKS) & (Calibration.looked_works < MOST_WORKS) & (count >= 2 * Calibration.looked_works)
    behind = or_(Calibration.looked_version < Challenge.version, more)
    rows = (
        select(Challenge)
        .outerjoin(works, works.c.challenge_id == Challenge.id)
        .join(Calibration, Calibration.challenge_id == Challenge.id)
        .where(Challenge.organization_id == organization, behind)
        .where(Challenge.id.in_(select(CriterionRow.challenge_id)))
        .order_by(Challenge.id.desc())
        .limit(AT_ONCE)
    )
    there = session.scalars(rows).all()
    for challenge in there:
        calibrating.look_at_criteria(session, challenge, now=now)
    return len(there)
