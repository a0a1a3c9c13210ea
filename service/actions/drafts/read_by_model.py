"""Whose work a model outside of the organization's machines was sent: written down for its author, own work too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from pipelines.values import Evidence, Shelf
from service.store import disclosures
from service.store.disclosures import DisclosedTo
from service.store.tables import DisclosureKind


def note(
    session: Session, draft: str, revision: str, evidence: Iterable[Evidence], model: str, *, now: datetime
) -> None:
    """The model was asked about this revision, with the passages of others' work among the evidence beside it."""
    others = {one.item.document for one in evidence if one.item.shelf is Shelf.WORK}
    told = DisclosedTo(DisclosureKind.MODEL, draft, reader=model)
    disclosures.record(session, {revision, *others}, told, now=now)
