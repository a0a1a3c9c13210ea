"""What facilitators made of drafted points on a challenge: kept, edited, dismissed and why, week by week.

Each point counts once, by what was decided on it last. Points that a person wrote are no drafted ones and are counted
apart, and so are decisions that were made for several at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.actions.work.lens import Lens
from service.domain.overview.statistics import FEWEST
from service.store.tables import Decision, DraftRow, PointRow, PointState, Submission

WEEK = timedelta(weeks=1)
MOST_WEEKS = 26
"""Half a year; what came before is counted in the whole, and not drawn."""

NO_REASON = "none_given"


@dataclass(frozen=True, slots=True)
class DecisionCounts:
    """How many drafted points were kept as drafted, edited or dismissed; of these, `bulk` for several at once."""

    accepted: int = 0
    edited: int = 0
    dismissed: int = 0
    bulk: int = 0

    @property
    def decided(self) -> int:
        return self.accepted + self.edited + self.dismissed

    def share(self, count: int) -> float | None:
        """Of all that was decided; None of few."""
        return count / self.decided if self.decided >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Decisions:
    """`weeks` holds every week between the first and the last decision, by its Monday. `own` are points that people
    wrote. `declined` says why no feedback was given; both reasons count by code, the most frequent first."""

    total: DecisionCounts
    by_criterion: Mapping[str, DecisionCounts]
    weeks: Mapping[date, DecisionCounts]
    own: int
    reasons: Mapping[str, int]
    declined: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Point:
    state: PointState
    criterion: str
    at: datetime
    reason: str
    drafted: bool
    bulk: bool


def decisions(session: Session, lens: Lens) -> Decisions:
    """In two statements."""
    acts = _acts(session, lens)
    points = _points(session, lens, {(point, at) for _, point, act, _, at, bulk in acts if bulk and point})
    drafted = [point for point in points if point.drafted]
    keys = sorted({point.criterion for point in drafted})
    return Decisions(
        total=_made(drafted),
        by_criterion={key: _made(point for point in drafted if point.criterion == key) for key in keys},
        weeks=_weeks(drafted),
        own=sum(not point.drafted and point.state is not PointState.DISMISSED for point in points),
        reasons=_counted(point.reason for point in drafted if point.state is PointState.DISMISSED),
        declined=_counted(_last_declines(acts).values()),
    )


_Act = tuple[str, str | None, str, str, datetime, bool]


def _acts(session: Session, lens: Lens) -> list[_Act]:
    """Draft, point, act, reason, time, whether for several: of those decisions that a point itself does not show."""
    rows = session.execute(
        select(Decision.draft_id, Decision.point_id, Decision.act, Decision.reason_code, Decision.at, Decision.bulk)
        .join(DraftRow, DraftRow.id == Decision.draft_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(*lens.here, or_(Decision.bulk, Decision.act.in_(("decline", "reopen", "redraft", "write"))))
        .order_by(Decision.at, Decision.id)
    )
    return list(rows)


def _last_declines(acts: Sequence[_Act]) -> dict[str, str]:
    """Why each draft was declined that still is."""
    found: dict[str, str] = {}
    for draft, _, act, reason, _, _ in acts:
        if act == "decline":
            found[draft] = reason
        elif act in ("reopen", "redraft", "write"):
            found.pop(draft, None)
    return found


def _points(session: Session, lens: Lens, bulk: set[tuple[str, datetime]]) -> list[_Point]:
    """Every decided point, of earlier generations too. One was decided for several if its last decision was."""
    rows = session.execute(
        select(
            PointRow.id,
            PointRow.state,
            PointRow.criterion,
            PointRow.decided_at,
            PointRow.reason_code,
            (PointRow.drafted != "").label("drafted"),
        )
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(*lens.here, PointRow.state != PointState.PROPOSED, PointRow.decided_at.is_not(None))
    )
    return [
        _Point(state, key, at, reason, drafted, (id_, at) in bulk)
        for id_, state, key, at, reason, drafted in rows
        if at is not None
    ]


def _made(points: Iterable[_Point]) -> DecisionCounts:
    seen = list(points)
    counts = Counter(point.state for point in seen)
    return DecisionCounts(
        accepted=counts[PointState.ACCEPTED],
        edited=counts[PointState.EDITED],
        dismissed=counts[PointState.DISMISSED],
        bulk=sum(point.bulk for point in seen),
    )


def _monday(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def _weeks(points: Sequence[_Point]) -> dict[date, DecisionCounts]:
    by_week: dict[date, list[_Point]] = {}
    for point in points:
        by_week.setdefault(_monday(point.at), []).append(point)
    if not by_week:
        return {}
    last = max(by_week)
    first = max(min(by_week), last - WEEK * (MOST_WEEKS - 1))
    every = [first + WEEK * number for number in range((last - first).days // 7 + 1)]
    return {monday: _made(by_week.get(monday, ())) for monday in every}


def _counted(reasons: Iterable[str]) -> dict[str, int]:
    counts = Counter(reason or NO_REASON for reason in reasons)
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
