"""A restored backup is brought up to date: what had been erased since it was made is erased once more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.erasure.begin import hide
from service.actions.erasure.reach import MODELS
from service.domain.erasure.erased import ErasureKind, ErasureState
from service.store.erasure.replay import ReplayList, salt
from service.store.tables import Erasure, ErasureSalt, Organization

ORDER: Final = (
    ErasureKind.ORGANIZATION,
    ErasureKind.GROUP,
    ErasureKind.CHALLENGE,
    ErasureKind.PERSON,
    ErasureKind.SUBMISSION,
)
"""The largest first: what goes with it need not go by itself."""


def erase_again(session: Session, known: Sequence[ReplayList], *, now: datetime) -> dict[str, int]:
    """Hide whatever one of these lists knows; how many of each kind. A job takes the rest away. The lists are kept, so
    that the next restored backup is brought up to date as well."""
    _take_over_salt(session, known)
    found: Counter[str] = Counter()
    going = set(session.scalars(select(Erasure.subject_id).where(Erasure.state == ErasureState.HIDDEN)))
    for kind in ORDER:
        model: Any = MODELS[kind]
        for id_ in session.scalars(select(model.id).order_by(model.id)).all():
            erased = id_ not in going and any(one.has(kind, id_) for one in known)
            row = session.get(model, id_) if erased else None  # else it is gone with what went before
            if row is not None:
                organization = row.id if isinstance(row, Organization) else row.organization_id
                hide(session, organization, kind, row, by="operator", now=now)
                found[kind.value] += 1
    _remember(session, known, now=now)
    return dict(found)


def _take_over_salt(session: Session, known: Sequence[ReplayList]) -> None:
    """A backup from before the first erasure has no salt: it takes that of the lists that know of one, or these would
    mean nothing. A list that knows of none has a salt for itself alone."""
    there = session.scalar(select(ErasureSalt.id).limit(1))
    given = next((one.salt for one in known if one.digests), "")
    if there is None and given:
        session.add(ErasureSalt(salt=given))
        session.flush()


def _remember(session: Session, known: Sequence[ReplayList], *, now: datetime) -> None:
    own = salt(session)
    there = set(session.scalars(select(Erasure.digest)))
    for kind, digest in sorted({pair for one in known if one.salt == own for pair in one.digests}):
        if digest not in there:
            session.add(
                Erasure(
                    organization_id="",
                    kind=ErasureKind(kind),
                    state=ErasureState.DONE,
                    digest=digest,
                    asked_by="operator",
                    counts={},
                    asked_at=now,
                    done_at=now,
                )
            )
    session.flush()
