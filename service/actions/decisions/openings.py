"""When a facilitator first had a draft before the eyes, noted once after each redraft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.actions.drafts import read
from service.domain.errors import NotFound
from service.domain.roles import Actor, may_see_group, require_reviewer
from service.store.session import insert
from service.store.tables import DraftRow, Opening


def opened(session: Session, actor: Actor, draft_id: str, *, now: datetime) -> None:
    """Note that the facilitator has the draft before the eyes. Only the first time counts, once after each redraft.

    Raises NotFound, and NotAllowed for anybody but a facilitator of its group.
    """
    draft = session.get(DraftRow, draft_id)
    if draft is None or draft.organization_id != actor.organization or not may_see_group(actor, draft.group_id):
        raise NotFound
    read.require_others(session, actor, draft)
    note(session, draft, require_reviewer(actor, draft.group_id), now=now)


def note(session: Session, draft: DraftRow, person: str, *, now: datetime) -> None:
    """The same, where the caller has checked who it is: one statement."""
    row = {
        "draft_id": draft.id,
        "person_id": person,
        "generation": draft.generation,
        "organization_id": draft.organization_id,
        "version": draft.version,
        "opened_at": now,
    }
    session.execute(insert(session, Opening).values(row).on_conflict_do_nothing())
