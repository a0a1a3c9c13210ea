"""How rows are held against others, and what may be done with a text as consent and withdrawal stand now.

SQLite has one writer at a time and ignores how a row is held. Whoever holds more than one thing takes a person's
consent first, then the submission, then drafts by their ids, so that nobody waits in a circle.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.store.tables import Consent, Revision, Submission

ALONE: Final[dict[str, Any]] = {"key_share": True}
"""For `with_for_update`: one changes the row at a time, and others may add rows that refer to it meanwhile. A plain
FOR UPDATE would have every hand-in wait for whoever holds its organization, person, group or challenge."""
STILL: Final[dict[str, Any]] = {"read": True}
"""For `with_for_update`: nobody changes the row until the transaction ends; several may rest on it at once."""


def consent(session: Session, person: str, *, how: dict[str, Any] = STILL) -> Consent:
    """What a person allows, read anew and held: whoever changes it comes wholly before this transaction or after it."""
    return session.get_one(Consent, person, with_for_update=how, populate_existing=True)


def machines_may(session: Session, revision: Revision) -> AI | None:
    """Which machines may read this text now, by the call that it came with and by what its author allows at this
    moment; None: it was taken back. Holds nothing: for a second look, after what was decided at the first."""
    row = session.execute(
        select(Submission.withdrawn_at, Consent.ai)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(Submission.id == revision.submission_id)
    ).one()
    return None if row.withdrawn_at is not None else revision.ai.and_(row.ai)
