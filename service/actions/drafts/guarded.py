"""Work that no draft may let out, whoever may read it: everybody else's on the challenge, shared or not. It is compared
with what a model wrote and given to none."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import DraftingTask
from service.store.tables import Revision, Submission
from service.store.visible import latest_text

MOST: Final = 2_000
"""Texts at most, the most recent: some megabytes, and below a second to compare."""


def guarded(session: Session, brief: DraftingTask) -> tuple[str, ...]:
    """Others' latest texts on the challenge, also of those who share nothing or took their work back."""
    rows = (
        select(Revision.text)
        .join(Submission, latest_text())
        .where(
            Submission.organization_id == brief.scope.organization,
            Submission.challenge_id == brief.scope.challenge,
            Submission.person_id != brief.scope.author,
        )
        .order_by(Revision.submitted_at.desc(), Revision.id)
        .limit(MOST)
    )
    return tuple(session.scalars(rows))
