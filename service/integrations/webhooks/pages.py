"""Webhooks for people: endpoints, what became of their deliveries, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from fastapi import Form
from pydantic import BaseModel, Field

from service.domain.access.keys import KeyScope
from service.domain.events import EVENTS, Event
from service.integrations.webhooks import endpoints, rules
from service.integrations.webhooks.api import Networks
from service.integrations.webhooks.deliveries import KEPT, PAGE
from service.integrations.webhooks.endpoints import EndpointWish
from service.integrations.webhooks.schemas import DeliveryId, WebhookAsked, WebhookId
from service.outward.addresses import AddressNetwork
from service.store.tables import DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookState
from service.web import errors
from service.web.pages.forms import checked
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, Visit, WritingVisit

router = pages(reads=KeyScope.ADMIN, writes=KeyScope.ADMIN)

MOST = 50
"""Deliveries on the page; the API lists all."""

EndpointTyped = Annotated[str, Field(max_length=20_000)]


class WebhookSent(BaseModel):
    """As it was typed."""

    name: EndpointTyped = ""
    url: EndpointTyped = ""
    events: Annotated[list[EndpointTyped], Field(max_length=len(Event))] = []
    on: bool = False


@dataclass(frozen=True)
class WebhooksPage(PageView):
    """All endpoints, and a form for another. `choices` are events by their topic, each with when it is told."""

    template: ClassVar[str] = "webhooks/endpoints.html"
    endpoints: tuple[WebhookEndpoint, ...]
    now: datetime
    most: int
    sent: WebhookSent
    choices: Mapping[str, Mapping[str, str]]
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WebhookPage(PageView):
    """One endpoint. `secret` is there once, right after it was made; `dead` says whether something was given up."""

    template: ClassVar[str] = "webhooks/endpoint.html"
    endpoint: WebhookEndpoint
    deliveries: tuple[WebhookDelivery, ...]
    more: bool
    dead: bool
    now: datetime
    sent: WebhookSent
    choices: Mapping[str, Mapping[str, str]]
    secret: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


def _choices() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for event, known in EVENTS.items():
        found.setdefault(event.partition(".")[0], {})[event.value] = known.when
    return found


def _typed(row: WebhookEndpoint) -> WebhookSent:
    return WebhookSent(name=row.name, url=row.url, events=row.events, on=row.state is WebhookState.ON)


def _wish(sent: WebhookSent, within: tuple[AddressNetwork, ...]) -> tuple[EndpointWish | None, dict[str, str]]:
    given = {"name": sent.name.strip(), "url": sent.url.strip(), "events": sent.events, "on": sent.on}
    asked, wrong = checked(WebhookAsked, given)
    if asked is None:
        return None, {name.partition(".")[0]: said for name, said in wrong.items()}
    wrong = endpoints.faults(asked.wish(), within)
    return (None if wrong else asked.wish()), wrong


def _all(visit: Visit, sent: WebhookSent, faults: Mapping[str, str]) -> WebhooksPage:
    found = tuple(endpoints.listing(visit.session, visit.actor))
    return WebhooksPage(found, visit.now, rules.MOST_ENDPOINTS, sent, _choices(), faults)


def _one(visit: Visit, id: str, **given: Any) -> WebhookPage:
    row = endpoints.show(visit.session, visit.actor, id)
    found = endpoints.sent(visit.session, visit.actor, id, limit=MOST + 1)
    dead = bool(endpoints.sent(visit.session, visit.actor, id, state=DeliveryState.DEAD, limit=1))
    shown = {"sent": _typed(row), **given}
    return WebhookPage(row, tuple(found[:MOST]), len(found) > MOST, dead, visit.now, choices=_choices(), **shown)


@router.get(PAGE)
def webhooks(visit: ReadingVisit) -> Shown:
    return _all(visit, WebhookSent(), {})


@router.post(PAGE)
def make_webhook(visit: WritingVisit, sent: Annotated[WebhookSent, Form()], within: Networks) -> Shown:
    endpoints.listing(visit.session, visit.actor)  # who may not is told so before what is wrong with the form
    wish, wrong = _wish(sent.model_copy(update={"on": True}), within)
    if wish is None:
        visit.status = errors.KINDS["invalid"].status
        return _all(visit, sent, wrong)
    row, secret = endpoints.create(visit.session, visit.actor, wish, visit.services.sealing, now=visit.now)
    return _one(visit, row.id, secret=secret)


@router.get(PAGE + "/{id}")
def webhook(visit: ReadingVisit, id: WebhookId) -> Shown:
    return _one(visit, id)


@router.post(PAGE + "/{id}")
def change_webhook(
    visit: WritingVisit,
    id: WebhookId,
    sent: Annotated[WebhookSent, Form()],
    version: Annotated[int, Form(ge=0)],
    within: Networks,
) -> Shown:
    endpoints.show(visit.session, visit.actor, id)
    wish, wrong = _wish(sent, within)
    if wish is None:
        visit.status = errors.KINDS["invalid"].status
        return _one(visit, id, sent=sent, faults=wrong)
    endpoints.change(visit.session, visit.actor, id, wish, seen=version, now=visit.now)
    return Goto(f"{PAGE}/{id}", said="saved")


@router.post(PAGE + "/{id}/delete")
def delete_webhook(visit: WritingVisit, id: WebhookId) -> Shown:
    endpoints.remove(visit.session, visit.actor, id, now=visit.now)
    return Goto(PAGE, said="removed")


@router.post(PAGE + "/{id}/rotate")
def rotate_webhook(visit: WritingVisit, id: WebhookId, version: Annotated[int, Form(ge=0)]) -> Shown:
    given: dict[str, Any] = {"seen": version, "now": visit.now}
    _, secret = endpoints.rotate(visit.session, visit.actor, id, visit.services.sealing, **given)
    return _one(visit, id, secret=secret)


@router.post(PAGE + "/{id}/test")
def test_webhook(visit: WritingVisit, id: WebhookId) -> Shown:
    endpoints.trial(visit.session, visit.actor, id, now=visit.now)
    return Goto(f"{PAGE}/{id}", said="job-again")


@router.post(PAGE + "/{id}/replay")
def replay_failed(visit: WritingVisit, id: WebhookId) -> Shown:
    since = visit.now - KEPT - timedelta(days=1)
    endpoints.replay_failed(visit.session, visit.actor, id, since, now=visit.now)
    return Goto(f"{PAGE}/{id}", said="jobs-again")


@router.post(PAGE + "/{id}/deliveries/{delivery}/replay")
def replay_delivery(visit: WritingVisit, id: WebhookId, delivery: DeliveryId) -> Shown:
    endpoints.replay(visit.session, visit.actor, id, delivery, now=visit.now)
    return Goto(f"{PAGE}/{id}", said="job-again")
