"""The tenant itself: made once, by an operator; led by its coordinators, or by a platform with an unlimited key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain import budgets
from service.domain.access.organization_settings import OrganizationWish, faults, stored, wish_of
from service.domain.errors import Conflict, Invalid, NotFound
from service.domain.roles import Actor, require_lead
from service.store import audit
from service.store.tables import Organization


def create(session: Session, *, external_id: str, name: str, language: str = "en", now: datetime) -> Organization:
    """A new, empty organization. Raises Conflict if there is one by that id."""
    if session.scalar(select(Organization.id).where(Organization.external_id == external_id)):
        raise Conflict(f"There is an organization '{external_id}' already.")
    row = Organization(external_id=external_id, name=name, language=language, settings={}, created_at=now)
    session.add(row)
    session.flush()
    audit.record(session, organization=row.id, actor="operator", act="organization.create", subject=row.id, now=now)
    return row


def set_model_budget(session: Session, row: Organization, amount: float, *, now: datetime) -> None:
    """What this organization may spend on models in a day, in the currency of the prices; 0: no limit."""
    row.settings = {**row.settings, budgets.PER_DAY: amount}
    act, facts = "organization.model_budget", {"per_day": amount}
    audit.record(session, organization=row.id, actor="operator", act=act, subject=row.id, now=now, **facts)


def show(session: Session, actor: Actor) -> tuple[str, OrganizationWish]:
    """The organization's external id, and what is set. Raises NotAllowed."""
    require_lead(actor)
    return session.get_one(Organization, actor.organization).external_id, wish(session, actor.organization)


def wish(session: Session, organization: str) -> OrganizationWish:
    """What an organization (our id) set."""
    row = session.get_one(Organization, organization)
    return wish_of(row.name, row.language, row.settings)


def change(session: Session, actor: Actor, wish: OrganizationWish, *, now: datetime) -> None:
    """Set all of it. Raises NotAllowed; Invalid, naming the first thing that is wrong."""
    require_lead(actor)
    wrong = faults(wish)
    if wrong:
        field, words = next(iter(wrong.items()))
        raise Invalid(f"{field}: {words}")
    row = session.get_one(Organization, actor.organization, with_for_update={"key_share": True})
    as_it_was = (row.name, row.language, row.settings)
    row.name, row.language, row.settings = wish.name.strip(), wish.language, stored(row.settings, wish)
    session.flush()
    if as_it_was != (row.name, row.language, row.settings):
        act, by = "organization.change", actor.name
        audit.record(session, organization=row.id, actor=by, act=act, subject=row.id, now=now)


def named(session: Session, external_id: str) -> Organization:
    """The organization by its external id. Raises NotFound, naming those there are."""
    row = session.scalar(select(Organization).where(Organization.external_id == external_id))
    if row is None:
        there = ", ".join(session.scalars(select(Organization.external_id).order_by(Organization.external_id)))
        raise NotFound(f"There is no organization '{external_id}'. There are: {there or 'none yet'}.")
    return row


def ids(session: Session) -> list[str]:
    """Every organization, by our id."""
    return list(session.scalars(select(Organization.id).order_by(Organization.id)))
