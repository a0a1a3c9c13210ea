"""Every showing of somebody's work is written down here, in the transaction in which it is let out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.tables import Disclosure, DisclosureKind, Revision, Submission


@dataclass(frozen=True, slots=True)
class DisclosedTo:
    """In what it was shown, to whom (a person's id, or a model's name), and who let it."""

    kind: DisclosureKind
    subject: str
    reader_id: str | None = None
    reader: str = ""
    approved_by: str | None = None


def record(session: Session, revisions: Iterable[str], told: DisclosedTo, *, now: datetime) -> None:
    """These revisions were shown: one entry each. Nobody's own work is disclosed to themselves."""
    rows = session.execute(
        select(Revision.id, Submission.person_id, Submission.organization_id)
        .join(Submission, Submission.id == Revision.submission_id)
        .where(Revision.id.in_(set(revisions)))
        .order_by(Revision.id)
    ).all()
    for id_, person, organization in rows:
        if person != told.reader_id:
            session.add(_entry(organization, person, id_, told, now))


def _entry(organization: str, person: str, revision: str, told: DisclosedTo, now: datetime) -> Disclosure:
    return Disclosure(
        organization_id=organization,
        person_id=person,
        revision_id=revision,
        kind=told.kind,
        subject_id=told.subject,
        reader_id=told.reader_id,
        reader=told.reader[:255],
        approved_by=told.approved_by,
        at=now,
    )
