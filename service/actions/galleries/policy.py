"""What facilitators lay down for the galleries of a challenge, and what that would do, to be seen before it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from service.actions.approvals import approving
from service.actions.challenges import setting
from service.actions.galleries.review import by_policy
from service.actions.galleries.wanted import suggest_all
from service.actions.visibility.in_galleries import policies, rules, shared_now
from service.domain.errors import Invalid, NotAllowed, NotFound
from service.domain.galleries import GalleryState, Policy, Weighed, effect, reasons_against
from service.domain.roles import Actor, require_reviewer
from service.store import audit, find, tree
from service.store.tables import Challenge, Gallery, GalleryPolicy, Group, Person

MOST_WEEKS: Final = 520
MOST_WEIGHED: Final = 2000
"""Galleries that an effect is shown for, the latest."""

DECIDED = (GalleryState.READY, GalleryState.APPROVED, GalleryState.SHOWN, GalleryState.DISMISSED)
"""Galleries in which works were chosen, so that it can be said what a policy would have made of them."""


@dataclass(frozen=True, slots=True)
class PolicyPlace:
    """A challenge in a group that the actor reviews, with the policy that holds there. `groups`: where else one could
    be set, as (external id, name)."""

    challenge: Challenge
    group: Group
    policy: Policy
    row: GalleryPolicy | None
    set_by: str
    groups: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a policy would have made of the galleries there are. `people`: whose each gallery is, by its id."""

    weighed: tuple[Weighed, ...]
    against: Mapping[str, int]
    people: Mapping[str, str]

    @property
    def shown(self) -> int:
        return sum(one.shown for one in self.weighed)


def place(session: Session, actor: Actor, challenge: str, *, group: str | None = None) -> PolicyPlace:
    """Where a policy is set: the challenge and the group by external ids, or the highest group that the actor reviews.

    Raises NotFound, NotAllowed.
    """
    row = setting.get(session, actor, challenge)
    reviewed = _reviewed(session, actor)
    chosen = find.group(session, actor, group) if group else reviewed[0]
    require_reviewer(actor, chosen.id)
    held = policies(session, [row.id]).get((row.id, chosen.id))
    name = session.scalar(select(Person.name).where(Person.id == held.facilitator_id)) if held else ""
    return PolicyPlace(
        row, chosen, rules(held), held, name or "", tuple((one.external_id, one.name) for one in reviewed)
    )


def _reviewed(session: Session, actor: Actor) -> list[Group]:
    """The groups that the actor reviews: those first that lie under none of the others."""
    if actor.person is None or not actor.reviews:
        raise NotAllowed("Only facilitators lay down how galleries are approved.")
    rows = session.scalars(select(Group).where(Group.id.in_(actor.reviews)).order_by(Group.name, Group.id)).all()
    if not rows:
        raise NotFound
    return sorted(rows, key=lambda one: one.parent_id in actor.reviews)


def weigh(session: Session, here: PolicyPlace, policy: Policy, *, now: datetime) -> Effect:
    """What this policy would have made of the galleries of this challenge and group, from the first to the last."""
    rows = _galleries(session, here)
    seen = shared_now(session, rows, now=now, policy=policy)
    asked = [(row.id, seen[row.id].reader, [work.facts for work in seen[row.id].works]) for row in rows]
    weighed = effect(policy, asked, now)
    names = session.execute(select(Person.id, Person.name).where(Person.id.in_({row.person_id for row in rows})))
    known = dict(names.all())
    return Effect(weighed, reasons_against(weighed), {row.id: known.get(row.person_id, "") for row in rows})


def _galleries(session: Session, here: PolicyPlace) -> Sequence[Gallery]:
    latest = session.scalars(
        select(Gallery)
        .options(selectinload(Gallery.items))
        .where(
            Gallery.challenge_id == here.challenge.id,
            Gallery.group_id.in_(tree.below(session, [here.group.id])),
            Gallery.state.in_(DECIDED),
        )
        .order_by(Gallery.created_at.desc(), Gallery.id.desc())
        .limit(MOST_WEIGHED)
    ).all()
    return latest[::-1]


def lay_down(
    session: Session,
    actor: Actor,
    challenge: str,
    *,
    group: str | None,
    policy: Policy,
    undo: timedelta = approving.UNDO,
    now: datetime,
) -> GalleryPolicy:
    """Let this hold from now on, here and below; what waits follows at once. Raises NotFound, NotAllowed, Invalid."""
    here = place(session, actor, challenge, group=group)
    _check(policy)
    if here.row is not None:
        here.row.ended_at = now
    row = GalleryPolicy(
        organization_id=actor.organization,
        challenge_id=here.challenge.id,
        group_id=here.group.id,
        facilitator_id=actor.person or "",
        suggest=policy.suggest,
        automatic=policy.automatic,
        without_names=policy.without_names,
        weeks=policy.weeks,
        most_per_author=policy.most_per_author,
        question=policy.question.strip(),
        set_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        organization=actor.organization,
        actor=actor.name,
        act="gallery.policy",
        subject=here.challenge.id,
        now=now,
        group=here.group.id,
        automatic=policy.automatic,
        weeks=policy.weeks,
        most_per_author=policy.most_per_author,
        without_names=policy.without_names,
    )
    if policy.suggest:
        suggest_all(session, here.challenge, tree.below(session, [here.group.id]), now=now)
    if policy.automatic:
        for gallery in _galleries(session, here):
            by_policy(session, gallery, undo=undo, now=now)
    return row


def _check(policy: Policy) -> None:
    if not 0 <= policy.weeks <= MOST_WEEKS or not 0 <= policy.most_per_author <= 1000:
        raise Invalid("Weeks are from 0 to 520, and galleries of one author from 0 (no limit) to 1000.")
    if policy.automatic and not policy.question.strip():
        raise Invalid("Write the question that learners compare by: nobody looks at a machine's words for you here.")


def suggest(session: Session, actor: Actor, challenge: str, *, group: str | None, now: datetime) -> int:
    """Have galleries chosen for everybody in this group who has handed in and has none; how many."""
    here = place(session, actor, challenge, group=group)
    return suggest_all(session, here.challenge, tree.below(session, [here.group.id]), now=now)
