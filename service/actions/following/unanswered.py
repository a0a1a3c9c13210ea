"""Work that waits for an answer longer than its organization promised, told of once, by the clock.

That it was told is kept as a telling, written in the transaction of the event itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from service.domain.drafts import FOR_A_PERSON, NOT_MADE_YET
from service.domain.events import Event
from service.store import archived, outbox, tellings, visible
from service.store.tables import Challenge, DraftRow, Group, Revision, Submission, Telling

AT_ONCE: Final = 500
UNANSWERED: Final = Event.SUBMISSION_UNANSWERED.value
WAITS: Final = (*NOT_MADE_YET, *FOR_A_PERSON)


def tell(session: Session, organization: str, days: int, *, now: datetime) -> int:
    """Tell, once, of each latest revision that has waited for an answer longer than was promised; how many."""
    told = exists().where(
        Telling.organization_id == organization, Telling.name == UNANSWERED, Telling.subject_id == DraftRow.id
    )
    rows = session.execute(
        select(DraftRow.id, Submission.external_id, Challenge.external_id, Group.external_id, Revision.submitted_at)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, visible.latest_text())
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .join(Group, Group.id == Submission.group_id)
        .where(
            DraftRow.organization_id == organization,
            DraftRow.state.in_(WAITS),
            ~visible.withdrawn(),
            archived.current(),
            Revision.submitted_at <= now - timedelta(days=days),
            ~told,
        )
        .order_by(Revision.submitted_at, DraftRow.id)
        .limit(AT_ONCE)
    ).all()
    for draft, submission, challenge, group, since in rows:
        if tellings.first(session, organization, UNANSWERED, draft, now=now):
            about = {"submission": submission, "draft": draft, "challenge": challenge, "group": group}
            outbox.tell(session, organization, Event.SUBMISSION_UNANSWERED, now=now, since=since.isoformat(), **about)
    return len(rows)
