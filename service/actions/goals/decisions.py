"""A facilitator or coordinator says that a piece of work shows progress on a goal, or that it does not, or takes that
back. Recorded with who and when; only a piece that may be shown now, exactly as it was seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.goals import progress
from service.domain import goals as goal_rules
from service.domain.errors import ChangedSince, NotFound, NotNow
from service.domain.goals import EvidenceAct, EvidenceStanding
from service.domain.roles import Actor, require_desk, require_reviewer
from service.store import audit
from service.store.tables import GoalEvidence, PlanReading, Submission


def decide(
    session: Session, actor: Actor, goal_id: str, piece_id: str, act: EvidenceAct, *, seen: str, now: datetime
) -> GoalEvidence:
    """`seen` is the mark of what was shown (`Shown.seen`).

    Raises NotAllowed unless the actor reviews the work's group, NotFound for what may not be shown now, ChangedSince if
    another passage stands there by now, NotNow if somebody else decided meanwhile or the goal is worded
    anew.
    """
    require_desk(actor)
    goal, document = progress.own(session, actor.organization, goal_id)
    if act is not EvidenceAct.UNDO and not progress.is_present(goal, document, session.get(PlanReading, document.id)):
        raise NotNow("The document holds this goal no more, in these words. Decide for the goal that took its place.")
    row = session.scalars(
        select(GoalEvidence)
        .where(
            GoalEvidence.id == piece_id,
            GoalEvidence.goal_id == goal.id,
            GoalEvidence.organization_id == actor.organization,
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    shown = progress.evidence(session, actor, [goal.id], only=row.id)[goal.id] if row is not None else []
    if row is None or not shown:
        raise NotFound("This piece is not here any more: its author may have taken it back. Load the page again.")
    person = require_reviewer(actor, session.get_one(Submission, row.submission_id).group_id)
    if shown[0].seen != seen:
        raise ChangedSince("Another passage of this work stands here by now. Read it, then decide.")
    row.standing = goal_rules.decided(row.standing, act)
    open_ = row.standing is EvidenceStanding.OFFERED
    row.decided_by, row.decided_at = (None, None) if open_ else (person, now)
    session.flush()
    audit.record(
        session,
        organization=actor.organization,
        actor=actor.name,
        act=f"goal.{act.value}",
        subject=row.id,
        now=now,
        goal=goal.id,
        revision=row.revision_id,
    )
    return row
