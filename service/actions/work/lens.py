"""What an overview is of: one challenge, the groups that the reader may see, and the pieces of work in them.

Reads each kind of row in one statement, whatever their number; what is made of them is up to the files beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipelines.values import Standing
from service.actions.challenges import setting
from service.domain.drafts import DraftState
from service.domain.errors import NotAllowed, NotFound
from service.domain.roles import Actor, CredentialReach, visible_groups
from service.store import find, tree, visible
from service.store.tables import Challenge, DraftRow, FeedbackReading, Group, Release, Revision, Submission

MOST_CHOICES = 500


@dataclass(frozen=True, slots=True)
class Lens:
    """A challenge as seen through some groups, by our ids; None is every group of the organization. `set_to` are those
    of them that the challenge is set to, `wide` the same before one was `chosen`."""

    challenge: Challenge
    groups: frozenset[str] | None
    set_to: frozenset[str] | None
    wide: frozenset[str] | None
    chosen: Group | None = None

    @property
    def criteria(self) -> dict[str, str]:
        """The challenge's criteria in order, key → text."""
        return {criterion.key: criterion.text for criterion in self.challenge.criteria}

    @property
    def here(self) -> list[ColumnElement[bool]]:
        """The condition that a submission is to this challenge and in these groups. The table's index begins with the
        challenge; that of drafts does not, so whatever is asked of drafts is asked through their submissions."""
        of = [Submission.challenge_id == self.challenge.id]
        return of if self.groups is None else [*of, Submission.group_id.in_(self.groups)]


def lens(session: Session, actor: Actor, challenge: str, *, group: str | None = None) -> Lens:
    """A challenge (external id) through the groups that the actor may see, or of these, one and those below it.

    Raises NotFound, also for a group that the actor may not see, and NotAllowed for a learner.
    """
    if actor.reach is CredentialReach.PERSON and not actor.reviews:
        raise NotAllowed("The overview of a challenge is for its facilitators.")
    row = setting.get(session, actor, challenge)
    groups = wide = visible_groups(actor)
    if given := setting.groups_of(session, row):
        wide = _both(groups, tree.below(session, given))
    if group is None:
        return Lens(row, groups, wide, wide)
    chosen = find.one(session, Group, actor.organization, group)
    below = tree.below(session, [chosen.id])
    if not (seen := _both(groups, below)):
        raise NotFound(f"There is no group '{group}' here, or it is not yours to see.")
    return Lens(row, seen, _both(wide, below), wide, chosen)


def _both(some: frozenset[str] | None, others: frozenset[str]) -> frozenset[str]:
    return others if some is None else some & others


def choices(session: Session, lens: Lens) -> list[Group]:
    """Groups that one could choose instead, by name."""
    query = select(Group).where(Group.organization_id == lens.challenge.organization_id)
    if lens.wide is not None:
        query = query.where(Group.id.in_(lens.wide))
    return list(session.scalars(query.order_by(Group.name, Group.id).limit(MOST_CHOICES)))


@dataclass(frozen=True, slots=True)
class RevisionInLens:
    """One revision of a submission that was not taken back, and what became of its draft; no texts.

    `released_at` is when a learner could first read feedback on it, `stands` whether one still can, `read_at` when the
    learner first did.
    """

    draft: str
    revision: str
    submission: str  # our own id
    external_id: str
    person: str  # our own id
    group: str  # our own id
    number: int
    latest: bool
    submitted_at: datetime
    state: DraftState
    standing: Standing | None
    judgements: Mapping[str, str]
    assessment: Mapping[str, Any]
    released_at: datetime | None
    stands: bool
    read_at: datetime | None


def pieces(session: Session, lens: Lens) -> list[RevisionInLens]:
    """All work on the challenge in these groups, in the order handed in, in one statement."""
    told = (
        select(
            Release.draft_id.label("draft_id"),
            func.min(Release.released_at).label("released_at"),
            func.count().filter(Release.retracted_at.is_(None)).label("standing"),
            func.min(FeedbackReading.read_at).label("read_at"),
        )
        .outerjoin(FeedbackReading, FeedbackReading.release_id == Release.id)
        .join(DraftRow, DraftRow.id == Release.draft_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(*lens.here)
        .group_by(Release.draft_id)
        .subquery()
    )
    rows = session.execute(
        select(
            DraftRow.id,
            DraftRow.revision_id,
            DraftRow.submission_id,
            Submission.external_id,
            Submission.person_id,
            Submission.group_id,
            Revision.number,
            visible.latest().label("is_latest"),
            Revision.submitted_at,
            DraftRow.state,
            DraftRow.standing,
            DraftRow.judgements,
            DraftRow.assessment,
            told.c.released_at,
            func.coalesce(told.c.standing, 0) > 0,
            told.c.read_at,
        )
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .outerjoin(told, told.c.draft_id == DraftRow.id)
        .where(*lens.here, ~visible.withdrawn())
        .order_by(Revision.submitted_at, Revision.id)
    )
    return [RevisionInLens(*tuple(row)) for row in rows]
