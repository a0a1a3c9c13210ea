"""The overview of a challenge, put together for facilitators and platforms. Reads; decides and changes nothing.

The number of statements is the same whatever the number of people, submissions and drafts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.actions.overview import decisions as overview_decisions
from service.actions.overview import pace, spot_checks
from service.actions.overview import progress as overview_progress
from service.actions.overview import standings as overview_standings
from service.actions.overview import times as overview_times
from service.actions.overview.decisions import Decisions
from service.actions.overview.pace import Pace
from service.actions.overview.progress import ChallengeProgress
from service.actions.overview.spot_checks import SpotAgreement
from service.actions.overview.standings import JudgementsCompared, Standings
from service.actions.overview.times import Times
from service.actions.work.lens import Lens, RevisionInLens, lens, pieces
from service.domain.roles import Actor


@dataclass(frozen=True, slots=True)
class Glance:
    """Where the people of a challenge are, and how their work stands."""

    lens: Lens
    progress: ChallengeProgress
    times: Times
    standings: tuple[Standings, ...]


@dataclass(frozen=True, slots=True)
class Workings:
    """How drafts and facilitators do with each other on a challenge."""

    lens: Lens
    compared: tuple[JudgementsCompared, ...]
    decisions: Decisions
    pace: Pace
    spot: SpotAgreement


def glance(session: Session, actor: Actor, challenge: str, *, group: str | None = None, now: datetime) -> Glance:
    """Of a challenge (external id) in the groups that the actor may see, or in one (external id) and those below it.

    Raises NotFound, and NotAllowed for a learner.
    """
    through = lens(session, actor, challenge, group=group)
    return _glance(session, through, pieces(session, through), now=now)


def workings(session: Session, actor: Actor, challenge: str, *, group: str | None = None, now: datetime) -> Workings:
    """The same of decisions. Raises as `glance` does."""
    through = lens(session, actor, challenge, group=group)
    return _workings(session, through, pieces(session, through), now=now)


def overview(
    session: Session, actor: Actor, challenge: str, *, group: str | None = None, now: datetime
) -> tuple[Glance, Workings]:
    """Both. Raises as `glance` does."""
    through = lens(session, actor, challenge, group=group)
    work = pieces(session, through)
    return _glance(session, through, work, now=now), _workings(session, through, work, now=now)


def _glance(session: Session, through: Lens, work: Sequence[RevisionInLens], *, now: datetime) -> Glance:
    return Glance(
        lens=through,
        progress=overview_progress.progress(session, through, work),
        times=overview_times.times(work, now),
        standings=tuple(overview_standings.standings(through.criteria, work)),
    )


def _workings(session: Session, through: Lens, work: Sequence[RevisionInLens], *, now: datetime) -> Workings:
    return Workings(
        lens=through,
        compared=tuple(overview_standings.compared(through.criteria, work)),
        decisions=overview_decisions.decisions(session, through),
        pace=pace.of_challenge(session, through),
        spot=spot_checks.agreement(session, through, now=now),
    )
