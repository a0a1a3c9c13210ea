"""Being at a draft: whoever opens it for review is seen to be at it, so that two do not do the same work.

A claim says who, not what: it leaves the draft's version as it is, since nobody's text has changed, and a decision made
on what was seen before it holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service.actions.decisions import openings
from service.actions.decisions.hold import check_unclaimed, locked
from service.domain.drafts import FOR_A_PERSON, NOT_MADE_YET
from service.domain.errors import ChangedSince
from service.domain.roles import Actor, require_reviewer
from service.store.tables import DraftRow

UNDECIDED = (*FOR_A_PERSON, *NOT_MADE_YET)
CLAIM = timedelta(minutes=15)


def be_at(
    session: Session, actor: Actor, draft_id: str, *, version: int | None = None, take_over: bool = False, now: datetime
) -> DraftRow:
    """The draft, with the actor at it for a quarter of an hour, if it still waits for a decision; when it was first
    opened is noted.

    Raises NotFound, NotAllowed, ChangedSince if a version is given and it is another by now, and Conflict if somebody
    else is at it and it is not taken over.
    """
    draft, person = _seen(session, actor, draft_id, version)
    openings.note(session, draft, person, now=now)
    if draft.state not in UNDECIDED:
        return draft
    if not take_over:
        check_unclaimed(session, draft, person, now)
    later = now + CLAIM
    if draft.claimed_by != person or draft.claimed_until is None or draft.claimed_until < later:
        draft.claimed_by, draft.claimed_until = person, later  # one that was handed over is held for longer
    return draft


def let_go(session: Session, actor: Actor, draft_id: str, *, version: int | None = None) -> DraftRow:
    """Leave it to whoever comes next. Nothing happens if somebody else is at it. Raises as `be_at`, but Conflict."""
    draft, person = _seen(session, actor, draft_id, version)
    if draft.claimed_by == person:
        draft.claimed_by = draft.claimed_until = None
    return draft


def _seen(session: Session, actor: Actor, draft_id: str, version: int | None) -> tuple[DraftRow, str]:
    draft = locked(session, actor, draft_id)
    person = require_reviewer(actor, draft.group_id)
    if version is not None and draft.version != version:
        raise ChangedSince(version=draft.version)
    return draft, person
