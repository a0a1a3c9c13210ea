"""What is connected to the service from outside, each in a folder of its own that can be deleted whole.

This is the one place that names them. An integration hangs on the outbox, on actions and on the table of jobs, and
brings its jobs, routes, pages and templates; nothing else in the service knows which there are. What it keeps is where
all tables are (`service/store/tables`), under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from service.integrations.oidc.plug import Accounts
from service.integrations.webhooks.plug import Webhooks
from service.jobs.tools import JobsOfIntegration
from service.outward.addresses import AddressNetwork
from service.store.sealing import Seal
from service.web.services import WebOfIntegration


class Integration(JobsOfIntegration, WebOfIntegration, Protocol):
    """What is connected: what it has done by jobs, and what it shows."""


def plugged(
    seal: Callable[[], Seal], base_url: str, networks: Sequence[AddressNetwork] = ()
) -> tuple[Integration, ...]:
    """All of them. Links that are sent begin with `base_url`; hosts in `networks` of the own house may be spoken to."""
    return (Webhooks.of(seal, base_url, networks), Accounts.of(seal, networks))
