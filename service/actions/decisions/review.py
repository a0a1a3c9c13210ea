"""Decisions on a draft as a whole. Every one names the version seen (nobody's change is lost) and leaves a record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pipelines.values import AI, PointKind, Standing
from service.actions.decisions.hold import (
    current_approval,
    current_points,
    decide,
    open_draft,
    settle,
    standing_points,
    text_to_approve,
)
from service.actions.work import consequences, submit
from service.domain.drafts import Act, By, State, step
from service.domain.errors import ChangedSince, Invalid
from service.domain.events import Event
from service.domain.roles import Actor
from service.store import audit, holding, jobs
from service.store.tables import Approval, Challenge, DraftRow, Organization, PointState, Revision


def write(session: Session, actor: Actor, draft_id: str, *, version: int, now: datetime) -> DraftRow:
    """Take a draft that is stuck, or still with the machine, to write it by hand; the machine's work is dropped."""
    draft, person = open_draft(session, actor, draft_id, version, now)
    state = step(draft.state, Act.WRITE, By.FACILITATOR)
    draft.generation += 1
    draft.ready_at = draft.ready_at or now
    decide(session, draft, person, "write", now=now)
    consequences.touch(draft, state, now=now)
    return draft


def approve(
    session: Session,
    actor: Actor,
    draft_id: str,
    *,
    version: int,
    seen: str,
    undo: timedelta = timedelta(seconds=10),
    bulk: bool = False,
    now: datetime,
) -> DraftRow:
    """Approve exactly the text whose hash is `seen`; it is released when the undo window has passed.

    Points not yet decided on were seen with it and count as accepted. Raises ChangedSince if the text is another by
    now, Invalid if there is none.
    """
    draft, person = open_draft(session, actor, draft_id, version, now)
    state = step(draft.state, Act.APPROVE, By.FACILITATOR)
    text_hash, body = text_to_approve(draft)
    if text_hash != seen:
        raise ChangedSince
    if not body["points"] and not draft.summary.strip():
        raise Invalid("There is nothing to approve: add a point or a summary, or decline.")
    for point in standing_points(draft):
        if point.state is PointState.PROPOSED:
            settle(point, PointState.ACCEPTED, person, now)
    _imply_judgement(session, draft)
    release_at = now + _undo_window(session, draft, undo)
    approval = keep_approval(session, draft, person, text_hash, body, now=now, release_at=release_at, bulk=bulk)
    jobs.enqueue(
        session,
        organization=draft.organization_id,
        kind="release",
        subject=draft.id,
        now=now,
        not_before=release_at,
        dedupe=f"release:{approval.id}",
        priority=2 * consequences.SYNC_FIRST,
    )
    consequences.learn_later(session, draft.organization_id, now=now)
    consequences.touch(draft, state, now=now)
    return draft


def keep_approval(
    session: Session,
    draft: DraftRow,
    person: str,
    text_hash: str,
    body: dict[str, Any],
    *,
    now: datetime,
    release_at: datetime,
    bulk: bool = False,
) -> Approval:
    """Record who approved what, and make its points precedents."""
    approval = Approval(
        organization_id=draft.organization_id,
        draft_id=draft.id,
        text_hash=text_hash,
        body=body,
        facilitator_id=person,
        approved_at=now,
        release_at=release_at,
    )
    session.add(approval)
    session.flush()
    decide(session, draft, person, "approve", now=now, text_hash=text_hash, bulk=bulk)
    consequences.sync(session, draft.organization_id, [point.id for point in current_points(draft)], now=now)
    audit.record(
        session,
        organization=draft.organization_id,
        actor=f"person:{person}",
        act="draft.approve",
        subject=draft.id,
        now=now,
        text_hash=text_hash,
    )
    return approval


def _undo_window(session: Session, draft: DraftRow, default: timedelta) -> timedelta:
    seconds = session.get_one(Organization, draft.organization_id).settings.get("undo_seconds")
    return default if seconds is None else timedelta(seconds=float(seconds))


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


def undo(session: Session, actor: Actor, draft_id: str, *, version: int, now: datetime) -> DraftRow:
    """Take an approval back before it is released."""
    draft, person = open_draft(session, actor, draft_id, version, now)
    state = step(draft.state, Act.UNDO, By.FACILITATOR)
    approval = current_approval(session, draft)
    if approval is not None:
        approval.undone_at = now
    decide(session, draft, person, "undo", now=now)
    consequences.sync(session, draft.organization_id, [point.id for point in current_points(draft)], now=now)
    consequences.touch(draft, state, now=now)
    return draft


def decline(
    session: Session,
    actor: Actor,
    draft_id: str,
    *,
    version: int,
    reason_code: str = "",
    note: str = "",
    bulk: bool = False,
    now: datetime,
) -> DraftRow:
    """No feedback is given on this; it can be reopened."""
    draft, person = open_draft(session, actor, draft_id, version, now)
    state = step(draft.state, Act.DECLINE, By.FACILITATOR)
    if draft.state in (State.WAITING, State.DRAFTING):
        draft.generation += 1
    decide(session, draft, person, "decline", now=now, reason_code=reason_code, note=note, bulk=bulk)
    consequences.touch(draft, state, now=now)
    consequences.told_of(session, draft, Event.DRAFT_DECLINED, now=now)
    return draft


def reopen(session: Session, actor: Actor, draft_id: str, *, version: int, now: datetime) -> DraftRow:
    """Look again at what was declined or taken back."""
    draft, person = open_draft(session, actor, draft_id, version, now)
    state = step(draft.state, Act.REOPEN, By.FACILITATOR)
    decide(session, draft, person, "reopen", now=now)
    consequences.touch(draft, state, now=now)
    return draft


def redraft(
    session: Session, actor: Actor, draft_id: str, *, version: int, instruction: str = "", now: datetime
) -> DraftRow:
    """Have it drafted anew, with a word on what to do differently. Points so far stay in its history."""
    draft, person = open_draft(session, actor, draft_id, version, now)
    state = step(draft.state, Act.REDRAFT, By.FACILITATOR)
    if holding.machines_may(session, session.get_one(Revision, draft.revision_id)) is AI.NONE:
        raise Invalid(consequences.NO_AI)
    draft.generation += 1
    draft.instruction, draft.stale = instruction, False
    draft.reason_code, draft.reason = "", ""
    decide(session, draft, person, "redraft", now=now, note=instruction)
    consequences.touch(draft, state, now=now)
    submit.queue_draft(session, draft, now=now)
    return draft
