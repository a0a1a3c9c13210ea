"""The pieces that are judged first, on their way through the machine: what can be chosen is read in one transaction,
thought about in none, and the choice is kept in another. No work is judged here.

A piece that somebody has opened, or begun to judge, or asked to have drafted, stays while it can be judged and then
counts. What nobody has opened may be chosen anew as more work comes in; it goes back to those that wait, and loses
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, exists, or_, select
from sqlalchemy.orm import Session

from pipelines.calibration import PieceChosen
from pipelines.drafting import is_blank
from service.actions.calibration import judged
from service.actions.calibration.judged import JudgedWork
from service.actions.challenges import calibrating
from service.actions.work import consequences
from service.domain.calibration import ANEW_AT
from service.domain.drafts import DraftAct, DraftActor, DraftState, step
from service.store import jobs
from service.store.session import insert
from service.store.tables import (
    Calibration,
    CalibrationPiece,
    Challenge,
    Consent,
    CriterionReadingRow,
    DraftRow,
    Opening,
    Revision,
    Submission,
)

MOST_WORKS = 400
"""Works that are chosen from: pieces, and of those that wait the first that were handed in."""
FIRST = 1
"""Priority of the chosen pieces' drafts over others (0)."""

MAY_GO_BACK = (DraftState.WAITING, DraftState.TO_JUDGE)


@dataclass(frozen=True, slots=True)
class WorkToChoose:
    """A piece of work: its draft's id, its revision's, and its text."""

    draft: str
    revision: str
    text: str


@dataclass(frozen=True, slots=True)
class ChoiceToMake:
    """What there is to choose from, and what stays: `kept` are drafts that are chosen, or judged, already. `stamp` is
    the choice as it was read."""

    works: tuple[WorkToChoose, ...]
    kept: frozenset[str]
    wanted: int
    stamp: frozenset[str]


def begin(session: Session, challenge_id: str) -> ChoiceToMake | None:
    """What to choose from; None where nothing is to be chosen (any more)."""
    challenge = session.get(Challenge, challenge_id)
    if challenge is None or not calibrating.awaits(session, challenge):
        return None
    done = judged.of_challenge(session, challenge)
    if len(done.pieces) >= challenge.calibrate:
        return None
    rows = _works(session, challenge, done)
    there = session.get(Calibration, challenge_id)
    anew = there is None or len(rows) >= ANEW_AT * there.chosen_of
    stay = judged.still_to_judge(session, challenge, done)
    if anew:
        stay -= {row.DraftRow.id for row in rows if _untouched(row)}
    kept = done.pieces | stay
    if len(kept) >= challenge.calibrate or not rows:
        return None
    works = tuple(WorkToChoose(row.DraftRow.id, row.DraftRow.revision_id, row.text) for row in rows)
    elsewhere = len(kept - {work.draft for work in works})
    stamp = frozenset(pieces_of(session, challenge_id))
    return ChoiceToMake(works, kept, challenge.calibrate - elsewhere, stamp)


def is_left(session: Session, challenge: Challenge, done: JudgedWork) -> bool:
    """Whether there is work besides what is `done` that can be judged first: pieces, or what could be chosen."""
    return any(row.DraftRow.id not in done.pieces for row in _works(session, challenge, done))


def pieces_of(session: Session, challenge_id: str) -> set[str]:
    """Ids of the drafts of the pieces that were chosen."""
    chosen = select(CalibrationPiece.draft_id).where(CalibrationPiece.challenge_id == challenge_id)
    return set(session.scalars(chosen))


def _works(session: Session, challenge: Challenge, done: JudgedWork) -> Sequence[Row[Any]]:
    """Of what says something: pieces that stand and what is judged, and then what waits, the first handed in first."""
    opened = exists().where(Opening.draft_id == DraftRow.id, Opening.generation == DraftRow.generation)
    read = exists().where(CriterionReadingRow.draft_id == DraftRow.id)
    redrafted = exists().where(
        CalibrationPiece.draft_id == DraftRow.id, CalibrationPiece.generation != DraftRow.generation
    )
    touched = opened | read | redrafted | DraftRow.claimed_by.is_not(None)
    stand = DraftRow.id.in_(done.pieces | judged.still_to_judge(session, challenge, done))
    waits = and_(DraftRow.state == DraftState.AWAITS_CALIBRATION, judged.may_count(done))
    rows: Sequence[Any] = session.execute(
        select(DraftRow, Revision.text, touched.label("touched"))
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(DraftRow.challenge_id == challenge.id, or_(stand, waits))
        .order_by(stand.desc(), Revision.submitted_at, Revision.id)
        .limit(MOST_WORKS)
    ).all()
    return [row for row in rows if not is_blank(row.text)]


