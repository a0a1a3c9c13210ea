"""What the rest of the service is given of webhooks: jobs, routes and pages. A worker asks for no routes or pages, and
loads none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy.orm import Session

from service.integrations.webhooks import deliveries, sending
from service.integrations.webhooks.sending import Sender
from service.jobs.now_and_then import NowAndThen
from service.jobs.tools import JobTools, Step
from service.outward.addresses import AddressNetwork
from service.outward.transport import Transport
from service.store.sealing import Seal
from service.store.tables import Job, Organization, WebhookEndpoint
from service.web.services import WayIn

LOOK_SECONDS: Final = 1.0
"""How often it is looked whether there are events to send."""


@dataclass(frozen=True)
class Webhooks:
    """Safe to use from several threads."""

    sender: Sender
    _now_and_then: NowAndThen = field(default_factory=NowAndThen)

    @classmethod
    def of(cls, seal: Callable[[], Seal], base_url: str, networks: Sequence[AddressNetwork] = ()) -> Webhooks:
        """Opens no connection, and asks for the seal with the first secret."""
        return cls(Sender(Transport(tuple(networks)), seal, base_url))

    @property
    def networks(self) -> Sequence[AddressNetwork]:
        """Of the own house, that may be spoken to."""
        return self.sender.transport.networks

    @property
    def kinds(self) -> Mapping[str, Callable[[JobTools, str, Job], None]]:
        return {deliveries.SORT: self.sender.sort, deliveries.SEND: self.sender.send}

    @property
    def waiting(self) -> frozenset[str]:
        return frozenset({deliveries.SEND})

    @property
    def subjects(self) -> Mapping[str, tuple[type[Any], ...]]:
        return {deliveries.SORT: (Organization,), deliveries.SEND: (WebhookEndpoint,)}

    @property
    def steps(self) -> Sequence[Step]:
        return (
            Step("webhooks to go on with", deliveries.pump_all),
            Step("secrets to forget", deliveries.forget_secrets),
            Step("deliveries to forget", deliveries.forget, deliveries.FORGOTTEN_AT_ONCE),
        )

    def look(self, tools: JobTools) -> bool:
        return self._now_and_then.due(LOOK_SECONDS) and bool(sending.ask(tools))

    def again_in(self) -> float:
        return self._now_and_then.again_in()

    def failing(self, session: Session, before: datetime) -> Mapping[str, datetime]:
        return deliveries.failing(session, before)

    @property
    def api(self) -> Sequence[APIRouter]:
        from service.integrations.webhooks import api

        return (api.router,)

    @property
    def tags(self) -> Sequence[Mapping[str, str]]:
        said = "Where events are sent to by themselves, and what became of each. For keys with the scope `admin`."
        return ({"name": "Webhooks", "description": said},)

    @property
    def pages(self) -> Sequence[APIRouter]:
        from service.integrations.webhooks import pages

        return (pages.router,)

    @property
    def way(self) -> tuple[str, str]:
        return deliveries.PAGE, "Webhooks"

    def ways_in(self, session: Session) -> Sequence[WayIn]:
        return ()
