"""What a key must be good for: said by a router for all its routes that read and all that write, or by a route itself.

Says only; that it is asked for is the doing of `service.web.routes.let_in`, for every route and page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from service.domain.access.keys import KeyScope

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Needs = frozenset[KeyScope]

ANY: Needs = frozenset()
"""Any key will do."""
_SAID: dict[Callable[..., Any], Needs] = {}
"""What routes say themselves; they say it when they are defined."""


def needs(*scopes: KeyScope) -> Callable[[Endpoint], Endpoint]:
    """Marks a route that needs other scopes than its router says; without any, every key may ask."""

    def marked(endpoint: Endpoint) -> Endpoint:
        _SAID[endpoint] = frozenset(scopes)
        return endpoint

    return marked


def needed(endpoint: Callable[..., Any], methods: Collection[str], reads: KeyScope, writes: KeyScope) -> Needs:
    """What a route needs: what it says itself, else what its router says."""
    return _SAID.get(endpoint, frozenset({reads if set(methods) <= {"GET", "HEAD"} else writes}))
