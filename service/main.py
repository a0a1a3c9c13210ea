"""The ASGI entry point: `uvicorn --factory service.main:create`, or `peerloom serve`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from importlib.metadata import version
from typing import Protocol

from fastapi import FastAPI

from service import wiring
from service.domain.errors import Unavailable
from service.files import reading
from service.jobs.briefs import briefing
from service.jobs.data_folder import DataFolder
from service.jobs.following import comparing_uptake
from service.jobs.network import charting
from service.jobs.outages import Recent
from service.jobs.work import Finder, finder, searcher
from service.settings import Dispatch, Settings, environment, load
from service.store import data_folder, measures, migrate
from service.store.session import Sessions
from service.web import metrics
from service.web.app import create_app, make_routes
from service.web.services import LOOPBACK, Limits, Services
from service.web.throttle import Rates, Throttle


class Dispatcher(Protocol):
    """What sends jobs on their way: the hand on a worker beside this process, or a relay to a broker."""

    def start(self) -> None: ...

    def wake(self) -> None: ...

    def stop(self) -> object: ...

    def readiness(self) -> Mapping[str, str]: ...


def create(settings: Settings | None = None) -> FastAPI:
    """The application. The worker is started, and folders are taken, with its lifespan, not before."""
    settings = settings or load()
    wiring.set_up_logs(settings, process="web" if settings.dispatch is Dispatch.INLINE else "")
    parts, dispatcher, find = _behind(settings)
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
            similar=searcher(parts.sessions, find),
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
    make_routes(app)
    return app


def _measured(parts: wiring.Front, dispatcher: Dispatcher) -> metrics.MeasuredNow:
    """What Prometheus is told. The parts first: without the database there is nothing to count."""
    about = {**parts.readiness(), **dispatcher.readiness()}
    if about["database"] != "ok":
        return None, about
    with parts.sessions.reading() as session:
        return measures.measure(session, now=parts.now()), about


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


def _behind(settings: Settings) -> tuple[wiring.Front, Dispatcher, Finder]:
    """What the web is given of the rest, by where the jobs are done; not started yet."""
    match settings.dispatch:
        case Dispatch.INLINE:
            from service.jobs.keeper import Keeper

            keeper = Keeper(environment(settings))
            return wiring.front(settings), keeper, keeper.find
        case Dispatch.CELERY:
            from service.jobs import broker
            from service.jobs.relay import Relay

            parts, app = wiring.build(settings), broker.make_app(settings.broker_url.get_secret_value(), settings.queue)
            return parts, Relay(parts, lambda: broker.ring(app), lambda: broker.waiting(app)), finder(parts)


def _lifespan(
    settings: Settings, parts: wiring.Front, dispatcher: Dispatcher
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        folder = DataFolder(settings.data, [data_folder.WEB])
        if settings.dispatch is Dispatch.INLINE:
            folder.take()
        try:
            prepare(settings, parts.sessions)
            with _metrics(settings, partial(_measured, parts, dispatcher)):
                dispatcher.start()
                yield
                dispatcher.stop()
        finally:
            folder.free()

    return lifespan


@contextmanager
def _metrics(settings: Settings, measured: Callable[[], metrics.MeasuredNow]) -> Iterator[None]:
    """Prometheus is answered while the block runs, if an address is set for it."""
    if not settings.metrics:
        yield
        return
    host, _, port = settings.metrics.rpartition(":")
    try:
        _, stop = metrics.serve(host.strip("[]"), int(port), metrics.Numbers(measured, version("peerloom")))
    except (OSError, OverflowError) as trouble:  # the second for a number that is no port
        raise Unavailable(
            f"Nothing can listen on PEERLOOM_METRICS={settings.metrics} ({trouble}). Choose another."
        ) from trouble
    try:
        yield
    finally:
        stop()


def prepare(settings: Settings, sessions: Sessions) -> None:
    """The database must be as this version needs it: made so where it is our own file, else checked."""
    if settings.embedded:
        migrate.upgrade(sessions.engine)
    else:
        migrate.check(sessions.engine)
