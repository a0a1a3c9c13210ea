"""Whose work a model outside of the organization's machines was sent: written down for its author, own work too."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import Evidence, Shelf
from service.store import disclosures
from service.store.disclosures import DisclosedTo
from service.store.tables import DisclosureKind, DraftRow


def note(
    session: Session, draft: str, revision: str, evidence: Iterable[Evidence], model: str, *, now: datetime
) -> None:
    """The model was asked about this revision, with the passages of others' work among the evidence beside it."""
    others = {one.item.document for one in evidence if one.item.shelf is Shelf.WORK}
    told = DisclosedTo(DisclosureKind.MODEL, draft, reader=model)
    disclosures.record(session, {revision, *others}, told, now=now)


def note_drafts(session: Session, brief: str, drafts: Collection[str], model: str, *, now: datetime) -> None:
    """The model was asked to word a brief with passages of the work that these drafts are on."""
    revisions = session.scalars(select(DraftRow.revision_id).where(DraftRow.id.in_(drafts))).all()
    disclosures.record(session, revisions, DisclosedTo(DisclosureKind.MODEL, brief, reader=model), now=now)
