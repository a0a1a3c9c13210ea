"""Decisions on a gallery as a whole. Every one names the version seen, and leaves a record.

What is approved is one thing with one hash: the comparison, whose texts in which revision, and the places marked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Unpack

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.actions.approvals import approving
from service.actions.approvals.deciding import Deciding, DecisionNote
from service.actions.galleries.wanted import tell, touch, want
from service.actions.visibility.in_galleries import LIVE, Now, counted, names_somebody, shared_now
from service.actions.visibility.unnamed import stored
from service.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from service.domain.events import Event
from service.domain.galleries import FEWEST, MOST, GalleryAct, GalleryActor, GalleryState, body_digest, step
from service.domain.lifecycle import require_seen
from service.domain.roles import Actor, Role, may_see_group, require_reviewer
from service.store import disclosures
from service.store.disclosures import DisclosedTo
from service.store.tables import (
    DisclosureKind,
    Gallery,
    GalleryApproval,
    GalleryDecision,
    GalleryShowing,
    Person,
    Revision,
    RoleGrant,
    Submission,
)
from service.store.tree import Tree

GONE = "A work in it was no longer shared when it was about to be shown. Leave that out, and approve it anew."
RULE_CHANGED = "The rule that let it be shown has changed. Please decide yourself."


NOT_HERE = "There is no such gallery here, or it is not yours to see."


def locked(session: Session, actor: Actor, gallery_id: str) -> Gallery:
    """The gallery, held against others until the transaction ends. Raises NotFound."""
    row = session.get(Gallery, gallery_id, with_for_update={"key_share": True})
    if row is None or row.organization_id != actor.organization:
        raise NotFound(NOT_HERE)
    return row


def opened(at: Deciding) -> tuple[Gallery, str]:
    """The gallery as it was seen, and the facilitator who acts. Raises NotFound, NotAllowed, ChangedSince."""
    row = locked(at.session, at.actor, at.id)
    if not may_see_group(at.actor, row.group_id):
        raise NotFound(NOT_HERE)  # a refusal would tell that it is there
    person = require_reviewer(at.actor, row.group_id)
    require_others(at.actor, row)
    at.require(row.version)
    return row, person


def not_own(actor: Actor) -> list[ColumnElement[bool]]:
    """That a gallery is not for the actor, for whom a colleague decides."""
    return [] if actor.person is None else [Gallery.person_id != actor.person]


def require_others(actor: Actor, row: Gallery) -> None:
    """Raises NotAllowed for a gallery that is for the actor."""
    if actor.person is not None and row.person_id == actor.person:
        raise NotAllowed("This would be shown to you: a colleague decides on it. You find it beside your own work.")


def body_of(session: Session, now: Now, comparison: str, *, marked: bool = True) -> dict[str, Any]:
    """All that the learner would read of it, by reference and hash; peers' words are not copied. `now` with texts: the
    hash is of what is shown, and what is not shown of a work without a name is kept beside it."""
    own = session.get_one(Revision, now.gallery.revision_id)
    return {
        "comparison": comparison,
        "own": {"revision": own.id, "text_hash": own.text_hash, "marks": now.gallery.marks if marked else []},
        "works": [
            {
                "revision": work.item.revision_id,
                "text_hash": work.text_hash,
                "marks": work.marks if marked else [],
                **({} if work.sharing.named else {"hidden": stored(work.hidden)}),
            }
            for work in now.works
        ],
    }


def approve(at: Deciding, *, seen: str, undo: timedelta = approving.UNDO) -> Gallery:
    """Approve exactly what has the hash `seen`; it is shown when the undo window has passed.

    Raises ChangedSince if it is another by now, Invalid where something in it is no longer shared or is missing.
    """
    row, person = opened(at)
    state = step(row.state, GalleryAct.APPROVE, GalleryActor.FACILITATOR)
    here = shared_now(at.session, [row], now=at.now)[row.id]
    body = body_of(at.session, here, row.comparison)
    require_seen(seen, body_digest(body), "The gallery has changed since you saw it. Look at it again, then decide.")
    _check_whole(here, row.comparison)
    if names_somebody(at.session, here, row.comparison):
        raise Invalid("The comparison tells who wrote a work that is shown without a name. Say it without names.")
    _count(at.session, row)
    approving.give(at.session, approving.GALLERY, row, person, (seen, body), undo=undo, now=at.now)
    return _decided(at, row, person, "approve", state, text_hash=seen)


def _check_whole(here: Now, comparison: str) -> None:
    if not here.shared:
        raise Invalid("A work in it is no longer shared. Leave it out first.")
    if not FEWEST <= len(here.works) <= MOST:
        raise Invalid("A gallery holds two or three works. Put one in, or leave one out.")
    if not comparison.strip():
        raise Invalid("Say what to compare: one question that the learner can check in the texts.")


def _count(session: Session, row: Gallery) -> None:
    """Which gallery of each author's this is. The authors are held meanwhile, so that no two get the same number."""
    authors = sorted({item.author_id for item in row.items})
    session.execute(select(Person.id).where(Person.id.in_(authors)).order_by(Person.id).with_for_update(key_share=True))
    there = counted(session, {(row.challenge_id, author) for author in authors})
    for item in row.items:
        item.nth = there.get((row.challenge_id, item.author_id), 0) + 1


