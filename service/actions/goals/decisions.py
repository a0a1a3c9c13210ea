"""A facilitator or coordinator says that a piece of work shows progress on a goal, or that it does not, or takes that
back. Recorded with who and when; only a piece that may be shown now, exactly as it was seen."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from service.actions.approvals.deciding import Deciding
from service.actions.goals import progress
from service.actions.goals.progress import GoalEvidenceSeen
from service.domain import goals as goal_rules
from service.domain.errors import NotFound, NotNow
from service.domain.goals import EvidenceAct, EvidenceStanding
from service.domain.roles import require_desk, require_reviewer
from service.store import audit, names
from service.store.tables import GoalEvidence, PlanReading, Submission

CHANGED = "Somebody decided on this, or another passage stands here by now. Read it, then decide."


def decide(at: Deciding, goal_id: str, act: EvidenceAct) -> GoalEvidenceSeen:
    """On the piece of work that is named.

    Raises NotAllowed unless the actor reviews the work's group, NotFound for what may not be shown now, ChangedSince if
    another passage stands there by now or somebody else decided meanwhile, NotNow if the goal is worded anew.
    """
    session, actor = at.session, at.actor
    require_desk(actor)
    goal, document = progress.own(session, actor.organization, goal_id)
    if act is not EvidenceAct.UNDO and not progress.is_present(goal, document, session.get(PlanReading, document.id)):
        raise NotNow("The document holds this goal no more, in these words. Decide for the goal that took its place.")
    row = session.scalars(
        select(GoalEvidence)
        .where(
            GoalEvidence.id == at.id,
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
    at.require(shown[0].version, CHANGED)
    row.standing = goal_rules.decided(row.standing, act)
    open_ = row.standing is EvidenceStanding.OFFERED
    row.decided_by, row.decided_at = (None, None) if open_ else (person, at.now)
    session.flush()
    audit.record(
        session,
        organization=actor.organization,
        actor=actor.name,
        act=f"goal.{act.value}",
        subject=row.id,
        now=at.now,
        goal=goal.id,
        revision=row.revision_id,
    )
    by = "" if open_ else names.name_of(session, person)
    return replace(shown[0], standing=row.standing, decided_by=by, decided_at=row.decided_at)
