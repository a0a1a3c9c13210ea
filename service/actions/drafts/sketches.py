"""Sketches of drafted work: each joins, once, the first work on its challenge that it is nearly the same as."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.texts.likeness import NEARLY, Likeness, sketch
from service.store.tables import DraftRow, Sketch


def note(session: Session, draft: DraftRow, text: str) -> None:
    """Sketch the draft's work, once: find the first work that it is nearly the same as, and stand beside it."""
    if session.get(Sketch, draft.id) is not None:
        return
    data = sketch(text)
    first = _nearest(session, draft, data)
    row = Sketch(draft_id=draft.id, organization_id=draft.organization_id, challenge_id=draft.challenge_id, data=data)
    row.first_id = first[0] if first else draft.id
    draft.shuffle = first[1] if first else draft.shuffle
    session.add(row)
    session.flush()


def _nearest(session: Session, draft: DraftRow, data: bytes) -> tuple[str, str] | None:
    """Id and place in the order of the first work of a group, the most alike. One at a time: two that are sketched at
    once would not see each other (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"sketch:{draft.challenge_id}"))))
    firsts = session.execute(
        select(Sketch.draft_id, DraftRow.shuffle, Sketch.data)
        .join(DraftRow, DraftRow.id == Sketch.draft_id)
        .where(Sketch.challenge_id == draft.challenge_id, Sketch.first_id == Sketch.draft_id)
    )
    mine = Likeness(data)
    likest = max(((mine.to(row.data), row.draft_id, row.shuffle) for row in firsts), default=(0.0, "", ""))
    return likest[1:] if likest[0] >= NEARLY else None
