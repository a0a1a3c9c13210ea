"""The same said twice in a row is one act: a double click, a form sent again after a lost connection, a repeated call.

A form of a page is known again by its mark (`replies.of_a_form`), and a call by its Idempotency-Key; both hold for
everything. Here is the rule for words, whichever way they come in: from two windows, or from a client that knows
nothing of keys. What makes it the same is its content: the same words by the same person about the same thing, within a
minute. The price is small: who means to say the very same thing twice within a minute is heard once. Tokens follow the
same rule where they are made (`actions.access.credentials`). Sign-in links do not, since a link that works once cannot
serve two who asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.store import holding
from service.store.tables import AskRow, CommitmentRow, Request

Repeated = TypeVar("Repeated", AskRow, CommitmentRow, Request)

AGAIN: Final = timedelta(minutes=1)
"""Longer than anybody waits before clicking again, and than clients wait before they repeat a call."""
_SAID_AT: Final[dict[type, InstrumentedAttribute[datetime]]] = {
    AskRow: AskRow.asked_at,
    CommitmentRow: CommitmentRow.made_at,
    Request: Request.stated_at,
}


def said_before(
    session: Session, model: type[Repeated], person: str, *same: ColumnElement[bool], now: datetime
) -> Repeated | None:
    """What this person (our id) said a moment ago that is the same in all of `same`, if anything.

    One at a time: of two that come at the same moment the second waits here until the first is stored, and finds it.
    """
    holding.consent_alone(session, person)
    at = _SAID_AT[model]
    return session.scalar(
        select(model).where(model.person_id == person, at > now - AGAIN, *same).order_by(at.desc()).limit(1)
    )
