"""What a draft rests on, as a facilitator sees it: how the comparison did where people judged, and whether evidence is
thin beside other drafts. Reads; changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import Standing, Trial
from service.store.tables import DraftRow

BESIDE: Final = 200
"""The challenge's latest drafts among which one is looked at."""
WORST: Final = 5
"""One in so many is marked: a mark on every draft marks none."""


def trial(told: Mapping[str, Any]) -> Trial | None:
    """How the comparison did on what this reading is about; None where nobody judged it."""
    kept = told.get("trial")
    return Trial(**kept) if kept else None


def support(assessment: Mapping[str, Any]) -> float:
    """How near the work speaks to the criteria, on the mean; without criteria, how sure the comparison is."""
    near = [float(one.get("evidence", 0.0)) for one in assessment.get("criteria", ())]
    return sum(near) / len(near) if near else float(assessment.get("overall", {}).get("confidence", 0.0))


def thin(session: Session, row: DraftRow) -> bool:
    """Whether the machine could not tell, and this rests on less than four fifths of the challenge's drafts do."""
    if not row.assessment.get("abstained") or _told(row.assessment):
        return False
    beside = session.scalars(
        select(DraftRow.assessment)
        .where(DraftRow.challenge_id == row.challenge_id, DraftRow.id != row.id, DraftRow.assessment != {})
        .order_by(DraftRow.changed_at.desc())
        .limit(BESIDE)
    )
    return among_the_worst(support(row.assessment), [support(one) for one in beside])


def _told(assessment: Mapping[str, Any]) -> bool:
    return any(one["standing"] != Standing.CANNOT_TELL for one in assessment.get("criteria", ()))


def among_the_worst(own: float, others: Sequence[float]) -> bool:
    """Whether no more than a fifth of all, this one among them, rests on as little or less. Equals are no worse."""
    return 1 + sum(other <= own for other in others) <= (1 + len(others)) / WORST
