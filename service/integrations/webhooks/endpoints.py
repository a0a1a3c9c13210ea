"""What whoever leads an organization does with its endpoints. The transaction is the caller's; nothing is sent here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import ChangedSince, Invalid, NotFound, NotNow
from service.domain.events import Event
from service.domain.ids import new_id
from service.domain.roles import Actor, require_lead
from service.integrations.webhooks import deliveries, rules, signing
from service.outward.addresses import AddressNetwork, url_fault
from service.store import audit, outbox, troubles
from service.store.sealing import Seal
from service.store.tables import (
    DeliveryState,
    Organization,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookState,
)

REPLAYED_AT_ONCE: Final = 1_000
"""Deliveries that one request has sent again; asked again, it goes on with the rest."""


@dataclass(frozen=True, slots=True)
class EndpointWish:
    """An endpoint as it is wanted. No events are all, those to come included."""

    name: str
    url: str
    events: tuple[Event, ...] = ()
    on: bool = True


def faults(wish: EndpointWish, networks: Sequence[AddressNetwork]) -> dict[str, str]:
    """What is wrong with a wish, by its field."""
    wrong = url_fault(wish.url, networks)
    return {"url": wrong} if wrong else {}


def listing(session: Session, actor: Actor) -> list[WebhookEndpoint]:
    """The organization's endpoints, the newest first. Raises NotAllowed."""
    require_lead(actor)
    mine = WebhookEndpoint.organization_id == actor.organization
    return list(session.scalars(select(WebhookEndpoint).where(mine).order_by(WebhookEndpoint.id.desc())))


def show(session: Session, actor: Actor, id_: str) -> WebhookEndpoint:
    """One endpoint. Raises NotAllowed, NotFound."""
    require_lead(actor)
    row = session.get(WebhookEndpoint, id_)
    return _own(actor, row)


def _own(actor: Actor, row: WebhookEndpoint | None) -> WebhookEndpoint:
    if row is None or row.organization_id != actor.organization:
        raise NotFound
    return row


def _held(session: Session, actor: Actor, id_: str, seen: int | None = None) -> WebhookEndpoint:
    """The endpoint, to be changed. Raises NotAllowed, NotFound, and ChangedSince for another version than was seen."""
    require_lead(actor)
    row = _own(actor, deliveries.held(session, id_))
    if seen is not None and row.version != seen:
        raise ChangedSince("The endpoint has changed since you saw it. Read it again, then decide.")
    return row


