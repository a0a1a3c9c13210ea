"""What was decided on a challenge, as it stands now, and where else a decision fits.

Nothing of it is stored a second time: a decision that is taken back is no longer remembered, work that was withdrawn
or that no machine may read is compared with nothing. Changes nothing but through the decisions themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, load_only

from pipelines.texts.saying_back import without_mention
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import points
from service.actions.decisions.hold import open_draft
from service.actions.drafts import read
from service.domain.drafts import DraftState
from service.domain.errors import Invalid, NotFound, NotNow, PeerloomError
from service.domain.memory.consistency import Kinship, SaidPoint, kin
from service.domain.roles import Actor
from service.store import audit, visible
from service.store.tables import (
    Challenge,
    Consent,
    DraftRow,
    Organization,
    PointRow,
    PointState,
    Revision,
    Submission,
)

MOST_DECIDED = 1000
"""Decided points of a challenge that are remembered, the latest. A job compares as many all with all, a decision at a
time (`opposed`); to mark one draft by them takes 0.1 s."""
MOST_REACHED = 200


@dataclass(frozen=True, slots=True)
class RememberedPoint:
    """A decided point, and who decided on it, when and where."""

    said: SaidPoint
    draft: str
    group: str
    by: str | None
    at: datetime
    reason: str


def decided(session: Session, challenge: Challenge, *only: ColumnElement[bool]) -> list[RememberedPoint]:
    """Points of a challenge that were dismissed, or are part of what was approved; the latest first. `only`: those for
    which this holds, too."""
    rows = session.execute(
        _points(challenge.id)
        .where(visible.decided(), *only)
        .order_by(PointRow.decided_at.desc(), PointRow.id)
        .limit(MOST_DECIDED)
    ).all()
    language = language_of(session, challenge)
    return [remembered(row.PointRow, row.DraftRow, language) for row in rows]


def _points(challenge: str) -> Select[PointRow, DraftRow]:
    """Points on work that is still there and that machines may read."""
    return (
        select(PointRow, DraftRow)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(DraftRow.challenge_id == challenge, visible.machines_may())
        .options(load_only(*_NEEDED))
    )


_NEEDED = (DraftRow.group_id, DraftRow.submission_id, DraftRow.version, DraftRow.changed_at)
"""Of the other drafts; their prompts alone would be megabytes."""


def language_of(session: Session, challenge: Challenge) -> str:
    """The language in which points on a challenge are compared."""
    return challenge.language or session.get_one(Organization, challenge.organization_id).language


def remembered(point: PointRow, draft: DraftRow, language: str) -> RememberedPoint:
    said = SaidPoint(
        point=point.id,
        submission=draft.submission_id,
        kind=point.kind,
        criterion=point.criterion,
        text=point.text,
        quote=point.quote,
        language=language,
        dismissed=point.state is PointState.DISMISSED,
        reason=point.reason_code,
    )
    at = point.decided_at or draft.changed_at
    return RememberedPoint(said, draft.id, draft.group_id, point.decided_by, at, point.reason or point.reason_code)


@dataclass(frozen=True, slots=True)
class Reached:
    """A point of another draft that a decision would fit, too, and in what it is alike."""

    draft: DraftRow
    point: PointRow
    kinship: Kinship


def reach(session: Session, actor: Actor, draft_id: str, point_id: str) -> list[Reached]:
    """Points waiting elsewhere that are about the same as this one, in groups the actor reviews; the most alike first.

    Raises NotFound.
    """
    draft = read.draft(session, actor, draft_id)
    point = _point_of(draft, point_id)
    found = _reached(session, actor, draft, point)
    return sorted(found, key=lambda one: (-one.kinship.alike, one.point.id))[:MOST_REACHED]


def _point_of(draft: DraftRow, point_id: str) -> PointRow:
    point = next((one for one in draft.points if one.id == point_id and one.generation == draft.generation), None)
    if point is None:
        raise NotFound
    return point


def _reached(session: Session, actor: Actor, draft: DraftRow, point: PointRow) -> list[Reached]:
    challenge = session.get_one(Challenge, draft.challenge_id)
    language = language_of(session, challenge)
    mine = remembered(point, draft, language).said
    rows = session.execute(
        _points(challenge.id).where(
            DraftRow.state == DraftState.READY,
            DraftRow.id != draft.id,
            DraftRow.group_id.in_(actor.reviews),
            *read.not_own(actor),
            PointRow.generation == DraftRow.generation,
            PointRow.state != PointState.DISMISSED,
            PointRow.criterion == point.criterion,
        )
    ).all()
    alike = ((row, kin(mine, remembered(row.PointRow, row.DraftRow, language).said)) for row in rows)
    return [Reached(row.DraftRow, row.PointRow, kinship) for row, kinship in alike if kinship is not None]


@dataclass(frozen=True, slots=True)
class Target:
    """One of the points that were listed, with the version of its draft as it was listed."""

    draft: str
    version: int
    point: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one target. `problem` says why nothing was changed; `version` is the draft's now, if it was."""

    target: Target
    version: int | None
    problem: PeerloomError | None = None

    @property
    def draft(self) -> str:
        return self.target.draft


