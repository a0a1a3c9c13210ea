"""Whether a draft has changed since somebody saw it, and what then stands against what they were about to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from service.actions.approvals.deciding import Deciding
from service.actions.decisions import hold
from service.actions.desk import draft as desk_draft
from service.actions.desk.draft import DeskDraft
from service.domain.drafts import DraftState
from service.domain.roles import require_reviewer
from service.domain.texts.worddiff import DiffPiece, words
from service.store.tables import Decision, DraftRow

AGAIN: Final = timedelta(minutes=1)
"""A form that comes a second time comes within this: a double click, a reload, a connection that was lost."""


@dataclass(frozen=True, slots=True)
class DraftConflict:
    """The draft as it is now, the words that stand where one was about to write, and what one would make of them.

    `own`: it was the actor who decided on it last, here or in another window.
    """

    draft: DeskDraft
    own: bool
    stands: str
    edits: tuple[DiffPiece, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """What somebody is about to decide, as its record would have it: by this, what was done already is known again."""

    act: str
    point: str = ""
    said: Mapping[str, str] = field(default_factory=dict)


def done_already(at: Deciding, meant: Meant) -> bool:
    """Whether the draft has changed since it was seen by nothing but this very decision, made by the same person a
    moment ago. What cannot be told from its record (how work was judged, to whom it went) never counts as the same.

    Raises NotFound, NotAllowed.
    """
    row = hold.locked(at.session, at.actor, at.id)
    person = require_reviewer(at.actor, row.group_id)
    if row.version != at.version + 1:
        return False
    if meant.act == "release":
        return row.state is DraftState.RELEASED
    last = _last(at, row)
    if meant.act in ("judge", "hand_over") or last is None or last.at < at.now - AGAIN or last.person_id != person:
        return False
    kept = {"act": last.act, "point": last.point_id or "", **{name: getattr(last, name) for name in meant.said}}
    point = kept["point"] if meant.act == "add" else meant.point
    return kept == {"act": meant.act, "point": point, **meant.said}


def _last(at: Deciding, row: DraftRow) -> Decision | None:
    made = select(Decision).where(Decision.draft_id == row.id).order_by(Decision.at.desc(), Decision.id.desc())
    return at.session.scalar(made.limit(1))


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
    last = _last(at, row)
    own = last is not None and last.person_id == at.actor.person
    return DraftConflict(draft, own, stands, tuple(words(stands, typed)) if typed and stands else ())


def _stands(draft: DeskDraft, point: str) -> str:
    if point:
        return next((one.text for one in draft.points if one.id == point), "")
    lines = [draft.summary, *(f"{one.number}. {one.text}" for one in draft.standing_points)]
    return "\n".join(line for line in lines if line)
