"""How rows are held against others, and what may be done with a text as consent and withdrawal stand now.

SQLite has one writer at a time and ignores how a row is held. On PostgreSQL a row to be changed is held with
`key_share=True`, everywhere but here: one changes it at a time, and others may add rows that refer to it meanwhile. A
plain FOR UPDATE would have every hand-in wait for whoever holds its organization, person, group or challenge.

Whoever holds more than one thing takes a person's consent first, then the submission, then drafts by their ids, so
that nobody waits in a circle.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.store.tables import Consent, Revision, Submission


def consent(session: Session, person: str) -> Consent:
    """What a person allows, read anew and held as it is: whoever changes it comes wholly before this transaction or
    after it. Any number may rest on it at once."""
    return _consent(session, person, {"read": True, "key_share": True})


def consent_alone(session: Session, person: str) -> Consent:
    """The same for what only one may do at a time. Whoever merely rests on it goes on."""
    return _consent(session, person, {"key_share": True})


def consent_to_change(session: Session, person: str) -> Consent:
    """The same for whoever changes it: waits for all who rest on it. No row refers to a consent, so that a plain FOR
    UPDATE is in nobody's way."""
    return _consent(session, person, True)


def _consent(session: Session, person: str, how: dict[str, bool] | bool) -> Consent:
    return session.get_one(Consent, person, with_for_update=how, populate_existing=True)


def which_machines(session: Session, revision: Revision) -> AI | None:
    """Which machines may read this text now, by the call that it came with and by what its author allows at this
    moment; None: it was taken back. Holds nothing: for a second look, after what was decided at the first."""
    row = session.execute(
        select(Submission.withdrawn_at, Consent.ai)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(Submission.id == revision.submission_id)
    ).one()
    return None if row.withdrawn_at is not None else revision.ai.and_(row.ai)
