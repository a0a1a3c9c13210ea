"""How the service is as a whole, in numbers for those who run it: counts and seconds over all organizations, nobody's
words and nobody's name. Only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store.tables import DraftRow, Job, JobState, Spending

LATELY: Final = timedelta(minutes=10)
"""Jobs that ended by then tell how long jobs take."""
MOST: Final = 10_000
"""Of those, the latest."""


@dataclass(frozen=True, slots=True)
class Took:
    """Jobs of a kind that ended lately: how many, and the seconds from when each was due to its end."""

    count: int
    half: float
    of_95: float


@dataclass(frozen=True, slots=True)
class Measures:
    """`jobs`: how many by kind and state, but for those done. `oldest`: seconds since the job that has been due longest
    was due, by kind. What was `spent` on the model today, in units of the prices'
    currency, with its calls and tokens."""

    jobs: Mapping[tuple[str, str], int]
    oldest: Mapping[str, float]
    took: Mapping[str, Took]
    drafts: Mapping[str, int]
    spent: float
    calls: int
    prompt_tokens: int
    completion_tokens: int

    def late(self, kinds: Collection[str]) -> float:
        """Seconds since the job of these kinds that has been due longest was due; 0 if none is."""
        return max((seconds for kind, seconds in self.oldest.items() if kind in kinds), default=0.0)

    def waiting(self, kinds: Collection[str] | None = None) -> int:
        """Jobs that wait, of these kinds or of all."""
        wait = ((kind, count) for (kind, state), count in self.jobs.items() if state == JobState.QUEUED.value)
        return sum(count for kind, count in wait if kinds is None or kind in kinds)


def measure(session: Session, *, now: datetime) -> Measures:
    """Five statements."""
    counted = select(Job.kind, Job.state, func.count()).where(Job.state != JobState.DONE)
    due = select(Job.kind, func.min(Job.not_before)).where(Job.state == JobState.QUEUED, Job.not_before <= now)
    by_state = select(DraftRow.state, func.count()).group_by(DraftRow.state)
    spent, calls, asked, answered = session.execute(
        select(
            func.sum(Spending.spent),
            func.sum(Spending.calls),
            func.sum(Spending.prompt_tokens),
            func.sum(Spending.completion_tokens),
        ).where(Spending.day == now.date())
    ).one()
    return Measures(
        jobs={(kind, state.value): n for kind, state, n in session.execute(counted.group_by(Job.kind, Job.state))},
        oldest={kind: (now - at).total_seconds() for kind, at in session.execute(due.group_by(Job.kind))},
        took=_took(session, now),
        drafts={state.value: count for state, count in session.execute(by_state)},
        spent=(spent or 0) / 1_000_000,
        calls=calls or 0,
        prompt_tokens=asked or 0,
        completion_tokens=answered or 0,
    )


def _took(session: Session, now: datetime) -> dict[str, Took]:
    ended = (
        select(Job.kind, Job.not_before, Job.finished_at)
        .where(Job.state == JobState.DONE, Job.finished_at > now - LATELY)
        .order_by(Job.finished_at.desc())
        .limit(MOST)
    )
    seconds: dict[str, list[float]] = defaultdict(list)
    for kind, due, finished in session.execute(ended):
        if finished is not None:
            seconds[kind].append((finished - due).total_seconds())
    return {kind: Took(len(some), _part(some, 0.5), _part(some, 0.95)) for kind, some in seconds.items()}


def _part(seconds: Sequence[float], part: float) -> float:
    """The least that this part of them does not exceed."""
    return sorted(seconds)[ceil(len(seconds) * part) - 1]
