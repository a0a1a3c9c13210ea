"""How long waiting usually takes here, from the organization's own figures: told to whoever waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.overview.statistics import FEWEST, median
from service.store.tables import DraftRow, Release, Revision

LATELY: Final = timedelta(days=120)
"""Older releases say little of what is usual now."""
MOST: Final = 200


def usual_days(session: Session, organization: str, *, now: datetime) -> int | None:
    """Days from handing in to feedback, as the half of those answered lately had it sooner; at least 1. One statement.

    None where fewer than ten were answered lately: then nothing is usual yet.
    """
    rows = session.execute(
        select(Revision.submitted_at, Release.released_at)
        .join(DraftRow, DraftRow.id == Release.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .where(Release.organization_id == organization, Release.released_at > now - LATELY)
        .order_by(Release.released_at.desc())
        .limit(MOST)
    ).all()
    if len(rows) < FEWEST:
        return None
    return max(1, ceil(median([(released - handed_in) / timedelta(days=1) for handed_in, released in rows])))
