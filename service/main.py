"""The ASGI entry point: `uvicorn --factory service.main:create`, or `peerloom serve`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from fastapi import FastAPI

from service import wiring
from service.actions.work.similar import Similar
from service.domain.roles import Actor
from service.files import reading
from service.jobs.briefs import briefing
from service.jobs.folder import DataFolder
from service.jobs.network import charting
from service.jobs.outages import Recent
from service.jobs.uptake import comparing_uptake
from service.settings import Dispatch, Settings, load
from service.store import migrate
from service.web.app import create_app
from service.web.services import LOOPBACK, Limits, Search, Services
from service.web.throttle import Rates, Throttle


class Dispatcher(Protocol):
    """What sends jobs on their way: threads of this process, or a relay to a broker."""

    def start(self) -> None: ...

    def wake(self) -> None: ...

    def stop(self) -> object: ...

    def readiness(self) -> Mapping[str, str]: ...


def create(settings: Settings | None = None) -> FastAPI:
    """The application. Threads start and folders are taken with its lifespan, not before."""
    settings = settings or load()
    wiring.set_up_logs(settings)
    parts = wiring.build(settings)
    dispatcher = dispatch(settings, parts)
    ready = Recent(parts.readiness)
    app = create_app(
        Services(
            sessions=parts.sessions,
            after_commit=dispatcher.wake,
            clock=parts.now,
            readiness=lambda: {**ready(), **dispatcher.readiness()},
            limits=Limits(
                body=settings.max_body_bytes,
                bundle=settings.max_import_bytes,
                file=settings.max_file_bytes,
                hand_ins=settings.hand_ins_per_day,
            ),
            files=reading.read,
            throttle=throttle(settings),
            seal=wiring.seal(settings),
            similar=_similar(parts),
            network=charting(parts.sessions),
            brief=briefing(parts.sessions),
            following=comparing_uptake(parts.sessions),
            drafter=parts.fallback,
            model=settings.model,
            undo=parts.undo,
            mails=parts.post is not None,
            public_url=settings.public_url,
            integrations=parts.integrations,
            hosts=LOOPBACK | {settings.host, *settings.hosts.split()},
        )
    )
    app.router.lifespan_context = _lifespan(settings, parts, dispatcher)
    return app


def throttle(settings: Settings) -> Throttle:
    """How often somebody may ask."""
    rates = Rates(
        address=settings.requests_per_address,
        refused=settings.refused_per_address,
        key=settings.requests_per_key,
        person=settings.requests_per_person,
        route=settings.changes_per_person,
        costly=settings.costly_per_person,
    )
    return Throttle(rates, settings.counter)


def _similar(parts: wiring.Parts) -> Search:
    """Imports the thinking floor with the first question: a web process that is never asked stays light."""

    def search(actor: Actor, **asked: Any) -> Sequence[Similar]:
        from service.jobs.similar import searcher

        return searcher(parts)(actor, **asked)

    return search


def dispatch(settings: Settings, parts: wiring.Parts) -> Dispatcher:
    """Not started yet."""
    match settings.dispatch:
        case Dispatch.INLINE:
            from service.jobs.handlers import kinds_of_integrations, waiting_kinds, work_one
            from service.jobs.inline import Inline
            from service.jobs.lanes import lanes

            own = lanes(settings.worker_threads, kinds_of_integrations(parts), waiting_kinds(parts))
            return Inline(parts, lambda of: work_one(parts, of=of), own)
        case Dispatch.CELERY:
            from service.jobs import broker
            from service.jobs.relay import Relay

            app = broker.make_app(settings.broker_url.get_secret_value(), settings.queue)
            return Relay(parts, lambda: broker.ring(app), lambda: broker.waiting(app))


def _lifespan(
    settings: Settings, parts: wiring.Parts, dispatcher: Dispatcher
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        folder = DataFolder(settings.data)
        if settings.dispatch is Dispatch.INLINE:
            folder.take()
        try:
            prepare(settings, parts)
            dispatcher.start()
            if settings.dispatch is Dispatch.INLINE:
                wiring.probe_soon(settings)
            yield
            dispatcher.stop()
        finally:
            folder.free()

    return lifespan


def prepare(settings: Settings, parts: wiring.Parts) -> None:
    """The database must be as this version needs it; work that a dead process left in our own folder is taken up."""
    if settings.embedded:
        from service.jobs.inline import take_over

        migrate.upgrade(parts.sessions.engine)
        take_over(parts)
    else:
        migrate.check(parts.sessions.engine)
