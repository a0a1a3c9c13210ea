"""What was archived: challenges and groups that are over. Nothing there waits for anybody; all that was said stays."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select

from service.store.tables import Challenge, DraftRow, Group


def current() -> ColumnElement[bool]:
    """That a draft's challenge and group are not over."""
    challenges = select(Challenge.id).where(Challenge.archived_at.is_not(None))
    groups = select(Group.id).where(Group.archived_at.is_not(None))
    return and_(DraftRow.challenge_id.not_in(challenges), DraftRow.group_id.not_in(groups))