def create(
    session: Session, actor: Actor, wish: EndpointWish, seal: Seal, *, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint, for what happens from now on; and its secret. Raises NotAllowed, and Invalid where there are as
    many as an organization may have."""
    require_lead(actor)
    session.get(Organization, actor.organization, with_for_update={"key_share": True})  # they are counted one by one
    if len(listing(session, actor)) >= rules.MOST_ENDPOINTS:
        raise Invalid(f"An organization has at most {rules.MOST_ENDPOINTS} endpoints. Delete one that is not needed.")
    secret = signing.new_secret()
    row = WebhookEndpoint(
        id=new_id(),
        organization_id=actor.organization,
        name=wish.name,
        url=wish.url,
        events=[one.value for one in wish.events],
        state=WebhookState.ON if wish.on else WebhookState.OFF,
        secret=seal.closed(secret),
        reached=_latest(session, actor.organization),
        created_at=now,
    )
    session.add(row)
    session.flush()
    _record(session, actor, row, "create", now)
    return row, secret


def _latest(session: Session, organization: str) -> int:
    """The number of the last event so far."""
    outbox.number(session, organization)
    return outbox.last(session, organization)


def change(
    session: Session, actor: Actor, id_: str, wish: EndpointWish, *, seen: int, now: datetime
) -> WebhookEndpoint:
    """As it is wanted now. One that is switched on begins with what happens from then on; at another address, what
    waits begins anew. Raises as `_held`."""
    row = _held(session, actor, id_, seen)
    moved = row.url != wish.url
    was, row.state = row.state, WebhookState.ON if wish.on else WebhookState.OFF
    row.name, row.url, row.events = wish.name, wish.url, [one.value for one in wish.events]
    row.version += 1
    if moved or row.state is not was:
        row.failures, row.failing_since, row.rest_until = 0, None, None
        troubles.over(session, deliveries.NAME, row.id)
    if row.state is WebhookState.OFF:
        deliveries.end_all(session, row, now=now)
    elif was is not WebhookState.ON:
        row.reached = _latest(session, actor.organization)
    session.flush()
    deliveries.drop_unwanted(session, row)
    if moved:
        deliveries.begin_anew(session, row, now=now)
    deliveries.pump(session, row, now=now)
    _record(session, actor, row, "change", now)
    return row


def remove(session: Session, actor: Actor, id_: str, *, now: datetime) -> None:
    """Nothing is sent there any more, and nothing is kept of it. Raises NotAllowed, NotFound."""
    row = _held(session, actor, id_)
    troubles.over(session, deliveries.NAME, row.id)
    _record(session, actor, row, "delete", now)
    session.delete(row)
    session.flush()


def rotate(
    session: Session, actor: Actor, id_: str, seal: Seal, *, seen: int, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """A new secret. For a day is signed with the old one, too. Raises as `_held`."""
    row = _held(session, actor, id_, seen)
    secret = signing.new_secret()
    row.old_secret, row.old_until = row.secret, now + rules.ROTATION
    row.secret, row.version = seal.closed(secret), row.version + 1
    session.flush()
    _record(session, actor, row, "rotate", now)
    return row, secret


def trial(session: Session, actor: Actor, id_: str, *, now: datetime) -> WebhookDelivery:
    """Have something sent that tells of nothing. Raises NotAllowed, NotFound, NotNow for one that is off."""
    row = _held(session, actor, id_)
    _require_on(row)
    _record(session, actor, row, "test", now)
    return deliveries.trial(session, row, now=now)


def _require_on(row: WebhookEndpoint) -> None:
    if row.state is not WebhookState.ON:
        raise NotNow("Nothing is sent to this endpoint while it is off. Switch it on first.")


def sent(
    session: Session,
    actor: Actor,
    id_: str,
    *,
    state: DeliveryState | None = None,
    after: str | None = None,
    limit: int,
) -> list[WebhookDelivery]:
    """Deliveries of an endpoint, the newest first. Raises NotAllowed, NotFound."""
    query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == show(session, actor, id_).id)
    if state is not None:
        query = query.where(deliveries.is_in(state))
    if after is not None:
        query = query.where(WebhookDelivery.id < after)
    return list(session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit)))


def replay(session: Session, actor: Actor, id_: str, delivery: str, *, now: datetime) -> WebhookDelivery:
    """Send one again that ended, or one that is still tried as soon as may be. Raises NotAllowed, NotFound, and NotNow
    while the endpoint is off."""
    row = _held(session, actor, id_)
    one = session.get(WebhookDelivery, delivery, populate_existing=True)
    if one is None or one.endpoint_id != row.id:
        raise NotFound
    _require_on(row)
    if one.state is DeliveryState.PENDING:
        deliveries.hurry(session, row, one, now=now)
    else:
        deliveries.again(session, row, [one], now=now)
    _record(session, actor, row, "replay", now, count=1)
    return one


def replay_failed(session: Session, actor: Actor, id_: str, since: datetime, *, now: datetime) -> int:
    """Send all again that were given up since then, the oldest first and REPLAYED_AT_ONCE at once; how many. Raises
    NotAllowed, NotFound, NotNow while the endpoint is off."""
    row = _held(session, actor, id_)
    _require_on(row)
    mine = (WebhookDelivery.endpoint_id == row.id, deliveries.is_in(DeliveryState.DEAD))
    dead = select(WebhookDelivery).where(*mine, WebhookDelivery.ended_at >= since).order_by(WebhookDelivery.number)
    found = session.scalars(dead.limit(REPLAYED_AT_ONCE)).all()
    deliveries.again(session, row, found, now=now)
    _record(session, actor, row, "replay", now, count=len(found))
    return len(found)


def _record(session: Session, actor: Actor, row: WebhookEndpoint, act: str, now: datetime, **facts: int) -> None:
    audit.record(
        session,
        organization=row.organization_id,
        actor=actor.name,
        act=f"webhook.{act}",
        subject=row.id,
        now=now,
        **facts,
    )
