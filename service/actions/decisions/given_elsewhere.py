"""Feedback that people gave elsewhere comes in: it is released as it is, and its points become precedents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import Standing
from service.actions.approvals import approving
from service.actions.decisions import release
from service.actions.decisions.points import PointWish, keep_judgement, own_point
from service.actions.decisions.review import noted
from service.actions.drafts.points import standing_points, text_to_approve
from service.actions.work import consequences, submit
from service.domain.drafts import DraftAct, DraftActor, DraftState, step
from service.domain.errors import Conflict, Invalid, NotFound
from service.domain.moments import happened
from service.domain.roles import Actor, Role, may_see_group, require_platform
from service.store import find, tree
from service.store.tables import DraftRow, Person, PointState, RoleGrant, Submission


@dataclass(frozen=True, slots=True)
class FeedbackWish:
    """What a facilitator (`approved_by`, external id) told a learner. `score` is a share of full marks."""

    approved_by: str
    summary: str = ""
    points: tuple[PointWish, ...] = ()
    revision: int | None = None
    verdict: Standing | None = None
    score: float | None = None
    criteria: Mapping[str, Standing] = field(default_factory=dict)
    released_at: datetime | None = None


def take_in_feedback(
    session: Session, actor: Actor, external_id: str, wish: FeedbackWish, *, now: datetime
) -> tuple[DraftRow, bool]:
    """Store human feedback on a submission as released. The same again changes nothing.

    Raises NotFound, Invalid (the person does not review that group; nothing said; quotation not there), Conflict (other
    feedback was released on it already: retract that first).
    """
    require_platform(actor)
    submission = find.one(session, Submission, actor.organization, external_id)
    if not may_see_group(actor, submission.group_id):
        raise find.not_found(Submission, external_id)
    facilitator = _facilitator(session, actor, wish.approved_by, submission.group_id)
    draft = _draft(session, submission, wish.revision)
    if draft.state in (DraftState.RELEASED, DraftState.APPROVED):
        return _same_or_conflict(draft, wish), False
    at = happened(wish.released_at, "released_at", now=now)
    _write(session, draft, wish, facilitator.id, at=at, now=now)
    return draft, True


def _facilitator(session: Session, actor: Actor, external_id: str, group: str) -> Person:
    person = find.one(session, Person, actor.organization, external_id)
    grants = session.execute(select(RoleGrant.role, RoleGrant.group_id).where(RoleGrant.person_id == person.id)).all()
    reviewing = {held for role, held in grants if role in (Role.FACILITATOR, Role.COORDINATOR)}
    if not reviewing & tree.above(session, group):
        raise Invalid(f"'{external_id}' is not a facilitator of the submission's group.")
    return person


def _draft(session: Session, submission: Submission, number: int | None) -> DraftRow:
    revision = submit.revision_of(session, submission, number)
    if revision is None:
        raise NotFound(f"Submission '{submission.external_id}' has no revision {number}.")
    return session.scalars(
        select(DraftRow)
        .where(DraftRow.revision_id == revision.id)
        .with_for_update(key_share=True)  # what is just being taken back is not released
        .execution_options(populate_existing=True)
    ).one()


def _same_or_conflict(draft: DraftRow, wish: FeedbackWish) -> DraftRow:
    there = [(point.kind, point.text, point.quote, point.criterion) for point in standing_points(draft)]
    sent = [(point.kind, point.text, point.quote, point.criterion) for point in wish.points]
    if (draft.summary, there) != (wish.summary, sent):
        raise Conflict("Other feedback was released on this already. Retract it first.")
    return draft


def _write(
    session: Session, draft: DraftRow, wish: FeedbackWish, facilitator: str, *, at: datetime, now: datetime
) -> None:
    if not wish.points and not wish.summary.strip():
        raise Invalid("Feedback needs a point or a summary.")
    _take_over(draft, now=now)
    draft.summary, draft.ready_at = wish.summary, at
    for position, point in enumerate(wish.points):
        row = own_point(session, draft, point, position=position)
        row.state, row.decided_by, row.decided_at = PointState.ADDED, facilitator, at
    keep_judgement(session, draft, standing=wish.verdict, score=wish.score, criteria=wish.criteria)
    approved = text_to_approve(draft)
    consequences.touch(draft, step(draft.state, DraftAct.APPROVE, DraftActor.FACILITATOR), now=now)
    approval = approving.keep(session, approving.DRAFT, draft, facilitator, approved, release_at=at, now=at)
    noted(session, draft, facilitator, approved[0], now=at)
    release.make_visible(session, draft, approval, DraftActor.FACILITATOR, now=at)


def _take_over(draft: DraftRow, *, now: datetime) -> None:
    """Whatever the machine had made, or was making, gives way to what a person said."""
    if draft.state in (DraftState.DECLINED, DraftState.RETRACTED):
        draft.state = step(draft.state, DraftAct.REOPEN, DraftActor.FACILITATOR)
    elif draft.state is not DraftState.READY:
        draft.state = step(draft.state, DraftAct.WRITE, DraftActor.FACILITATOR)
    draft.generation += 1
    draft.model, draft.reason_code, draft.reason = "", "", ""
