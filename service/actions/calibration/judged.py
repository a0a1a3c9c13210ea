"""What people judged of a challenge's work. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from service.domain.calibration import CAN_BE_JUDGED, is_judged
from service.domain.drafts import DraftState
from service.store import visible
from service.store.tables import CalibrationPiece, Challenge, Consent, DraftRow, Revision, Submission


@dataclass(frozen=True, slots=True)
class JudgedWork:
    """The judged work of a challenge: ids of the drafts of pieces that count as judged, one of each submission; ids of
    these submissions; and how many works were judged on each criterion, in their latest texts."""

    pieces: frozenset[str]
    submissions: frozenset[str]
    on: Mapping[str, int]


def of_challenge(session: Session, challenge: Challenge) -> JudgedWork:
    """As far as machines may learn from it. Who hands in again takes nothing back: an earlier text that was judged
    counts, unless a later one was judged, too."""
    rows = session.execute(
        select(DraftRow.id, DraftRow.submission_id, DraftRow.judgements, DraftRow.state, visible.latest().label("last"))
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(DraftRow.challenge_id == challenge.id, visible.machines_may(), visible.judged())
        .order_by(Revision.number)
    ).all()
    keys = [one.key for one in challenge.criteria]
    counts = Counter(key for row in rows if row.last for key in row.judgements if key in keys)
    of = {row.submission_id: row.id for row in rows if is_judged(row.judgements, keys, DraftState(row.state))}
    return JudgedWork(frozenset(of.values()), frozenset(of), {key: counts[key] for key in keys})


def still_to_judge(session: Session, challenge: Challenge, done: JudgedWork) -> frozenset[str]:
    """Ids of the drafts of chosen pieces that are not judged, can be, and then count."""
    rows = session.scalars(
        select(CalibrationPiece.draft_id)
        .join(DraftRow, DraftRow.id == CalibrationPiece.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(CalibrationPiece.challenge_id == challenge.id, may_count(done), DraftRow.state.in_(CAN_BE_JUDGED))
    )
    return frozenset(rows)


def may_count(done: JudgedWork) -> ColumnElement[bool]:
    """That machines may learn from a text, once it is judged, and that nothing of its submission is judged yet."""
    return and_(visible.latest(), visible.machines_may(), Submission.id.not_in(done.submissions))
