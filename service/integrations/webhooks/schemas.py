"""Endpoints and deliveries, as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import ConfigDict, Field, StringConstraints

from service.domain.events import Event
from service.integrations.webhooks.endpoints import EndpointWish
from service.outward.addresses import LONGEST_URL
from service.store.tables import DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookState
from service.web.fields import Moment, Name, OwnId, RequestBody, ResponseBody

URL = "Where events are sent to: an address that begins with https://, at a public host."
EVENTS = "Names of the events that are sent; empty is all, those to come included. They are in the reference of events."
STATE = "`on`, `off`, or `gone`: its receiver answered 410, so nothing is sent until somebody switches it on."
FAILING = "Since when no delivery has succeeded; null while all is well."

WebhookId = Annotated[OwnId, Path(description="The endpoint's id.")]
DeliveryId = Annotated[OwnId, Path(description="The delivery's id.")]


class WebhookAsked(RequestBody):
    """An endpoint for events."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "Course platform",
                "url": "https://courses.example.org/peerloom",
                "events": ["feedback.released", "feedback.retracted"],
                "on": True,
            }
        }
    )

    name: Annotated[Name, StringConstraints(max_length=200)] = Field(description="What people call it.")
    url: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_URL)] = Field(description=URL)
    events: Annotated[list[Event], Field(max_length=len(Event))] = Field(default=[], description=EVENTS)
    on: bool = Field(default=True, description="Whether anything is sent. Switched off, what waits is given up.")

    def wish(self) -> EndpointWish:
        return EndpointWish(self.name, self.url, tuple(dict.fromkeys(self.events)), self.on)


class WebhookShown(ResponseBody):
    """An endpoint, without its secret."""

    id: str = Field(description="Its id.")
    name: str = Field(description="What people call it.")
    url: str = Field(description=URL)
    events: list[str] = Field(description=EVENTS)
    state: WebhookState = Field(description=STATE)
    version: int = Field(description="Goes up with each change; sent back as If-Match.")
    failing_since: datetime | None = Field(description=FAILING)
    old_secret_until: datetime | None = Field(description="Until when is signed with the secret before, too.")
    created_at: datetime = Field(description="When it was made.")

    @classmethod
    def of_endpoint(cls, row: WebhookEndpoint) -> WebhookShown:
        return cls.mirror(row, old_secret_until=row.old_until)


class SecretWebhookShown(WebhookShown):
    """An endpoint with its new secret, which is shown this once."""

    secret: str | None = Field(
        description="What signatures are verified with: `whsec_…`. Shown once: null where the answer is given again "
        "for an Idempotency-Key. If it was lost, rotate it."
    )

    @classmethod
    def with_secret(cls, made: tuple[WebhookEndpoint, str]) -> SecretWebhookShown:
        row, secret = made
        return cls.mirror(row, old_secret_until=row.old_until, secret=secret)

    def without_secret(self) -> str:
        return self.model_copy(update={"secret": None}).model_dump_json()


class DeliveryShown(ResponseBody):
    """One event for one endpoint, and what became of it."""

    id: str = Field(description="Its id.")
    message_id: str = Field(description="What is sent as `webhook-id`: the event's id, the same at each attempt.")
    event: str = Field(description="What happened; `webhook.test` for a trial.")
    number: int | None = Field(description="The event's number, as `GET /v1/events` has it; null for a trial.")
    state: DeliveryState = Field(description="`pending`, `delivered`, or `dead`: it was given up.")
    attempts: int = Field(description="How often it was tried.")
    next_at: datetime | None = Field(description="When it is tried next, at the earliest; null once it has ended.")
    tried_at: datetime | None = Field(description="When it was tried last.")
    ended_at: datetime | None = Field(description="When it was delivered or given up.")
    status: int | None = Field(description="The status that the receiver answered last; null for none.")
    trouble: str = Field(description="Why there was no answer; empty where there was one.")
    excerpt: str = Field(description="The beginning of the last answer's body.")

    @classmethod
    def of_delivery(cls, row: WebhookDelivery) -> DeliveryShown:
        return cls.mirror(
            row,
            message_id=row.event_id or row.id,
            event=row.event_name,
            number=row.number or None,
            next_at=row.due_at if row.state is DeliveryState.PENDING else None,
        )


class ReplayAsked(RequestBody):
    """From when on what was given up is sent again."""

    model_config = ConfigDict(json_schema_extra={"example": {"since": "2031-05-01T00:00:00Z"}})

    since: Moment = Field(description="Deliveries that were given up at this moment or later.")


class ReplayShown(ResponseBody):
    """How much is sent again."""

    replayed: int = Field(description="How many deliveries: at most 1,000 at once. Ask again until it is 0.")
