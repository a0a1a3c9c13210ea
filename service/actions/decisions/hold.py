"""What every decision on a draft needs: the draft held and unchanged, its points, its text, and a record of the act."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding, DecisionNote
from service.actions.challenges import calibrating
from service.actions.drafts import read
from service.actions.work import consequences
from service.domain.drafts import DraftAct, DraftActor, step
from service.domain.errors import Conflict, NotFound
from service.domain.roles import Actor, may_see_group, require_reviewer
from service.domain.texts import worddiff
from service.store import audit, names
from service.store.tables import Decision, DraftRow, PointRow, PointState


def locked(session: Session, actor: Actor, draft_id: str) -> DraftRow:
    """The draft, held against others until the transaction ends. Raises NotFound, also for one that the actor may not
    see: a refusal would tell that it is there. NotAllowed for one on the actor's own work."""
    draft = session.get(DraftRow, draft_id, with_for_update={"key_share": True})
    if draft is None or draft.organization_id != actor.organization or not may_see_group(actor, draft.group_id):
        raise NotFound
    read.require_others(session, actor, draft)
    return draft


def open_draft(at: Deciding) -> tuple[DraftRow, str]:
    """The draft as it was seen, held, and who acts. Raises NotFound, NotAllowed, Conflict, ChangedSince."""
    draft = locked(at.session, at.actor, at.id)
    person = require_reviewer(at.actor, draft.group_id)
    check_unclaimed(at.session, draft, person, at.now)
    at.require(draft.version)
    return draft, person


def check_unclaimed(session: Session, draft: DraftRow, person: str, now: datetime) -> None:
    held = draft.claimed_until is not None and draft.claimed_until > now
    if held and draft.claimed_by not in (None, person):
        name = names.name_of(session, draft.claimed_by)
        raise Conflict(f"{name} is at this draft. Take it over first, or choose another.")


def revised(draft: DraftRow, now: datetime) -> DraftRow:
    """The draft with a new version, still waiting for a decision. Raises NotNow."""
    consequences.touch(draft, step(draft.state, DraftAct.REVISE, DraftActor.FACILITATOR), now=now)
    return draft


def decide(
    session: Session,
    draft: DraftRow,
    person: str,
    act: str,
    *,
    now: datetime,
    point: PointRow | None = None,
    bulk: bool = False,
    **said: Unpack[DecisionNote],
) -> None:
    """Record a human act; `bulk` where it was done to several at once, which is counted apart. What stands against it
    elsewhere is looked for afterwards."""
    whose = {"organization_id": draft.organization_id, "draft_id": draft.id, "person_id": person}
    session.add(Decision(**whose, point_id=point.id if point else None, act=act, bulk=bulk, at=now, **said))
    if act not in _RECORDED_ELSEWHERE:
        _record(session, draft, person, act, point, bulk=bulk, now=now, **said)
    consequences.compare_later(session, draft, now=now)
    calibrating.moved(session, draft.challenge_id, now=now)


_RECORDED_ELSEWHERE = {"approve", "hand_over"}
"""Acts that go into the trail with more than is known here."""


def _record(
    session: Session,
    draft: DraftRow,
    person: str,
    act: str,
    point: PointRow | None,
    *,
    bulk: bool,
    now: datetime,
    **said: Unpack[DecisionNote],
) -> None:
    """Into the trail: what was corrected, as counts of words, and never the words."""
    facts: dict[str, object] = {"bulk": bulk}
    if point is not None:
        facts |= {"point": point.id, "criterion": point.criterion, "kind": point.kind.value}
    if reason := said.get("reason_code"):
        facts["reason"] = reason
    if act in ("edit", "summary"):
        facts |= worddiff.counts(said.get("before", ""), said.get("after", ""))
    organization, by = draft.organization_id, f"person:{person}"
    audit.record(session, organization=organization, actor=by, act=f"draft.{act}", subject=draft.id, now=now, **facts)


def settle(point: PointRow, state: PointState, person: str, now: datetime) -> None:
    point.state, point.decided_by, point.decided_at = state, person, now
