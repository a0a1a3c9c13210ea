"""All challenges with how far they are, for a facilitator's first look. Counts; shows nobody's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from service.actions.following import uptake as following_uptake
from service.actions.following.pairs import NOTHING, Figure
from service.domain.drafts import FOR_A_PERSON, NOT_MADE_YET
from service.domain.errors import NotAllowed
from service.domain.roles import Actor, CredentialReach, Role, visible_groups
from service.store import visible
from service.store.tables import Challenge, ChallengeGroup, DraftRow, Group, Release, Revision, RoleGrant, Submission

MOST = 500


@dataclass(frozen=True, slots=True)
class ChallengeRow:
    """A challenge, how many people it is set to in the groups that one sees, and how many are how far.

    `to_decide` drafts wait for a facilitator, `with_machine` are still being made. `uptake` is the stored figure.
    """

    challenge: Challenge
    set_to: int
    submitted: int = 0
    answered: int = 0
    to_decide: int = 0
    with_machine: int = 0
    uptake: Figure = NOTHING


def rows(session: Session, actor: Actor, *, archived: bool = False) -> list[ChallengeRow]:
    """Challenges that are set to somebody whom the actor may see, or on which somebody has handed in; those with most
    to decide first, then the newest; what is archived is told apart. In seven statements. Raises NotAllowed for a
    learner."""
    if actor.reach is CredentialReach.PERSON and not actor.reviews:
        raise NotAllowed("The overview of challenges is for facilitators.")
    counts = _counts(session, actor)
    audience = _audience(session, actor)
    uptake = following_uptake.of_all(session, actor)
    found = [
        ChallengeRow(one, audience(one.id), **counts.get(one.id, {}), uptake=uptake.get(one.id, NOTHING))
        for one in session.scalars(
            select(Challenge)
            .where(Challenge.organization_id == actor.organization, Challenge.archived_at.is_not(None) == archived)
            .order_by(Challenge.id.desc())
        )
    ]
    shown = [row for row in found if row.set_to or row.submitted]
    return sorted(shown, key=lambda row: -row.to_decide)[:MOST]


def _counts(session: Session, actor: Actor) -> Mapping[str, Mapping[str, int]]:
    """By challenge; of the latest revisions of what was not taken back."""
    groups = visible_groups(actor)
    mine: list[ColumnElement[bool]] = [] if groups is None else [Submission.group_id.in_(groups)]
    told = (
        select(DraftRow.submission_id)
        .join(Release, Release.draft_id == DraftRow.id)
        .where(Release.organization_id == actor.organization, Release.retracted_at.is_(None))
        .distinct()
        .subquery()
    )
    query = (
        select(
            Submission.challenge_id,
            _people(),
            _people(told.c.submission_id.is_not(None)),
            func.count().filter(DraftRow.state.in_(FOR_A_PERSON)),
            func.count().filter(DraftRow.state.in_(NOT_MADE_YET)),
        )
        .join(Revision, visible.latest_text())
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .outerjoin(told, told.c.submission_id == Submission.id)
        .where(Submission.organization_id == actor.organization, ~visible.withdrawn(), *mine)
        .group_by(Submission.challenge_id)
    )
    names = ("submitted", "answered", "to_decide", "with_machine")
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in session.execute(query)}


def _people(condition: ColumnElement[bool] | None = None) -> Any:
    counted = Submission.person_id if condition is None else case((condition, Submission.person_id))
    return func.count(counted.distinct())


def _audience(session: Session, actor: Actor) -> Callable[[str], int]:
    """A function: challenge → how many learners it is set to, of those that the actor may see."""
    groups = visible_groups(actor)
    learns = select(RoleGrant.group_id, RoleGrant.person_id).where(
        RoleGrant.organization_id == actor.organization, RoleGrant.role == Role.LEARNER
    )
    if groups is not None:
        learns = learns.where(RoleGrant.group_id.in_(groups))
    within: dict[str, set[str]] = {}
    for group, person in session.execute(learns):
        within.setdefault(group, set()).add(person)
    everybody = len(set().union(*within.values()))
    given: dict[str, list[str]] = {}
    pairs = select(ChallengeGroup.challenge_id, ChallengeGroup.group_id)
    for challenge, group in session.execute(pairs.where(ChallengeGroup.organization_id == actor.organization)):
        given.setdefault(challenge, []).append(group)
    below = _below(session, actor.organization)

    def count(challenge: str) -> int:
        if challenge not in given:
            return everybody
        reached = {under for group in given[challenge] for under in below(group)}
        return len(set().union(*(within.get(group, set()) for group in reached)))

    return count


def _below(session: Session, organization: str) -> Callable[[str], set[str]]:
    """A function: group → it and all groups below it."""
    children: dict[str | None, list[str]] = {}
    tree = select(Group.id, Group.parent_id).where(Group.organization_id == organization)
    for group, parent in session.execute(tree):
        children.setdefault(parent, []).append(group)

    def walk(group: str) -> set[str]:
        found, todo = set[str](), [group]
        while todo:
            one = todo.pop()
            if one not in found:
                found.add(one)
                todo += children.get(one, [])
        return found

    return walk
