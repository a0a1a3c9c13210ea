"""Decisions on a draft as a whole. Every one names the version seen (nobody's change is lost) and leaves a record."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from pipelines.values import PointKind, Standing
from service.actions.approvals import approving
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import openings
from service.actions.decisions.hold import decide, open_draft, settle
from service.actions.drafts import outdated
from service.actions.drafts.points import current_points, standing_points, text_to_approve
from service.actions.work import consequences
from service.domain.drafts import NOT_MADE_YET, DraftAct, DraftActor, DraftState, step
from service.domain.errors import Invalid
from service.domain.events import Event
from service.domain.lifecycle import require_seen
from service.domain.visibility import no_machine
from service.store import holding, jobs
from service.store.tables import Challenge, DraftRow, PointState, Revision


def write(at: Deciding) -> DraftRow:
    """Take a draft that is stuck, or still with the machine, to write it by hand; the machine's work is dropped."""
    draft, person = open_draft(at)
    state = step(draft.state, DraftAct.WRITE, DraftActor.FACILITATOR)
    draft.generation += 1
    draft.ready_at = draft.ready_at or at.now
    return _decided(at, draft, person, "write", state)


def _decided(at: Deciding, draft: DraftRow, person: str, act: str, state: DraftState, *, note: str = "") -> DraftRow:
    decide(at.session, draft, person, act, now=at.now, note=note)
    consequences.touch(draft, state, now=at.now)
    return draft


def approve(at: Deciding, *, seen: str, undo: timedelta = approving.UNDO, bulk: bool = False) -> DraftRow:
    """Approve exactly the text whose hash is `seen`; it is released when the undo window has passed.

    Points not yet decided on were seen with it and count as accepted. Raises ChangedSince if the text is another by
    now, Invalid if there is none, or a point quotes a document that no longer says so.
    """
    draft, person = open_draft(at)
    state = step(draft.state, DraftAct.APPROVE, DraftActor.FACILITATOR)
    approved = text_to_approve(draft)
    require_seen(seen, approved[0])
    if not approved[1]["points"] and not draft.summary.strip():
        raise Invalid("There is nothing to approve: add a point or a summary, or decline.")
    outdated.require_said(at.session, draft)
    for point in standing_points(draft):
        if point.state is PointState.PROPOSED:
            settle(point, PointState.ACCEPTED, person, at.now)
    _imply_judgement(at.session, draft)
    told = openings.oversight(at.session, draft, person, bulk=bulk, now=at.now)
    approving.give(at.session, approving.DRAFT, draft, person, approved, undo=undo, told=told, now=at.now)
    noted(at.session, draft, person, approved[0], bulk=bulk, now=at.now)
    consequences.learn_later(at.session, draft.organization_id, now=at.now)
    consequences.touch(draft, state, now=at.now)
    return draft


def noted(session: Session, draft: DraftRow, person: str, text_hash: str, *, bulk: bool = False, now: datetime) -> None:
    """Record the decision to approve, and make the points precedents."""
    decide(session, draft, person, "approve", now=now, text_hash=text_hash, bulk=bulk)
    consequences.sync(session, draft.organization_id, [point.id for point in current_points(draft)], now=now)


_IMPLIED = {
    PointKind.STRENGTH: Standing.MET,
    PointKind.NEXT_STEP: Standing.NOT_YET,
    PointKind.QUESTION: Standing.PARTLY,
}


def _imply_judgement(session: Session, draft: DraftRow) -> None:
    """An approved point is a judgement of its criterion: of what the facilitator did not judge, take what was said."""
    said = {point.criterion: _IMPLIED[point.kind] for point in reversed(standing_points(draft)) if point.criterion}
    draft.judgements = {**{key: value.value for key, value in said.items()}, **draft.judgements}
    keys = {criterion.key for criterion in session.get_one(Challenge, draft.challenge_id).criteria}
    if draft.standing is None and keys and keys <= set(draft.judgements):
        found = {draft.judgements[key] for key in keys}
        draft.standing = Standing(found.pop()) if len(found) == 1 else Standing.PARTLY


def undo(at: Deciding) -> DraftRow:
    """Take an approval back before it is released."""
    draft = approving.undo(at, approving.DRAFT, open_draft(at), _decided)
    consequences.sync(at.session, draft.organization_id, [point.id for point in current_points(draft)], now=at.now)
    return draft


def decline(at: Deciding, *, reason_code: str = "", note: str = "", bulk: bool = False) -> DraftRow:
    """No feedback is given on this; it can be reopened."""
    draft, person = open_draft(at)
    state = step(draft.state, DraftAct.DECLINE, DraftActor.FACILITATOR)
    if draft.state in NOT_MADE_YET:
        draft.generation += 1
    decide(at.session, draft, person, "decline", now=at.now, reason_code=reason_code, note=note, bulk=bulk)
    consequences.touch(draft, state, now=at.now)
    consequences.told_of(at.session, draft, Event.DRAFT_DECLINED, now=at.now)
    return draft


def reopen(at: Deciding) -> DraftRow:
    """Look again at what was declined or taken back."""
    draft, person = open_draft(at)
    state = step(draft.state, DraftAct.REOPEN, DraftActor.FACILITATOR)
    _decided(at, draft, person, "reopen", state)
    outdated.mark(at.session, draft, now=at.now)
    return draft


def redraft(at: Deciding, *, instruction: str = "") -> DraftRow:
    """Have it drafted anew, with a word on what to do differently. Points so far stay in its history."""
    draft, person = open_draft(at)
    state = step(draft.state, DraftAct.REDRAFT, DraftActor.FACILITATOR)
    if no_machine(holding.which_machines(at.session, at.session.get_one(Revision, draft.revision_id))):
        raise Invalid(consequences.NO_AI)
    draft.generation += 1
    draft.instruction, draft.stale = instruction, False
    draft.reason_code, draft.reason = "", ""
    _decided(at, draft, person, "redraft", state, note=instruction)
    jobs.enqueue_once(at.session, "draft", draft, now=at.now)
    return draft