def apply_to(at: Deciding, point_id: str, *, to: Sequence[Target]) -> list[Applied]:
    """Decide on these points as it was decided on this one; the listed ones only, each recorded as one of several.

    A target that has changed since it was listed, or that the decision does not fit, is left as it is and said so.
    Raises NotNow if the point itself was not decided on, ChangedSince if its own draft has changed.
    """
    draft, person = open_draft(at)
    point = _point_of(draft, point_id)
    act = _again(point)
    fitting = {(one.draft.id, one.point.id) for one in _reached(at.session, at.actor, draft, point)}
    done: dict[Target, Applied] = {}
    seen: dict[tuple[str, int], int] = {}  # two points of one draft were listed with one version
    for target in sorted(set(to), key=lambda one: (one.draft, one.point)):  # so that no two wait for each other
        listed = (target.draft, target.version)
        changed = _try(at, replace(target, version=seen.get(listed, target.version)), act, fitting)
        done[target] = replace(changed, target=target)
        if changed.version is not None:
            seen[listed] = changed.version
    audit.record(
        at.session,
        organization=draft.organization_id,
        actor=f"person:{person}",
        act="point.apply",
        subject=point.id,
        now=at.now,
        changed=sum(one.version is not None for one in done.values()),
        refused=sum(one.version is None for one in done.values()),
    )
    return [done[target] for target in dict.fromkeys(to)]


Again = Callable[[Deciding, str], DraftRow]


def _again(point: PointRow) -> Again:
    """The act by which this point was decided on, as one of several; it is told which draft, and which point of it.
    Words that it says back of its own work are not put into another's."""
    match point.state:
        case PointState.ACCEPTED:
            return partial(points.accept_point, bulk=True)
        case PointState.EDITED | PointState.ADDED:
            return partial(points.edit_point, text=without_mention(point.text), bulk=True)
        case PointState.DISMISSED:
            return partial(points.dismiss_point, reason_code=point.reason_code, note=point.reason, bulk=True)
    raise NotNow("Decide on this point first; then it can be decided likewise on others.")


def _try(at: Deciding, target: Target, act: Again, fitting: set[tuple[str, str]]) -> Applied:
    """Do it, or say why not. Decisions check everything before they change anything."""
    try:
        if (target.draft, target.point) not in fitting:
            read.draft(at.session, at.actor, target.draft)
            raise Invalid("This point is not, or no longer, about the same. List the reach again.")
        return Applied(target, act(replace(at, id=target.draft, version=target.version), target.point).version)
    except PeerloomError as problem:
        return Applied(target, None, problem)
