"""The version of a work before this one, with the points that were released on it and what became of each. Reads."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines import values
from service.domain.following.uptake import AskingPoint, UptakeVerdict, spoken, uptake
from service.domain.texts.worddiff import DiffPiece, words
from service.store.tables import DraftRow, PointRow, PointState, Release, Revision

ADDED = "added"
"""What became of a passage that is as it was, with a sentence newly written beside it."""


def earlier(session: Session, revision: Revision) -> values.EarlierVersion | None:
    """The latest revision before this one whose feedback was released and stands; None where there is none, or where
    its author let fewer machines read it than this one."""
    found = session.execute(
        select(Revision, DraftRow)
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .join(Release, Release.draft_id == DraftRow.id)
        .where(
            Revision.submission_id == revision.submission_id,
            Revision.number < revision.number,
            Release.retracted_at.is_(None),
        )
        .order_by(Revision.number.desc(), Release.released_at.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    before, draft = found
    if before.ai.and_(revision.ai) is not revision.ai:
        return None
    pieces = words(before.text, revision.text)
    language = spoken(revision.language, revision.text)
    rows = session.scalars(
        select(PointRow)
        .where(
            PointRow.draft_id == draft.id,
            PointRow.generation == draft.generation,
            PointRow.state != PointState.DISMISSED,
        )
        .order_by(PointRow.position)
    )
    return values.EarlierVersion(before.text, tuple(_point(row, pieces, language) for row in rows), before.id)


def _point(row: PointRow, pieces: list[DiffPiece], language: str) -> values.PastPoint:
    found = uptake(AskingPoint(row.kind, row.text, row.quote), pieces, language=language)
    became = ADDED if found.verdict is UptakeVerdict.UNCHANGED and found.beside else found.verdict.value
    return values.PastPoint(
        row.kind, row.text, row.quote, row.criterion,
        reason=became.replace("_", " "), became=became, now=found.place,
    )  # fmt: skip
