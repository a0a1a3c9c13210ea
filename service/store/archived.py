"""What was archived: challenges and groups that are over. Nothing there waits for anybody; all that was said stays."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import InstrumentedAttribute

from service.store.tables import Challenge, DraftRow, Group


def current() -> ColumnElement[bool]:
    """That a draft's challenge and group are not over."""
    return not_over(DraftRow.challenge_id, DraftRow.group_id)


def not_over(challenge: InstrumentedAttribute[str], group: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """That a challenge and a group, by their ids, are not over."""
    challenges = select(Challenge.id).where(Challenge.archived_at.is_not(None))
    return and_(challenge.not_in(challenges), group.not_in(groups()))


def groups() -> Select[str]:
    """Ids of the groups that are over."""
    return select(Group.id).where(Group.archived_at.is_not(None))
