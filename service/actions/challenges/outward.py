"""Challenges with the external ids of their groups.

Only reads, and takes rows that a caller was already allowed to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.roles import Actor, CredentialReach
from service.store.tables import Challenge, ChallengeGroup, Group


@dataclass(frozen=True, slots=True)
class ChallengeSeen:
    """A challenge and its groups. `in_full` is False for learners, who see neither reference solution nor notes."""

    row: Challenge
    groups: tuple[str, ...]
    in_full: bool


def challenges(session: Session, actor: Actor, rows: Sequence[Challenge]) -> list[ChallengeSeen]:
    pairs = session.execute(
        select(ChallengeGroup.challenge_id, Group.external_id)
        .join(Group, Group.id == ChallengeGroup.group_id)
        .where(ChallengeGroup.challenge_id.in_([row.id for row in rows]))
        .order_by(Group.external_id)
    ).all()
    in_full = actor.reach is CredentialReach.PLATFORM or bool(actor.reviews)
    return [ChallengeSeen(row, tuple(name for of, name in pairs if of == row.id), in_full) for row in rows]
