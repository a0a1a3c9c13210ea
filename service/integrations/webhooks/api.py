"""Endpoints for events, and what became of each delivery."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request

from service.domain.access.keys import KeyScope
from service.domain.errors import Invalid
from service.integrations.webhooks import endpoints
from service.integrations.webhooks.plug import Webhooks
from service.integrations.webhooks.schemas import (
    DeliveryId,
    DeliveryShown,
    ReplayAsked,
    ReplayShown,
    SecretWebhookShown,
    WebhookAsked,
    WebhookId,
    WebhookShown,
)
from service.outward.addresses import AddressNetwork
from service.store.tables import DeliveryState
from service.web.calls import Call, Reading, Seen, Writing, tag
from service.web.errors import RequestFault
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.services import Services

router = v1("Webhooks", reads=KeyScope.ADMIN, writes=KeyScope.ADMIN)

_OK: dict[int | str, dict[str, Any]] = {200: {"headers": {"ETag": {"$ref": "#/components/headers/ETag"}}}}


async def networks(request: Request) -> tuple[AddressNetwork, ...]:
    """Those of the own house that may be spoken to, by which an address is judged."""
    services: Services = request.app.state.services
    return tuple(one for found in services.integrations if isinstance(found, Webhooks) for one in found.networks)


Networks = Annotated[tuple[AddressNetwork, ...], Depends(networks)]


def _wish(body: WebhookAsked, within: tuple[AddressNetwork, ...]) -> endpoints.EndpointWish:
    wrong = endpoints.faults(body.wish(), within)
    if wrong:
        raise Invalid(errors=[RequestFault(pointer=f"#/{name}", message=said) for name, said in wrong.items()])
    return body.wish()


def _told(call: Call, shown: SecretWebhookShown) -> SecretWebhookShown:
    call.secret = shown.without_secret()
    call.headers["ETag"] = tag(shown.version)
    return shown


@router.post("/webhooks", summary="Make an endpoint for events", status_code=201)
def create_webhook(call: Writing, body: WebhookAsked, within: Networks) -> SecretWebhookShown:
    """It is sent what happens from now on. For a coordinator of the whole organization, and for keys that are not
    limited to some groups."""
    wish, seal = _wish(body, within), call.services.sealing
    return _told(
        call,
        SecretWebhookShown.with_secret(endpoints.create(call.session, call.actor, wish, seal, now=call.now)),
    )


@router.get("/webhooks", summary="List endpoints")
def list_webhooks(call: Reading) -> Page[WebhookShown]:
    """The newest first; there is one page."""
    rows = endpoints.listing(call.session, call.actor)
    return Page(items=[WebhookShown.of_endpoint(row) for row in rows], next=None)


@router.get("/webhooks/{id}", summary="One endpoint", responses=_OK)
def get_webhook(call: Reading, id: WebhookId) -> WebhookShown:
    """Without its secret, which nobody can look up."""
    row = endpoints.show(call.session, call.actor, id)
    call.headers["ETag"] = tag(row.version)
    return WebhookShown.of_endpoint(row)


@router.put("/webhooks/{id}", summary="Change an endpoint", responses=_OK)
def put_webhook(call: Writing, id: WebhookId, seen: Seen, body: WebhookAsked, within: Networks) -> WebhookShown:
    """All of it. At another address, what waits is sent at once; what is not wanted any more is not sent. Switched on
    again, it begins with what happens from then on: read `GET /v1/events` for what it has
    missed."""
    row = endpoints.change(call.session, call.actor, id, _wish(body, within), seen=seen, now=call.now)
    call.headers["ETag"] = tag(row.version)
    return WebhookShown.of_endpoint(row)


@router.delete("/webhooks/{id}", summary="Delete an endpoint", status_code=204)
def delete_webhook(call: Writing, id: WebhookId) -> None:
    """With what is known of its deliveries. Nothing is sent there any more, but for what is just on its way."""
    endpoints.remove(call.session, call.actor, id, now=call.now)


@router.post("/webhooks/{id}/rotate", summary="Make a new secret", responses=_OK)
def rotate_webhook(call: Writing, id: WebhookId, seen: Seen) -> SecretWebhookShown:
    """For 24 hours is signed with the one in use until now, too, so that a receiver can change over at any moment of
    these. One from before that ends at once: twice in a row ends a secret that somebody else got hold of."""
    given: dict[str, Any] = {"seen": seen, "now": call.now}
    found = endpoints.rotate(call.session, call.actor, id, call.services.sealing, **given)
    return _told(call, SecretWebhookShown.with_secret(found))


@router.post("/webhooks/{id}/test", summary="Send a test", status_code=201)
def test_webhook(call: Writing, id: WebhookId) -> DeliveryShown:
    """It is called `webhook.test`, and tells of nothing. What came of it is among the deliveries in a moment."""
    return DeliveryShown.of_delivery(endpoints.trial(call.session, call.actor, id, now=call.now))


@router.get("/webhooks/{id}/deliveries", summary="List what was sent")
def list_deliveries(
    call: Reading,
    id: WebhookId,
    cut: Sliced,
    state: Annotated[DeliveryState | None, Query(description="Only those in this state.")] = None,
) -> Page[DeliveryShown]:
    """The newest first. What ended is listed for 30 days."""
    wish: dict[str, Any] = {"state": state, "after": cut.after, "limit": cut.wanted}
    rows = endpoints.sent(call.session, call.actor, id, **wish)
    return cut.page(call, rows, DeliveryShown.of_delivery, lambda row: row.id)


@router.post("/webhooks/{id}/deliveries/{delivery}/replay", summary="Send one again")
def replay_delivery(call: Writing, id: WebhookId, delivery: DeliveryId) -> DeliveryShown:
    """Under the id that it had, whether it was delivered or given up. One that is still tried is tried now, or as soon
    as what came before it on the same subject is taken."""
    return DeliveryShown.of_delivery(endpoints.replay(call.session, call.actor, id, delivery, now=call.now))


@router.post("/webhooks/{id}/replay", summary="Send all again that was given up")
def replay_failed(call: Writing, id: WebhookId, body: ReplayAsked) -> ReplayShown:
    """The oldest first, each under the id that it had."""
    return ReplayShown(replayed=endpoints.replay_failed(call.session, call.actor, id, body.since, now=call.now))
