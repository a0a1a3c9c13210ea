"""What the network of people is drawn from, read in one snapshot: who learns where, what they work on, who was
introduced, and vectors of work that may be used to match people. As it stands now, and only of the viewer's groups.

A facilitator sees who learns in the own groups and what they hand in there, with or without their consents, as on the
desk. Who does not want to be introduced, or wants no machine to read their work, is among the members and in nothing
else: in no tie, no measure, no suggestion and no file. A tie is there when both its people are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from pipelines.network import Pair
from service.actions.work.vectors import of_revisions
from service.domain.errors import NotAllowed, NotFound
from service.domain.introductions import TOGETHER, PastIntroduction
from service.domain.roles import Actor, CredentialReach, Role, visible_groups
from service.domain.visibility import PeersShown, SharingReach, no_machine
from service.store import find, tree, visible
from service.store.names import told_apart
from service.store.tables import (
    Challenge,
    Consent,
    Group,
    Introduction,
    IntroductionAnswer,
    IntroductionUseful,
    Person,
    Revision,
    RoleGrant,
    Submission,
)
from service.store.tree import Tree

MOST = 400
"""People on one map; of more, those whose ids come first. Beyond it, one sees no more and waits longer."""
MOST_WORKS = 1500


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who learns in these groups. `open`: may be introduced, and machines may read their work."""

    id: str  # our own
    external_id: str
    name: str
    groups: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class OutsideName:
    """A group or a challenge, as the outside calls it."""

    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Tie:
    """Two people who both said yes to being introduced, the smaller id first. `met`, `useful`: at least one says so."""

    first: str
    second: str
    at: datetime
    met: bool
    useful: bool

    @property
    def pair(self) -> Pair:
        return self.first, self.second


@dataclass(frozen=True, slots=True)
class MatchableText:
    """A piece of work that may be used in a match: with everybody, or with these people alone."""

    person: str
    vector: NDArray[np.float32]
    within: frozenset[str] | None


@dataclass(frozen=True)
class NetworkFacts:
    """`at`: (person, challenge) of those who have handed in; `settled`: pairs that are not suggested again; `outward`:
    introductions of these people to others. `coming`: works without a vector yet."""

    members: tuple[Member, ...]
    groups: Mapping[str, OutsideName]
    challenges: Mapping[str, OutsideName]
    at: frozenset[Pair]
    ties: tuple[Tie, ...]
    settled: frozenset[Pair]
    outward: int
    texts: tuple[MatchableText, ...]
    coming: int
    beyond: int
    chosen: str
    choices: tuple[OutsideName, ...]
    within: str = ""  # our own id of the chosen group, or of the organization


def gather(session: Session, actor: Actor, *, group: str | None = None) -> NetworkFacts:
    """Of the groups that the actor may see, or of one (external id) and those below it. In a constant number of
    statements. Raises NotAllowed for a learner, NotFound for a group that is not there or not the actor's to see."""
    groups, choices, within = _groups(session, actor, group)
    members, beyond = _members(session, actor.organization, groups)
    free = {one.id for one in members if one.open}
    handed_in = session.execute(_works(actor.organization, {one.id for one in members}, groups)).all()
    ties, settled, outward = _introductions(session, actor.organization, free)
    texts, coming = _texts(session, actor.organization, [one for one in members if one.open], handed_in)
    return NetworkFacts(
        members=members,
        groups={id_: groups[id_] for id_ in sorted({of for one in members for of in one.groups})},
        challenges={row.challenge_id: OutsideName(row.challenge, row.title) for row in handed_in},
        at=frozenset((row.person_id, row.challenge_id) for row in handed_in),
        ties=ties,
        settled=settled,
        outward=outward,
        texts=texts,
        coming=coming,
        beyond=beyond,
        chosen=group or "",
        choices=choices,
        within=within,
    )


def _groups(
    session: Session, actor: Actor, group: str | None
) -> tuple[dict[str, OutsideName], tuple[OutsideName, ...], str]:
    """Groups by id, those that one could choose, and our own id of the chosen one, or of the organization."""
    if actor.reach is CredentialReach.PERSON and not actor.reviews:
        raise NotAllowed("The network is for facilitators and coordinators.")
    query = select(Group).where(Group.organization_id == actor.organization).order_by(Group.name, Group.id)
    seen = visible_groups(actor)
    found = {
        row.id: OutsideName(row.external_id, row.name)
        for row in session.scalars(query)
        if seen is None or row.id in seen
    }
    if group is None:
        return found, tuple(found.values()), actor.organization
    chosen = find.one(session, Group, actor.organization, group)
    below = tree.below(session, [chosen.id])
    if not (here := {id_: named for id_, named in found.items() if id_ in below}):
        raise NotFound(f"There is no group '{group}' here, or it is not yours to see.")
    return here, tuple(found.values()), chosen.id


