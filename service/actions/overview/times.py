"""How long learners wait for feedback on a challenge: those who were answered, and those who wait still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.actions.work.lens import RevisionInLens
from service.domain.drafts import FOR_A_PERSON, NOT_MADE_YET, DraftState
from service.domain.overview import statistics

EDGES = tuple(timedelta(hours=hours) for hours in (1, 8, 24, 48, 96, 168, 336))
"""Between the bins of the histogram: an hour, a working day, one, two, four, seven and fourteen days."""

UNANSWERED = (*NOT_MADE_YET, *FOR_A_PERSON, DraftState.APPROVED)


@dataclass(frozen=True, slots=True)
class Times:
    """Time from handing in a revision to when feedback on it could first be read.

    `longest`, `median` and `ninetieth` are of those answered, the last two None of fewer than FEWEST. They say nothing
    of those who wait, who are counted by the time that they have waited so far, in the same bins. A bin is below the
    edge of its place, the last at or above the last edge.
    """

    answered: tuple[int, ...]
    waiting: tuple[int, ...]
    longest: timedelta | None
    median: timedelta | None
    ninetieth: timedelta | None
    longest_wait: timedelta | None


def times(pieces: Sequence[RevisionInLens], now: datetime) -> Times:
    """Of all revisions, but those that a later one overtook before they were answered."""
    took = [_seconds(piece.submitted_at, piece.released_at) for piece in pieces if piece.released_at is not None]
    wait = [
        _seconds(piece.submitted_at, now)
        for piece in pieces
        if piece.released_at is None and piece.latest and piece.state in UNANSWERED
    ]
    edges = [edge.total_seconds() for edge in EDGES]
    return Times(
        answered=tuple(statistics.binned(took, edges)),
        waiting=tuple(statistics.binned(wait, edges)),
        longest=timedelta(seconds=max(took)) if took else None,
        median=timedelta(seconds=statistics.median(took)) if len(took) >= statistics.FEWEST else None,
        ninetieth=timedelta(seconds=statistics.quantile(took, 0.9)) if len(took) >= statistics.FEWEST else None,
        longest_wait=timedelta(seconds=max(wait)) if wait else None,
    )


def _seconds(start: datetime, end: datetime) -> float:
    """A platform may say that feedback was given before the work was handed in; that is no time at all."""
    return max(0.0, (end - start).total_seconds())
