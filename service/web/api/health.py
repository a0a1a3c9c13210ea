"""Whether the process lives, and whether the service can work. Open to anybody; says nothing of anybody."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from service.web.routes import NamedRoute
from service.web.schemas.health import HealthShown, ReadyShown
from service.web.services import Services

router = APIRouter(tags=["Operation"], route_class=NamedRoute)

_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"model": ReadyShown, "description": "A part is not ready."}}


@router.get("/health", summary="Does the process live?")
async def health() -> HealthShown:
    """Asks nothing of any other part."""
    return HealthShown(status="ok")


@router.get("/ready", summary="Can the service work?", responses=_NOT_READY)
def ready(request: Request, response: Response) -> ReadyShown:
    """Asks every part, and says which is not ready."""
    services: Services = request.app.state.services
    parts = dict(services.readiness())
    fine = all(said == "ok" for said in parts.values())
    response.status_code = 200 if fine else 503
    return ReadyShown(status="ready" if fine else "not ready", parts=parts)
