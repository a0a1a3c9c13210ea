"""Learns how an organization judges, from all that its facilitators have judged, and keeps it as plain numbers.

Reads in one transaction, thinks in none, stores in the one that ends the job.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.assessment import MOST_JUDGED
from pipelines.assessment import fit as fit_histories
from pipelines.standings import FEWEST_JUDGED
from pipelines.values import ChallengeAsItStands, Scope, Shelf
from service.actions.challenges.as_it_stands import as_it_stands
from service.jobs.tools import JobTools
from service.store.tables import AssessmentFit, Challenge, Organization


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learned, with which embedder, from how many judged submissions."""

    model: str
    history: int
    data: Mapping[str, Any]


def fit(tools: JobTools, organization: str) -> Fitted:
    """Learn from the organization's history as it stands. No history teaches nothing."""
    embedder = tools.embedder(organization)
    histories = [
        (brief, tools.library.reviewed(_everybody(organization, brief.id, tools.now()), MOST_JUDGED))
        for brief in _challenges(tools, organization)
    ]
    judged = [(brief, rows) for brief, rows in histories if rows]
    approved = {
        brief.id: tools.library.read(Shelf.PRECEDENTS, _everybody(organization, brief.id, tools.now()))
        for brief, rows in judged
        if len(rows) >= FEWEST_JUDGED  # of fewer, nothing is examined
    }
    return Fitted(embedder.name, sum(len(rows) for _, rows in judged), fit_histories(judged, embedder, approved))


def _challenges(tools: JobTools, organization: str) -> list[ChallengeAsItStands]:
    with tools.sessions.reading() as session:
        language = session.get_one(Organization, organization).language
        rows = session.scalars(
            select(Challenge).where(Challenge.organization_id == organization).order_by(Challenge.id)
        )
        return [as_it_stands(row, row.language or language) for row in rows]


def _everybody(organization: str, challenge: str, at: datetime) -> Scope:
    """Nobody reads it, so nobody is left out; what machines may not read is left out all the same."""
    return Scope(organization, challenge, reader="", author="", at=at)


def store(session: Session, organization: str, fitted: Fitted, *, now: datetime) -> None:
    """In the place of what was learned before with this embedder."""
    row = session.get(AssessmentFit, (organization, fitted.model))
    if row is None:
        row = AssessmentFit(organization_id=organization, model=fitted.model)
        session.add(row)
    row.history, row.data, row.fitted_at = fitted.history, dict(fitted.data), now
