"""How far a challenge's calibration is, as whoever reviews sees it. Only reads, and shows nobody's words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.looked_at import CalibrationReason, CriteriaRemark, CriteriaRemarkCode
from service.actions.calibration import choosing, judged, remarks
from service.actions.calibration.remarks import CriteriaRemarkSaid
from service.actions.challenges import calibrating
from service.actions.drafts.read import not_own
from service.actions.work.lens import Lens
from service.actions.work.lens import lens as through
from service.domain.calibration import COMPARES_FROM
from service.domain.drafts import DraftState
from service.domain.roles import Actor
from service.store import names
from service.store.tables import Calibration, CalibrationPiece, Challenge, DraftRow, Submission


@dataclass(frozen=True, slots=True)
class PieceToJudge:
    """A piece that was chosen `of` so many, in the order in which they are judged."""

    draft: str
    submission: str
    person: str
    state: DraftState
    reason: CalibrationReason
    of: int
    judged: bool


@dataclass(frozen=True, slots=True)
class CriterionJudged:
    """How many works people judged on a criterion. From `needed` on the comparison may say how another stands."""

    key: str
    text: str
    judged: int
    needed: int = COMPARES_FROM


@dataclass(frozen=True, slots=True)
class CalibrationSeen:
    """A challenge's calibration. `awaits`: drafts are put off for it, `waiting` of them in the groups that one sees;
    `pieces` are those that one may judge, `elsewhere` how many others may. `looked`: the criteria were looked at as
    they stand, with `works` works."""

    lens: Lens
    wanted: int
    awaits: bool
    done_at: datetime | None
    judged: int
    waiting: int
    pieces: tuple[PieceToJudge, ...]
    elsewhere: int
    criteria: tuple[CriterionJudged, ...]
    remarks: tuple[CriteriaRemarkSaid, ...]
    looked: bool
    works: int

    @property
    def next(self) -> PieceToJudge | None:
        """The first piece that is not judged."""
        return next((one for one in self.pieces if not one.judged), None)


def progress(session: Session, actor: Actor, challenge: str) -> CalibrationSeen:
    """How far it is. Raises NotFound, and NotAllowed for a learner."""
    lens = through(session, actor, challenge)
    row = lens.challenge
    there = session.get(Calibration, row.id)
    done = judged.of_challenge(session, row)
    stand = choosing.pieces_of(session, row.id) & (done.pieces | judged.still_to_judge(session, row, done))
    pieces = _pieces(session, actor, lens, stand, done.pieces)
    return CalibrationSeen(
        lens,
        row.calibrate,
        calibrating.awaits(session, row),
        there.done_at if there else None,
        len(done.pieces),
        _waiting(session, lens),
        pieces,
        len(stand) - len(pieces),
        tuple(CriterionJudged(one.key, one.text, done.on[one.key]) for one in row.criteria),
        _remarks(row, there),
        there is not None and there.looked_version == row.version,
        there.looked_works if there else 0,
    )


def _pieces(
    session: Session, actor: Actor, lens: Lens, stand: Collection[str], done: Collection[str]
) -> tuple[PieceToJudge, ...]:
    """Of those that stand: whose work is gone, or answered without a verdict, is named nowhere."""
    rows = session.execute(
        select(CalibrationPiece, DraftRow.state, Submission.external_id, Submission.person_id)
        .join(DraftRow, DraftRow.id == CalibrationPiece.draft_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(*lens.here, *not_own(actor), CalibrationPiece.draft_id.in_(stand))
        .order_by(CalibrationPiece.position, CalibrationPiece.draft_id)
    ).all()
    called = names.names_of(session, [row.person_id for row in rows], apart=True)
    return tuple(
        PieceToJudge(
            row.CalibrationPiece.draft_id,
            row.external_id,
            called[row.person_id],
            row.state,
            row.CalibrationPiece.reason,
            row.CalibrationPiece.of,
            row.CalibrationPiece.draft_id in done,
        )
        for row in rows
    )


def _waiting(session: Session, lens: Lens) -> int:
    rows = select(func.count()).select_from(DraftRow).join(Submission, Submission.id == DraftRow.submission_id)
    return session.scalar(rows.where(*lens.here, DraftRow.state == DraftState.AWAITS_CALIBRATION)) or 0


def _remarks(challenge: Challenge, there: Calibration | None) -> tuple[CriteriaRemarkSaid, ...]:
    """On what was seen in the criteria as they stand."""
    texts = {one.key: one.text for one in challenge.criteria}
    kept = there.remarks if there is not None and there.looked_version == challenge.version else ()
    seen = [CriteriaRemark(CriteriaRemarkCode(one["code"]), tuple(one["criteria"])) for one in kept]
    return remarks.of([one for one in seen if texts.keys() >= set(one.criteria)], texts)


@dataclass(frozen=True, slots=True)
class StillToCalibrate:
    """A challenge on which drafts wait: pieces that the actor may judge are `left`, or drafts in the actor's groups are
    `waiting`, for what others judge."""

    challenge: str
    title: str
    left: int
    waiting: int


def still_to_do(session: Session, actor: Actor) -> Sequence[StillToCalibrate]:
    """Challenges whose calibration waits for the actor."""
    asked = (
        select(Challenge)
        .outerjoin(Calibration, Calibration.challenge_id == Challenge.id)
        .where(Challenge.organization_id == actor.organization, Challenge.calibrate > 0, Calibration.done_at.is_(None))
    )
    seen = [
        (row, progress(session, actor, row.external_id))
        for row in session.scalars(asked.order_by(Challenge.title, Challenge.id))
        if calibrating.awaits(session, row)
    ]
    found = [
        StillToCalibrate(row.external_id, row.title, sum(not piece.judged for piece in one.pieces), one.waiting)
        for row, one in seen
    ]
    return [one for one in found if one.left or one.waiting]
