"""Rows by the platform's ids or by ours, always within one organization. A row of another is not found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, literal, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.errors import Invalid, NotFound
from service.domain.roles import Actor, may_see_group
from service.store.tables import (
    Challenge,
    Credential,
    Document,
    DraftRow,
    Group,
    ImportRun,
    Job,
    Person,
    PointRow,
    Revision,
    Submission,
)

WithExternalId = TypeVar("WithExternalId", bound=Group | Person | Challenge | Submission | Document)
Owned = TypeVar(
    "Owned", Group, Person, Challenge, Submission, Document, Revision, DraftRow, PointRow, Credential, ImportRun, Job
)


def maybe(
    session: Session, model: type[WithExternalId], organization: str, external_id: str, *, hold: bool = False
) -> WithExternalId | None:
    """The row that the platform calls `external_id`, if there is one; with `hold` read anew, and nobody else changes it
    until the transaction ends."""
    query = select(model).where(model.organization_id == organization, model.external_id == external_id)
    if hold:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalar(query)


def one(session: Session, model: type[WithExternalId], organization: str, external_id: str) -> WithExternalId:
    """The row that the platform calls `external_id`. Raises NotFound."""
    row = maybe(session, model, organization, external_id)
    if row is None:
        raise not_found(model, external_id)
    return row


def group(session: Session, actor: Actor, external_id: str) -> Group:
    """The group that the platform calls `external_id`, if the actor reviews it or pushes for it. Raises NotFound, in
    the same words whether it is not there or not theirs."""
    row = one(session, Group, actor.organization, external_id)
    if not may_see_group(actor, row.id):
        raise not_found(Group, external_id)
    return row


def own(session: Session, model: type[Owned], organization: str, id_: str) -> Owned:
    """The row with our own id, if it is this organization's. Raises NotFound."""
    row = session.get(model, id_)
    if row is None or row.organization_id != organization:
        raise not_found(model, id_)
    return row


def within(column: InstrumentedAttribute[str], organization: str | None) -> ColumnElement[bool]:
    """That a row is this organization's; None: of every organization, as what keeps to the clock looks at them."""
    return true() if organization is None else column == organization


def beyond(
    session: Session,
    order: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]],
    last: Sequence[ColumnElement[bool]],
) -> ColumnElement[bool]:
    """What comes after one row in an order that ascends by all of `order` and leaves no ties. `last` finds that row.

    Raises Invalid if it is not there.
    """
    place = session.execute(select(*order).where(*last)).one_or_none()
    if place is None:
        raise Invalid("What this page begins after is no longer there. Begin the list anew.")
    return tuple_(*order) > tuple_(*(literal(value, type_=part.type) for value, part in zip(place, order, strict=True)))


def not_found(model: type, id_: str) -> NotFound:
    """The same words for what is not there and for what is not the reader's to see."""
    name = model.__name__.removesuffix("Row").removesuffix("Run").lower()
    return NotFound(f"There is no {name} '{id_}' here, or it is not yours to see.")