def _members(session: Session, organization: str, groups: Mapping[str, OutsideName]) -> tuple[tuple[Member, ...], int]:
    rows = session.execute(
        select(Person.id, Person.external_id, told_apart(), Consent.introduce, Consent.ai, RoleGrant.group_id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Consent, Consent.person_id == Person.id)
        .where(
            Person.organization_id == organization,
            RoleGrant.role == Role.LEARNER,
            RoleGrant.group_id.in_(groups),
        )
        .order_by(Person.id, RoleGrant.group_id)
    ).all()
    learns: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        learns[row.id].append(row.group_id)
    last = {row.id: row for row in rows}
    found = [
        Member(id_, row.external_id, row.name, tuple(learns[id_]), row.introduce and not no_machine(row.ai))
        for id_, row in last.items()
    ]
    return tuple(found[:MOST]), max(0, len(found) - MOST)


def _works(organization: str, people: Collection[str], groups: Mapping[str, OutsideName]) -> Any:
    """The latest texts handed in within these groups, the newest first; no words."""
    return (
        select(
            Revision.id.label("revision"),
            Submission.person_id,
            Submission.group_id,
            Submission.challenge_id,
            Challenge.external_id.label("challenge"),
            Challenge.title,
            Challenge.sharing_peers,
            Challenge.sharing_reach,
            visible.barred().label("barred"),
        )
        .select_from(Submission)
        .join(Revision, visible.latest_text())
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(
            Submission.organization_id == organization,
            Submission.person_id.in_(people),
            Submission.group_id.in_(groups),
            ~visible.withdrawn(),
        )
        .order_by(Revision.submitted_at.desc(), Revision.id)
    )


def _introductions(
    session: Session, organization: str, free: Collection[str]
) -> tuple[tuple[Tie, ...], frozenset[Pair], int]:
    rows = session.scalars(
        select(Introduction).where(
            Introduction.organization_id == organization,
            or_(Introduction.first_id.in_(free), Introduction.second_id.in_(free)),
        )
    ).all()
    told: dict[str, list[IntroductionAnswer]] = defaultdict(list)
    for one in session.scalars(
        select(IntroductionAnswer).where(
            IntroductionAnswer.organization_id == organization,
            IntroductionAnswer.introduction_id.in_([row.id for row in rows]),  # of a group's, not of all there are
            IntroductionAnswer.told_at.is_not(None),
        )
    ):
        told[one.introduction_id].append(one)
    inside = [row for row in rows if row.first_id in free and row.second_id in free]
    ties = [_tie(row, told[row.id], row.introduced_at) for row in inside if row.state in TOGETHER and row.introduced_at]
    settled = frozenset(
        _pair(row) for row in inside if PastIntroduction(frozenset(_pair(row)), row.state, row.asked_at).counts
    )
    outward = sum(row.state in TOGETHER for row in rows) - sum(row.state in TOGETHER for row in inside)
    return tuple(sorted(ties, key=lambda tie: (tie.at, tie.pair))), settled, outward


def _pair(row: Introduction) -> Pair:
    return min(row.first_id, row.second_id), max(row.first_id, row.second_id)


def _tie(row: Introduction, told: Collection[IntroductionAnswer], at: datetime) -> Tie:
    useful = any(one.useful in (IntroductionUseful.YES, IntroductionUseful.A_LITTLE) for one in told)
    return Tie(*_pair(row), at, any(bool(one.met) for one in told), useful)


def _texts(
    session: Session, organization: str, free: Collection[Member], rows: Collection[Row[Any]]
) -> tuple[tuple[MatchableText, ...], int]:
    """What may be used in a match: of those who are open, where the challenge lets others see work at all. Work that is
    shared within a group is for those alone who learn in it or above it."""
    people, walked = {one.id: one for one in free}, Tree(session, organization)
    may = [
        row for row in rows if row.person_id in people and not row.barred and row.sharing_peers is not PeersShown.NEVER
    ][:MOST_WORKS]
    asked = select(Revision.id, Revision.text).where(Revision.id.in_([row.revision for row in may]))
    words = {id_: text for id_, text in session.execute(asked)}  # noqa: C416  typed
    _, vectors = of_revisions(session, organization, words)

    def within(row: Row[Any]) -> frozenset[str] | None:
        if row.sharing_reach is SharingReach.ORGANIZATION:
            return None
        above = set(walked.above(row.group_id))
        return frozenset(id_ for id_, one in people.items() if above.intersection(one.groups))

    found = [MatchableText(row.person_id, vectors[row.revision], within(row)) for row in may if row.revision in vectors]
    return tuple(found), len(may) - len(found)