def _untouched(row: Row[Any]) -> bool:
    return not row.touched and row.DraftRow.state in MAY_GO_BACK


def keep(
    session: Session, challenge_id: str, asked: ChoiceToMake, chosen: Sequence[PieceChosen], *, now: datetime
) -> None:
    """Store the choice, unless another was made meanwhile, or it is no longer needed."""
    challenge = session.get(Challenge, challenge_id)
    if challenge is None or not calibrating.awaits(session, challenge):
        return
    there = held(session, challenge)
    if pieces_of(session, challenge_id) != asked.stamp:
        calibrating.look_later(session, challenge, now=now)
        return
    there.chosen_of = len(asked.works)
    wanted = {one.id for one in chosen}
    _drafts(session, asked.stamp | wanted)  # all at once, so that nobody waits in a circle
    put_back(session, challenge_id, asked.stamp - wanted - asked.kept, now=now)
    forget_gone(session, challenge)
    position = len(asked.kept)
    for piece in chosen:
        position += _take(session, challenge, piece, position, len(asked.works), now=now)


def held(session: Session, challenge: Challenge) -> Calibration:
    """How far it is, held until the transaction ends; made where there was none."""
    new = {"challenge_id": challenge.id, "organization_id": challenge.organization_id, "remarks": []}
    counts = {"chosen_of": 0, "looked_version": 0, "looked_works": 0}
    session.execute(insert(session, Calibration).values({**new, **counts}).on_conflict_do_nothing())
    return session.get_one(Calibration, challenge.id, with_for_update={"key_share": True}, populate_existing=True)


def put_back(session: Session, challenge_id: str, drafts: Collection[str], *, now: datetime) -> None:
    """These pieces are none any more; what nobody has opened waits with the others, as if it had not been chosen."""
    for draft in _drafts(session, drafts):
        piece = session.get(CalibrationPiece, draft.id)
        opened = exists().where(Opening.draft_id == draft.id, Opening.generation == draft.generation)
        if piece is None or piece.generation != draft.generation or draft.state not in MAY_GO_BACK:
            continue
        if not (draft.readings or draft.claimed_by or session.scalar(select(opened))):
            consequences.touch(draft, step(draft.state, DraftAct.PUT_OFF, DraftActor.MACHINE), now=now)
            draft.generation += 1  # what is still made for it comes too late
            draft.reason_code, draft.reason, draft.ready_at = "", "", None
            session.delete(piece)
    session.flush()


def forget_gone(session: Session, challenge: Challenge) -> None:
    """Pieces that are not judged and cannot be any more, or would not count, are none: whatever became of them."""
    done = judged.of_challenge(session, challenge)
    stand = done.pieces | judged.still_to_judge(session, challenge, done)
    pieces = select(CalibrationPiece).where(CalibrationPiece.challenge_id == challenge.id)
    for piece in session.scalars(pieces.where(CalibrationPiece.draft_id.not_in(stand))):
        session.delete(piece)
    session.flush()


def _take(session: Session, challenge: Challenge, piece: PieceChosen, position: int, of: int, *, now: datetime) -> int:
    """The piece gets its sheet, or stays one; 1 unless it is gone since it was chosen."""
    for draft in _drafts(session, [piece.id]):
        there = session.get(CalibrationPiece, draft.id)
        if there is None and draft.state is not DraftState.AWAITS_CALIBRATION:
            return 0
        if there is None:
            there = CalibrationPiece(draft_id=draft.id, challenge_id=challenge.id, chosen_at=now)
            there.organization_id, there.generation = challenge.organization_id, draft.generation
            consequences.touch(draft, step(draft.state, DraftAct.GO_ON, DraftActor.MACHINE), now=now)
            jobs.enqueue_once(session, "draft", draft, now=now, priority=FIRST)
        there.position, there.reason, there.of = position, piece.reason, of
        session.add(there)
        return 1
    return 0


def _drafts(session: Session, ids: Collection[str]) -> Sequence[DraftRow]:
    """These drafts as they stand now, held until the transaction ends."""
    rows = select(DraftRow).where(DraftRow.id.in_(ids)).order_by(DraftRow.id).with_for_update(key_share=True)
    return session.scalars(rows.execution_options(populate_existing=True)).all()
