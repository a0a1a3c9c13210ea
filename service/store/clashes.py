"""A transaction that is done again where two requests made the same row at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.domain.errors import Conflict
from service.store.session import Sessions

T = TypeVar("T")

TRIES = 3
"""The second try finds the other one's row; the third is for a row that went again in between."""


def written(sessions: Sessions, work: Callable[[Session], T]) -> T:
    """`work` in one transaction, committed. Raises Conflict if a constraint is broken each time, and what it raises."""
    for _ in range(TRIES):
        try:
            with sessions.writing() as session:
                return work(session)
        except IntegrityError:  # its message holds the row's values, so it goes no further
            continue
    raise Conflict("Somebody else stored the same at the same moment. Read it again, then decide.")
