"""What people judged of a challenge's work. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.calibration import is_judged
from service.domain.drafts import DraftState
from service.store import visible
from service.store.tables import Challenge, Consent, DraftRow, Revision, Submission


@dataclass(frozen=True, slots=True)
class JudgedWork:
    """The judged work of a challenge: ids of the drafts of pieces that count as judged, and how many works were judged
    on each criterion."""

    pieces: frozenset[str]
    on: Mapping[str, int]


def of_challenge(session: Session, challenge: Challenge) -> JudgedWork:
    """Of the latest texts, as far as machines may learn from them."""
    rows = session.execute(
        select(DraftRow.id, DraftRow.judgements, DraftRow.state)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(DraftRow.challenge_id == challenge.id, visible.latest(), visible.machines_may(), visible.judged())
    ).all()
    keys = [one.key for one in challenge.criteria]
    counts = Counter(key for row in rows for key in row.judgements if key in keys)
    judged = frozenset(row.id for row in rows if is_judged(row.judgements, keys, DraftState(row.state)))
    return JudgedWork(judged, {key: counts[key] for key in keys})
