"""Whether a draft has changed since somebody saw it, and what then stands against what they were about to say."""

from __future__ import annotations

from dataclasses import dataclass

from service.actions.approvals.deciding import Deciding
from service.actions.decisions import hold
from service.actions.desk import draft as desk_draft
from service.actions.desk.draft import DeskDraft
from service.domain.roles import require_reviewer
from service.domain.worddiff import DiffPiece, words


@dataclass(frozen=True, slots=True)
class DraftConflict:
    """The draft as it is now, the words that stand where one was about to write, and what one would make of them."""

    draft: DeskDraft
    stands: str
    edits: tuple[DiffPiece, ...]


def changed(at: Deciding, *, typed: str = "", point: str = "") -> DraftConflict | None:
    """None if the draft is still as it was seen; it is then held against others until the transaction ends.

    Raises NotFound, NotAllowed.
    """
    row = hold.locked(at.session, at.actor, at.id)
    require_reviewer(at.actor, row.group_id)
    if row.version == at.version:
        return None
    draft = desk_draft.show(at.session, at.actor, at.id, now=at.now)
    stands = _stands(draft, point)
    return DraftConflict(draft, stands, tuple(words(stands, typed)) if typed and stands else ())


def _stands(draft: DeskDraft, point: str) -> str:
    if point:
        return next((one.text for one in draft.points if one.id == point), "")
    lines = [draft.summary, *(f"{one.number}. {one.text}" for one in draft.standing_points)]
    return "\n".join(line for line in lines if line)
