"""What happened, in order, for platforms that ask; and that wait for it, if they like."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from service.actions.events import read
from service.actions.events.read import EventsWanted
from service.domain.access.keys import KeyScope
from service.domain.events import Event
from service.web.calls import Writing
from service.web.fields import Id
from service.web.openapi import v1
from service.web.schemas.events import EventList, EventShown
from service.web.services import Services

router = v1("Events", reads=KeyScope.READ, writes=KeyScope.READ)

LONGEST_WAIT: Final = 25
"""Seconds: less than the half minute after which proxies give up by default."""
LOOK_SECONDS: Final = 1.0
"""How often it is looked whether there is something for somebody who waits."""
_OK: dict[int | str, dict[str, Any]] = {200: {"headers": {"Link": {"$ref": "#/components/headers/Link"}}}}


@dataclass(frozen=True, slots=True)
class EventsAsked:
    """Which events are asked for, and from where on."""

    request: Request
    after: int
    limit: int
    wanted: EventsWanted


async def _asked(
    request: Request,
    after: Annotated[
        int, Query(ge=0, le=9_000_000_000_000_000, description="Number of the last event you have handled.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="How many events at most.")] = 50,
    type: Annotated[
        list[Event] | None, Query(max_length=len(Event), description="Only events of this name; may be given again.")
    ] = None,
    subject: Annotated[Id | None, Query(description="Only what is told of the thing with this id.")] = None,
    person: Annotated[Id | None, Query(description="Only events that name this person.")] = None,
    challenge: Annotated[Id | None, Query(description="Only events that name this challenge.")] = None,
    wait: Annotated[
        int, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for an event, while there is none.")
    ] = 0,
) -> EventsAsked:
    wanted = EventsWanted(tuple(type or ()), subject or "", person or "", challenge or "")
    asked = EventsAsked(request, after, limit, wanted)
    if wait:
        await _waited(asked, wait)
    return asked


async def _waited(asked: EventsAsked, seconds: int) -> None:
    """Until there is an event, or the time is over, or nobody listens any more. No thread is kept meanwhile, and no
    connection to the database. Raises TooMany, Unavailable where too many wait."""
    services: Services = asked.request.app.state.services
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    after = asked.after
    with services.waiters.place(asked.request.state.actor.credential):
        while True:
            reached = await run_in_threadpool(_none_until, services, asked, after)
            if reached is None or loop.time() >= until or await asked.request.is_disconnected():
                return
            after = reached
            await asyncio.sleep(min(LOOK_SECONDS, max(0.0, until - loop.time())))


def _none_until(services: Services, asked: EventsAsked, after: int) -> int | None:
    with services.sessions.reading() as session:
        return read.look(session, asked.request.state.actor, after=after, wanted=asked.wanted)


Asked = Annotated[EventsAsked, Depends(_asked)]


@router.get("/events", summary="Read what happened", responses=_OK)
def list_events(asked: Asked, call: Writing) -> EventList:
    """In order, and none is ever passed over: ask again with the number of the last event that you have handled, or as
    the Link header's rel=next does, which leads on behind all that was looked at. This has no last page, and so no
    cursor: `after` can be kept, and asked from at any time. With `wait` the answer comes as soon as there is an event,
    or empty when the time is over."""
    given: dict[str, Any] = {"after": asked.after, "limit": asked.limit, "wanted": asked.wanted}
    found = read.since(call.session, call.actor, **given)
    target = asked.request.url.include_query_params(after=found.reached)
    call.headers["Link"] = f'<{target.path}?{target.query}>; rel="next"'
    return EventList(items=[EventShown.of(row) for row in found.events])
