"""A coordinator gives a challenge's waiting drafts to colleagues by shares: looked at first, and to be taken back.

What is given is handed over as one draft is, to be theirs for two days; nothing is decided on. What somebody is at, or
has begun, stays as it is, and nobody gets work of their own. Commits nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.actions.decisions.hand_over import HELD, given, reviewers_of
from service.actions.drafts.read import HANDED_IN, not_own
from service.actions.work import consequences
from service.domain.decisions import shared_out
from service.domain.drafts import FOR_A_PERSON
from service.domain.errors import ChangedSince, Invalid, NotAllowed, NotNow
from service.domain.roles import Actor
from service.domain.texts import digest
from service.store import archived, audit, find
from service.store.names import names_of
from service.store.tables import Challenge, Decision, DraftRow, Opening, Person, Submission

MOST: Final = 500
"""Drafts given at once, the oldest: all in one transaction. Whoever has more does it again."""
LARGEST: Final = 99
"""Of a weight."""
_AGAIN: Final = ("reopen", "retract")
"""Acts after which a draft waits once more, for whoever comes."""
_NO_BEGINNING: Final = ("hand_over", "redraft", *_AGAIN)
"""Acts by which nobody has begun."""


@dataclass(frozen=True, slots=True)
class AssignedShare:
    """Somebody who may review some of what waits. `has` counts what is theirs already, `gets` what they would get;
    ids are the platform's."""

    id: str
    name: str
    weight: int
    has: int
    gets: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """What sharing out comes to. `kept` are held by somebody or begun, `left` those that nobody named may have; `seen`
    is what has to be shown again to do it."""

    challenge: str
    title: str
    shares: tuple[AssignedShare, ...]
    kept: int
    left: int
    seen: str

    @property
    def gives(self) -> int:
        return sum(one.gets for one in self.shares)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What waits on a challenge, and what sharing it out comes to, by our own ids."""

    challenge: Challenge
    free: Sequence[str]
    people: Mapping[str, Person]
    has: Mapping[str, int]
    kept: int
    weights: Mapping[str, int]
    gives: Mapping[str, str]

    @property
    def seen(self) -> str:
        return digest("\n".join(f"{draft} {person}" for draft, person in sorted(self.gives.items())))


def proposed(
    session: Session, actor: Actor, challenge: str, weights: Mapping[str, int], *, now: datetime
) -> Assignment:
    """What these weights (external id of a person → share) come to, with everybody who could be named. Changes nothing.

    Raises NotAllowed for whoever coordinates nothing, NotFound, Invalid for a weight or somebody who reviews nothing of
    it.
    """
    return _shown(session, _waiting(session, actor, challenge, weights, now))


def assign(
    session: Session, actor: Actor, challenge: str, weights: Mapping[str, int], *, seen: str, now: datetime
) -> Assignment:
    """Give them as it was seen. Raises as `proposed`, ChangedSince if it comes to something else by now, NotNow where
    there is nothing to give."""
    first = list(_waiting(session, actor, challenge, weights, now).free)
    rows = {row.id: row for row in consequences.drafts_held(session, DraftRow.id.in_(first))}
    # As it stands while nobody can change it, and of nothing else: what came since is not held.
    there = _waiting(session, actor, challenge, weights, now, DraftRow.id.in_(first))
    if there.seen != seen:
        raise ChangedSince("What waits has changed since you looked. Look again at what would be given to whom.")
    if not there.gives:
        raise NotNow("There is nothing here to give to anybody.")
    for draft, person in there.gives.items():
        given(session, actor, rows[draft], there.people[person], bulk=True, now=now)
    return _shown(session, there)


def take_back(session: Session, actor: Actor, challenge: str, *, at: datetime, now: datetime) -> int:
    """Take back what the actor gave at that moment, where its holder has neither begun nor opened it since: how many.
    The same again takes back nothing. Raises NotAllowed, NotFound."""
    person, row = _coordinator(actor), find.one(session, Challenge, actor.organization, challenge)
    handed = select(Decision.draft_id).where(Decision.person_id == person, Decision.act == "hand_over")
    mine = handed.where(Decision.at == at, Decision.bulk.is_(True))
    here = [DraftRow.challenge_id == row.id, DraftRow.id.in_(mine), DraftRow.claimed_until == at + HELD]
    here += [~_decided(Decision.at >= at), ~_opened(at)]
    drafts = consequences.drafts_held(session, _all(actor, here))
    for draft in drafts:
        draft.claimed_by = draft.claimed_until = None
        audit.record(
            session,
            organization=draft.organization_id,
            actor=actor.name,
            act="draft.hand_over_back",
            subject=draft.id,
            now=now,
        )
    return len(drafts)


def _waiting(
    session: Session,
    actor: Actor,
    challenge: str,
    weights: Mapping[str, int],
    now: datetime,
    *only: ColumnElement[bool],
) -> _Waiting:
    """With `only`, none but these are free."""
    _coordinator(actor)
    row = find.one(session, Challenge, actor.organization, challenge)
    here = _all(actor, [DraftRow.challenge_id == row.id])
    held = DraftRow.claimed_until > now
    untouched = and_(or_(DraftRow.claimed_until.is_(None), ~held), ~_begun())
    free = session.execute(
        select(DraftRow.id, DraftRow.group_id, Submission.person_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(here, untouched, *only)
        .order_by(HANDED_IN, DraftRow.shuffle, DraftRow.id)
        .limit(MOST)
    ).all()
    reviewers = {group: reviewers_of(session, group) for group in sorted({group for _, group, _ in free})}
    people = {one.id: one for some in reviewers.values() for one in some}
    may = {  # nobody their own
        draft: {one.id for one in reviewers[group]} - {author} for draft, group, author in free
    }
    theirs = select(DraftRow.claimed_by, func.count()).where(here, held).group_by(DraftRow.claimed_by)
    has = {person: count for person, count in session.execute(theirs) if person is not None}
    wanted = _weights(people, weights)
    gives = shared_out(list(may), wanted, may, has=has)
    kept = session.scalar(select(func.count()).select_from(DraftRow).where(here, ~untouched)) or 0
    return _Waiting(row, list(may), people, has, kept, wanted, gives)


def _weights(people: Mapping[str, Person], weights: Mapping[str, int]) -> dict[str, int]:
    """By our own ids, in the order of names: the same whatever the order in which they were named."""
    by_name = sorted(people.values(), key=lambda one: (one.name.casefold(), one.external_id))
    known = {one.external_id: one.id for one in by_name}
    for name, weight in weights.items():
        if not 0 <= weight <= LARGEST:
            raise Invalid(f"A share is a number from 0 to {LARGEST}.")
        if weight and known and name not in known:  # where nothing waits any more, that is what is said
            raise Invalid(f"“{name[:80]}” reviews nothing of what waits here. Choose among those who do.")
    return {id_: weights[name] for name, id_ in known.items() if weights.get(name)}


def _coordinator(actor: Actor) -> str:
    if actor.person is None or not actor.coordinates:
        raise NotAllowed("A coordinator gives drafts to colleagues, not a platform: use a coordinator's token.")
    return actor.person


def _all(actor: Actor, more: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(
        DraftRow.organization_id == actor.organization,
        DraftRow.state.in_(FOR_A_PERSON),
        DraftRow.group_id.in_(actor.coordinates),
        archived.current(),
        *not_own(actor),
        *more,
    )


def _begun() -> ColumnElement[bool]:
    """That somebody has decided on something of the draft since it waits as it does: since it was drafted, and since it
    was opened again or retracted, if it was."""
    again = aliased(Decision)
    since = select(func.max(again.at)).where(again.draft_id == DraftRow.id, again.act.in_(_AGAIN))
    return _decided(
        Decision.at >= func.coalesce(DraftRow.ready_at, DraftRow.created_at),
        Decision.at > func.coalesce(since.scalar_subquery(), DraftRow.created_at),
    )


def _decided(*when: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Decision.draft_id == DraftRow.id, Decision.act.not_in(_NO_BEGINNING), *when)


def _opened(since: datetime) -> ColumnElement[bool]:
    """That whoever holds the draft has opened it the first time since then: they may be writing."""
    whose = and_(Opening.draft_id == DraftRow.id, Opening.person_id == DraftRow.claimed_by)
    return exists().where(whose, Opening.opened_at >= since)


def _shown(session: Session, there: _Waiting) -> Assignment:
    names = names_of(session, there.people, apart=True)
    gets = Counter(there.gives.values())
    shares = (
        AssignedShare(one.external_id, names[id_], there.weights.get(id_, 0), there.has.get(id_, 0), gets[id_])
        for id_, one in there.people.items()
    )
    ordered = tuple(sorted(shares, key=lambda one: (one.name.casefold(), one.id)))
    left = len(there.free) - len(there.gives) if there.weights else 0
    return Assignment(there.challenge.external_id, there.challenge.title, ordered, there.kept, left, there.seen)
