"""What the outside calls our rows, by our own ids; for whoever may see them: what is read here is not checked here."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.tables import Challenge, Group, Person, Submission

Named = type[Group] | type[Person] | type[Challenge] | type[Submission]


def of(session: Session, model: Named, ids: Iterable[str | None]) -> dict[str, str]:
    """External ids by our own."""
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    return dict(session.execute(select(model.id, model.external_id).where(model.id.in_(wanted))).all())
