"""What happened, for platforms that ask."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from service.actions.access import events
from service.web.calls import Writing
from service.web.docs import v1
from service.web.schemas.operations import EventList, EventShown

router = v1("Events")


@router.get("/events", summary="Read what happened")
def list_events(
    call: Writing,
    after: Annotated[
        int, Query(ge=0, le=9_000_000_000_000_000, description="Number of the last event you have handled.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="How many events at most.")] = 50,
) -> EventList:
    """In order, and none is ever passed over: ask again with the number of the last event that you have handled."""
    rows = events.since(call.session, call.actor, after=after, limit=limit)
    return EventList(items=[EventShown.of(row) for row in rows])
