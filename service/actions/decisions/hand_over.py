"""Give a draft to a colleague: it is theirs for two days, and then anybody's again. Nothing of its text is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.actions.decisions.claim import UNDECIDED
from service.actions.decisions.hold import decide, open_draft
from service.actions.drafts import read
from service.actions.work import consequences
from service.domain.errors import Invalid, NotAllowed, NotNow
from service.domain.events import Event
from service.domain.roles import Actor, Role
from service.store import audit, find, tree
from service.store.names import names_of
from service.store.tables import DraftRow, Person, RoleGrant

HELD = timedelta(days=2)
"""How long it is kept for the colleague: long enough for somebody who is not at the desk today, short enough that work
does not lie with somebody who is away. Anybody can take it over sooner."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may decide on a draft; `id` is the platform's."""

    id: str
    name: str


def colleagues(session: Session, actor: Actor, draft_id: str) -> list[Colleague]:
    """To whom the draft can be given, by name; four statements. Raises NotFound."""
    draft = read.draft(session, actor, draft_id)
    rows = reviewers_of(session, draft.group_id)
    names = names_of(session, [row.id for row in rows], apart=True)
    return [Colleague(row.external_id, names[row.id]) for row in rows if row.id != actor.person]


def reviewers_of(session: Session, group: str) -> list[Person]:
    """Those with a role in a group (our id) or any above it, by name."""
    holding = select(RoleGrant.person_id).where(
        RoleGrant.group_id.in_(tree.above(session, group)),
        RoleGrant.role.in_((Role.FACILITATOR, Role.COORDINATOR)),
    )
    rows = session.scalars(select(Person).where(Person.id.in_(holding)))
    return sorted(rows, key=lambda row: (row.name.casefold(), row.external_id))


def hand_over(at: Deciding, *, to: str, note: str = "") -> DraftRow:
    """Give the draft to this colleague (external id), with a word. It waits in their queue as theirs.

    Raises NotFound, NotAllowed, ChangedSince, Conflict if somebody else is at it, NotNow if it is decided on, Invalid
    for somebody who may not review it.
    """
    draft, _ = open_draft(at)
    if draft.state not in UNDECIDED:
        raise NotNow(f"This draft is {draft.state.value}: there is nothing left to decide on.")
    colleague = find.one(at.session, Person, at.actor.organization, to)
    if colleague.id not in {row.id for row in reviewers_of(at.session, draft.group_id)}:
        raise Invalid(f"{colleague.name} does not review this group. Choose one of its facilitators.")
    given(at.session, at.actor, draft, colleague, note=note, now=at.now)
    return draft


def given(
    session: Session, actor: Actor, draft: DraftRow, to: Person, *, note: str = "", bulk: bool = False, now: datetime
) -> None:
    """Keep a draft that is held for this colleague; told, and in the trail. Whether it may be is the caller's to know.
    `bulk`: with several at once."""
    if actor.person is None:
        raise NotAllowed("A person hands a draft over, not a platform.")
    draft.claimed_by, draft.claimed_until = to.id, now + HELD
    decide(session, draft, actor.person, "hand_over", bulk=bulk, now=now, note=note)
    consequences.told_of(session, draft, Event.DRAFT_HANDED_OVER, now=now, to=to.external_id)
    facts = {"to": f"person:{to.id}", **({"bulk": True} if bulk else {})}
    audit.record(
        session,
        organization=draft.organization_id,
        actor=actor.name,
        act="draft.hand_over",
        subject=draft.id,
        now=now,
        **facts,
    )
