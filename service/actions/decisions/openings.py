"""When a facilitator first had a draft, and each of its sources, before the eyes, noted once after each redraft; and
what a person did with a draft before approving it, for the trail."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import CursorResult, func, select
from sqlalchemy.orm import Session

from service.actions.drafts import read
from service.actions.drafts.points import current_points
from service.domain.errors import NotFound
from service.domain.roles import Actor, may_see_group, require_reviewer
from service.store import audit
from service.store.session import insert
from service.store.tables import DraftRow, Opening, SourceOpening


def opened(session: Session, actor: Actor, draft_id: str, *, now: datetime) -> None:
    """Note that the facilitator has the draft before the eyes. Only the first time counts, once after each redraft.

    Raises NotFound, and NotAllowed for anybody but a facilitator of its group.
    """
    draft, person = _seen(session, actor, draft_id)
    note(session, draft, person, now=now)


def _seen(session: Session, actor: Actor, draft_id: str) -> tuple[DraftRow, str]:
    draft = session.get(DraftRow, draft_id)
    if draft is None or draft.organization_id != actor.organization or not may_see_group(actor, draft.group_id):
        raise NotFound
    read.require_others(session, actor, draft)
    return draft, require_reviewer(actor, draft.group_id)


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


def source_opened(session: Session, actor: Actor, draft_id: str, source: str, *, now: datetime) -> None:
    """Note that the facilitator opened a source (its id) of a point of this draft. Only the first time counts, once
    after each redraft. Raises NotFound, also for a source that no point of the draft has; NotAllowed."""
    draft, person = _seen(session, actor, draft_id)
    kinds = {row.kind for point in current_points(draft) for row in point.sources if row.ref_id == source}
    if not kinds:
        raise NotFound
    row = {
        "draft_id": draft.id,
        "person_id": person,
        "generation": draft.generation,
        "source": source,
        "organization_id": draft.organization_id,
        "opened_at": now,
    }
    done = session.execute(insert(session, SourceOpening).values(row).on_conflict_do_nothing())
    if isinstance(done, CursorResult) and done.rowcount:
        organization, by, kind = draft.organization_id, f"person:{person}", min(kinds).value
        told = {"draft": draft.id, "kind": kind}
        audit.record(session, organization=organization, actor=by, act="source.open", subject=source, now=now, **told)


def oversight(session: Session, draft: DraftRow, person: str, *, bulk: bool, now: datetime) -> dict[str, object]:
    """What the trail keeps beside an approval: whole seconds since this person first had the draft, as it stands,
    before the eyes (null: never), how many of its sources they opened, and what became of its points."""
    here = (draft.id, person, draft.generation)
    opening = session.get(Opening, here)
    of_this = (SourceOpening.draft_id, SourceOpening.person_id, SourceOpening.generation)
    looked = select(func.count()).where(*(column == value for column, value in zip(of_this, here, strict=True)))
    states = Counter(point.state.value for point in current_points(draft))
    return {
        "seconds": None if opening is None else int((now - opening.opened_at).total_seconds()),
        "sources_opened": session.scalar(looked) or 0,
        "points": dict(sorted(states.items())),
        "bulk": bulk,
    }
