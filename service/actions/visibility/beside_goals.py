"""Work that may be shown beside a goal, as consent, withdrawal, policy and the say on machines stand now.

Only work whose author shows it, that machines may read, on a challenge that lets anybody see others' work; for those
alone who review its group, so that work which is shared within its group stays there. Reads anew with every call.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from service.domain.visibility import PeersShown
from service.store import visible
from service.store.tables import Challenge, Consent, Group, Person, Revision, Submission


def allowed() -> ColumnElement[bool]:
    """The condition that a revision may be shown; for a statement `of` these tables."""
    return and_(
        visible.machines_may(),
        visible.peers_may(),
        Challenge.sharing_peers != PeersShown.NEVER,
    )


def within(groups: Collection[str] | None) -> ColumnElement[bool]:
    """The condition that work is of these groups; None is every group."""
    return Submission.group_id.in_(groups) if groups is not None else Submission.id.is_not(None)


def of(organization: str, *columns: Any) -> Select[Any]:
    """Revisions of an organization with all that decides over them."""
    return (
        select(*columns)
        .select_from(Revision)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .join(Group, Group.id == Submission.group_id)
        .where(Revision.organization_id == organization)
    )
