"""Whether the process lives, and whether the service can work. Open to anybody; says nothing of anybody."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from service.web.routes import NamedRoute
from service.web.schemas.health import HealthShown, ReadyShown
from service.web.services import Services

router = APIRouter(tags=["Operation"], route_class=NamedRoute)

NEEDED = ("database",)
"""Parts without which no request can be answered. A balancer that took away every web process while the index is being
restarted would turn a delay into an outage."""

_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"model": ReadyShown, "description": "A part is not ready."}}


@router.get("/health", summary="Does the process live?")
async def health() -> HealthShown:
    """Asks nothing of any other part."""
    return HealthShown(status="ok")


@router.get("/ready", summary="Can the service work?", responses=_NOT_READY)
def ready(request: Request, response: Response) -> ReadyShown:
    """Asks every part, and says which does not answer. Ready is who can take in work and show pages: without the index
    or the broker that can be done, and what is due waits."""
    services: Services = request.app.state.services
    parts = dict(services.readiness())
    fine = all(parts.get(part, "ok") == "ok" for part in NEEDED)
    response.status_code = 200 if fine else 503
    return ReadyShown(status="ready" if fine else "not ready", parts=parts)
