"""Jobs in trouble."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from service.store.tables import Job, JobState
from service.web.fields import ResponseBody


class JobShown(ResponseBody):
    """One thing to do, that was given up or waits for something outside."""

    id: str = Field(description="Its id.")
    kind: str = Field(description="What is to be done: `draft`, `sync`, `release` …")
    subject: str = Field(description="Our id of what it is for.")
    state: Literal["dead", "waiting", "queued"] = Field(
        description="`dead`: given up. `waiting`: something outside does not answer. `queued`: it was taken up again."
    )
    attempts: int = Field(description="How often it was tried. What does not answer outside uses up none.")
    waits_for: str = Field(description="The part that does not answer: `index`, `database`, `model`; empty if none.")
    reason: str = Field(description="What went wrong the last time.")
    created_at: datetime = Field(description="When it was asked for.")
    next_at: datetime | None = Field(description="When it is tried again; null for one that was given up.")
    ended_at: datetime | None = Field(description="When it was given up.")

    @classmethod
    def of(cls, row: Job) -> JobShown:
        dead = row.state is JobState.DEAD
        return cls.mirror(
            row,
            subject=row.subject_id,
            state="dead" if dead else "waiting" if row.waits_for else "queued",
            reason=row.last_error,
            next_at=None if dead else row.not_before,
            ended_at=row.finished_at,
        )