def by_policy(session: Session, row: Gallery, *, undo: timedelta = approving.UNDO, now: datetime) -> bool:
    """Let a gallery that is ready be shown without being looked at, if a policy lets it. The words are the policy's."""
    here = shared_now(session, [row], now=now)[row.id]
    policy = here.policy_row
    if row.state is not GalleryState.READY or policy is None or not policy.automatic or not policy.question.strip():
        return False
    if not here.shared or not FEWEST <= len(here.works) <= MOST:
        return False
    if any(work.facts.telling for work in here.works) or names_somebody(session, here, policy.question):
        return False  # a person looks at what may name people
    if not still_reviews(session, policy.facilitator_id, row):
        return False
    body = body_of(session, here, policy.question, marked=False)
    _count(session, row)
    approving.give(
        session,
        approving.GALLERY,
        row,
        policy.facilitator_id,
        (body_digest(body), body),
        undo=undo,
        now=now,
        act="approve_by_policy",
        policy_id=policy.id,
    )
    touch(row, step(row.state, GalleryAct.APPROVE, GalleryActor.POLICY), now=now)
    return True


def still_reviews(session: Session, person: str, row: Gallery) -> bool:
    """Whether this person decides on work in the gallery's group, as roles stand now."""
    above = Tree(session, row.organization_id).above(row.group_id)
    reviewing = (Role.FACILITATOR, Role.COORDINATOR)
    held = select(RoleGrant.person_id).where(
        RoleGrant.person_id == person, RoleGrant.group_id.in_(above), RoleGrant.role.in_(reviewing)
    )
    return session.scalar(held.limit(1)) is not None


def undo(at: Deciding) -> Gallery:
    """Take an approval back before the gallery is shown."""
    row = approving.undo(at, approving.GALLERY, opened(at), _decided)
    _uncount(row)
    return row


def _uncount(row: Gallery) -> None:
    for item in row.items:
        item.nth = None


def show_due(session: Session, gallery_id: str, *, now: datetime) -> bool:
    """The undo window has passed: show it, if it still stands approved and everything in it is still shared.

    False: nothing to show any more, or not yet; where something is no longer shared, a facilitator decides anew.
    """
    row = session.get(Gallery, gallery_id, with_for_update={"key_share": True})
    approval = approving.due(session, approving.GALLERY, row, now=now) if row is not None else None
    if row is None or approval is None:
        return False
    here = shared_now(session, [row], now=now)[row.id]
    rule_holds = approval.policy_id is None or _rule_holds(here)
    if not here.shared or not rule_holds:
        approving.end(session, approving.GALLERY, row, now=now)
        _uncount(row)
        touch(row, step(row.state, GalleryAct.RECONSIDER, GalleryActor.CLOCK), now=now)
        row.reason_code, row.reason = ("no_longer_shared", GONE) if not here.shared else ("rule_changed", RULE_CHANGED)
        tell(session, row, Event.GALLERY_READY, now=now)
        return False
    _show(session, row, approval, now=now)
    return True


def _rule_holds(here: Now) -> bool:
    """Whether the rule would let it be shown today: it is still there, and nothing in it may name people."""
    automatic = here.policy_row is not None and here.policy_row.automatic
    return automatic and not any(work.facts.telling for work in here.works)


def _show(session: Session, row: Gallery, approval: GalleryApproval, *, now: datetime) -> None:
    """The one way in which a gallery is shown."""
    touch(row, step(row.state, GalleryAct.SHOW, GalleryActor.CLOCK), now=now)
    row.shown_at = now
    approving.let_out(session, approving.GALLERY, row, approval, GalleryActor.CLOCK.value, now=now)
    told = DisclosedTo(DisclosureKind.GALLERY, row.id, row.person_id, approved_by=approval.facilitator_id)
    disclosures.record(session, [item.revision_id for item in row.items], told, now=now)
    tell(session, row, Event.GALLERY_SHOWN, now=now)


def dismiss(at: Deciding, *, reason_code: str = "", note: str = "") -> Gallery:
    """None is shown; one that is shown already is taken back."""
    row, person = opened(at)
    state = step(row.state, GalleryAct.DISMISS, GalleryActor.FACILITATOR)
    if row.state in LIVE:
        approving.end(at.session, approving.GALLERY, row, now=at.now)
        _uncount(row)
        open_ones = select(GalleryShowing).where(GalleryShowing.gallery_id == row.id, GalleryShowing.ended_at.is_(None))
        for showing in at.session.scalars(open_ones):
            showing.ended_at = at.now
    row.generation += 1  # what is still being chosen comes too late
    return _decided(at, row, person, "dismiss", state, reason_code=reason_code, note=note)


def remake(at: Deciding) -> Gallery:
    """Have it chosen anew, from what is there now, for the learner's latest text."""
    row, person = opened(at)
    step(row.state, GalleryAct.REMAKE, GalleryActor.FACILITATOR)
    submission = at.session.get_one(Submission, row.submission_id)
    latest = select(Revision).where(Revision.submission_id == submission.id, Revision.number == submission.latest)
    revision = at.session.scalars(latest).one_or_none()
    if revision is None or submission.withdrawn_at is not None:
        raise NotNow("The learner took the submission back.")
    decide(at.session, row, person, "remake", now=at.now)
    return want(at.session, submission, revision, GalleryActor.FACILITATOR, now=at.now)


def _decided(
    at: Deciding, row: Gallery, person: str, act: str, state: GalleryState, **said: Unpack[DecisionNote]
) -> Gallery:
    decide(at.session, row, person, act, now=at.now, **said)
    touch(row, state, now=at.now)
    return row


def decide(
    session: Session, row: Gallery, person: str, act: str, *, now: datetime, **said: Unpack[DecisionNote]
) -> None:
    """Record a human act."""
    whose = {"organization_id": row.organization_id, "gallery_id": row.id, "person_id": person}
    session.add(GalleryDecision(**whose, act=act, at=now, **said))
