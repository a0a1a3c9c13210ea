"""What stands around a draft on the desk: what was just done to another, whom it can be handed to, what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.approvals import approving
from service.actions.drafts import points, read
from service.actions.memory import clarifying, decided
from service.domain.drafts import DraftState
from service.domain.errors import NotFound
from service.domain.memory.clarifying import CriterionQuestion
from service.domain.roles import Actor, may_see_group
from service.store.names import told_apart
from service.store.tables import DraftRow, Person, PointState, Submission


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A draft that was just decided on, as it stands now."""

    id: str
    version: int
    state: DraftState
    person: str
    release_at: datetime | None


def left_behind(session: Session, actor: Actor, draft_id: str) -> LeftBehind | None:
    """The draft that somebody comes from; None if there is none by that id, or it is not theirs to see."""
    found = session.execute(
        select(DraftRow, told_apart())
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .where(DraftRow.id == draft_id, DraftRow.organization_id == actor.organization)
    ).one_or_none()
    if found is None or not may_see_group(actor, found.DraftRow.group_id):
        return None
    row, name = found
    read.require_others(session, actor, row)
    approval = approving.in_force(session, approving.DRAFT, row.id) if row.state is DraftState.APPROVED else None
    return LeftBehind(row.id, row.version, row.state, name, approval.release_at if approval else None)


def open_question(session: Session, actor: Actor, challenge: str) -> CriterionQuestion | None:
    """What facilitators are asked about the challenge (external id) now."""
    return clarifying.challenge_questions(session, actor, challenge).open


def reach(session: Session, actor: Actor, draft_id: str, point_id: str) -> int:
    """How many other drafts that wait the decision on this point would fit; 0 for a point that nobody decided on."""
    draft = session.get(DraftRow, draft_id)
    point = next((one for one in points.current_points(draft) if one.id == point_id), None) if draft else None
    if point is None or point.state is PointState.PROPOSED:
        return 0
    return len({one.draft.id for one in decided.reach(session, actor, draft_id, point_id)})


def pulse(session: Session, actor: Actor, draft_id: str, *, now: datetime) -> str:
    """A mark of what the draft's page shows: another one means that it has changed. Raises NotFound."""
    row = session.execute(
        select(DraftRow.group_id, DraftRow.version, DraftRow.state, DraftRow.claimed_by, DraftRow.claimed_until).where(
            DraftRow.id == draft_id, DraftRow.organization_id == actor.organization
        )
    ).one_or_none()
    if row is None or not may_see_group(actor, row.group_id):
        raise NotFound
    held = row.claimed_by if row.claimed_until is not None and row.claimed_until > now else None
    other = held if held != actor.person else None
    return f"{row.version}-{row.state.value}-{(other or '')[-8:]}"
