"""When a draft was opened, and which approvals came sooner than reading it takes. For the one who approved to see.

An approval whose opening nobody noted is not known, and counts neither way; so does one made for several at once, which
is counted apart elsewhere. Nobody is shown how quick a colleague is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from service.actions.work.lens import Lens
from service.domain.overview.pace import is_habit, least_seconds
from service.domain.roles import Actor
from service.store.tables import Approval, Decision, DraftRow, Opening, Revision, Submission

LATEST = 20
"""How many of one's approvals are looked at, and how far back: a habit of last month is not worth a word today."""
SINCE = timedelta(days=14)

MOST = 200
"""Of a challenge, the latest: their texts are read to count words."""


@dataclass(frozen=True, slots=True)
class TimedApproval:
    """An approval, how long the draft had been open by then, and how long most adults need at least to read it."""

    draft: str
    submission: str  # external id
    approved_at: datetime
    took: timedelta
    reading: timedelta

    @property
    def quick(self) -> bool:
        return self.took < self.reading


@dataclass(frozen=True, slots=True)
class Pace:
    """How many approvals have a known time, and which of them came sooner than reading takes; the latest first."""

    known: int
    quick: tuple[TimedApproval, ...]

    @property
    def worth_a_word(self) -> bool:
        """Whether it is a habit rather than a text that one knew already."""
        return is_habit(len(self.quick), self.known)


def own(session: Session, actor: Actor, *, now: datetime) -> Pace:
    """The actor's own latest approvals; nothing is known of one who approves nothing."""
    own = and_(
        Approval.organization_id == actor.organization,
        Approval.facilitator_id == actor.person,
        Approval.approved_at > now - SINCE,
    )
    return _pace(_timed(session, [own], LATEST))


def of_challenge(session: Session, lens: Lens) -> Pace:
    """A challenge's latest approvals, whoever made them."""
    return _pace(_timed(session, lens.here, MOST))


def _pace(timed: Iterable[TimedApproval]) -> Pace:
    seen = list(timed)
    return Pace(len(seen), tuple(one for one in seen if one.quick))


def _timed(session: Session, conditions: list[ColumnElement[bool]], limit: int) -> Iterable[TimedApproval]:
    openings = (
        select(
            Approval.id.label("approval_id"),
            func.max(Opening.opened_at).label("opened_at"),
            func.count().label("times"),
        )
        .join(DraftRow, DraftRow.id == Approval.draft_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(
            Opening,
            and_(
                Opening.draft_id == Approval.draft_id,
                Opening.person_id == Approval.facilitator_id,
                Opening.opened_at < Approval.approved_at,
            ),
        )
        .where(Approval.undone_at.is_(None), ~_for_several(), *conditions)
        .group_by(Approval.id, Approval.approved_at)
        .order_by(Approval.approved_at.desc(), Approval.id.desc())
        .limit(limit)
        .subquery()
    )
    rows = session.execute(
        select(Approval, openings.c.opened_at, openings.c.times, Revision.text, Submission.external_id)
        .join(openings, openings.c.approval_id == Approval.id)
        .join(DraftRow, DraftRow.id == Approval.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .order_by(Approval.approved_at.desc(), Approval.id.desc())
    )
    return [_one(*row) for row in rows]


def _for_several() -> ColumnElement[bool]:
    return (
        select(Decision.id)
        .where(
            Decision.draft_id == Approval.draft_id,
            Decision.act == "approve",
            Decision.at == Approval.approved_at,
            Decision.bulk,
        )
        .exists()
    )


def _one(approval: Approval, opened_at: datetime, times: int, text: str, submission: str) -> TimedApproval:
    """Whoever opened it before a redraft, too, has read the work then: only what is new counts."""
    said = _words_of(approval.body)
    reading = least_seconds([*said, text] if times == 1 else said)
    return TimedApproval(
        approval.draft_id,
        submission,
        approval.approved_at,
        took=approval.approved_at - opened_at,
        reading=timedelta(seconds=reading),
    )


def _words_of(body: dict[str, Any]) -> list[str]:
    return [body.get("summary", ""), *(point["text"] for point in body.get("points", ()))]
