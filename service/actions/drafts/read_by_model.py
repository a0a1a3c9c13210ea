"""Whose work a language model was sent, on the organization's machines or outside: written down for its author, own
work too."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from service.store import disclosures
from service.store.disclosures import DisclosedTo, Showing
from service.store.tables import DisclosureKind


def told(subject: str, model: str, *, local: bool) -> DisclosedTo:
    """What an author is told of: the draft, or the brief's wording, that the model was asked for."""
    return DisclosedTo(DisclosureKind.LOCAL_MODEL if local else DisclosureKind.MODEL, subject, reader=model)


def note(session: Session, revisions: Collection[str], to: DisclosedTo, *, now: datetime) -> None:
    """The model was sent words of these revisions: of the one that it was asked about, and of what went beside it."""
    disclosures.record(session, revisions, to, now=now)


def note_drafts(session: Session, drafts: Collection[str], to: DisclosedTo, *, now: datetime) -> None:
    """The model was asked to word a brief with passages of the work that these drafts are on."""
    disclosures.keep(session, [Showing(to, drafts=frozenset(drafts))], now=now)
