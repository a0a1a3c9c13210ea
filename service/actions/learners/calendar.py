"""A learner's days to take into a calendar: next steps of which nothing was said yet. Only reads.

A meeting of two who were introduced is not among them: they agree on a time themselves, and nobody tells us.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.actions.learners import commitments
from service.domain.calendar import CalendarDay
from service.domain.errors import NotFound
from service.domain.roles import Actor


def due_days(session: Session, actor: Actor, *, url: str, now: datetime) -> list[CalendarDay]:
    """For the person who is signed in, the nearest first. Raises NotFound for a platform."""
    if actor.person is None:
        raise NotFound
    return [
        CalendarDay(one.row.id, one.row.due_on, one.row.text, one.row.made_at, url)
        for one in commitments.of_person(session, actor.person, now=now)
        if one.row.outcome is None
    ]
