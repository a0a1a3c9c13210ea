"""Which submission somebody means by an id. What a person names is named in a space of that person's own.

The ids that a platform gives are the platform's: no learner can take one before it does, or learn that it is taken. So
what a person hands in as `plan-1` is kept, and shown to everybody, as `~…~plan-1`, with our own id of that person in
it; they themselves may go on calling it `plan-1`.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import Invalid
from service.domain.ids import LONGEST, named_by
from service.domain.roles import Actor
from service.store.tables import Submission


def new(actor: Actor, external_id: str) -> str:
    """What a submission is to be called that this actor hands in by this id. Raises Invalid if that is too long."""
    if actor.person is None:
        return external_id
    name = named_by(actor.person, external_id)
    if len(name) > LONGEST:
        raise Invalid(
            f"An id that you give yourself has at most {LONGEST - len(named_by(actor.person, ''))} characters."
        )
    return name


def meant(session: Session, actor: Actor, external_id: str, *, hold: bool = False) -> Submission | None:
    """The submission that the actor means: what they named so themselves, or else what is called so. Whether they may
    see it is for the caller to know; `hold` is as in `find.maybe`."""
    own = named_by(actor.person, external_id) if actor.person is not None else external_id
    query = select(Submission).where(
        Submission.organization_id == actor.organization, Submission.external_id.in_({own, external_id})
    )
    if hold:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = {row.external_id: row for row in session.scalars(query.order_by(Submission.id))}
    return found.get(own) or found.get(external_id)
