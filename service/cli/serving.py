"""`peerloom serve`, `worker` and `migrate`: the long-running processes, and the step that must come before them."""

from __future__ import annotations

import gc
import socket
import time
from collections.abc import Callable
from typing import Annotated

import typer
from sqlalchemy.exc import DBAPIError

from service import wiring
from service.cli.console import err, out, settings
from service.domain.errors import Invalid, Unavailable
from service.jobs.data_folder import DataFolder
from service.settings import Dispatch, Settings
from service.store import data_folder
from service.store import migrate as migrations

AGAIN_SECONDS = 2.0
"""Between two looks whether the database answers."""


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on instead of PEERLOOM_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on instead of PEERLOOM_PORT; 0 is any free one.")
    ] = None,
) -> None:
    """Serve the API; without a broker, also keep a worker beside it that does the jobs."""
    run(settings(host=host, port=port))


def run(chosen: Settings, tell: Callable[[], None] = lambda: None) -> None:
    """Serve until told to stop. What would stop the start is said before the server says that it starts; `tell` says
    what is to be known as soon as it answers."""
    if chosen.dispatch is Dispatch.INLINE:
        folder = DataFolder(chosen.data, [data_folder.WEB])
        folder.take()
        folder.free()
    if not chosen.embedded:
        _wait_for_tables(wiring.front(chosen))
    gc.disable()  # all that is made from here on stays: looking through it over and over is a quarter of the start
    import uvicorn  # here, with the application: other commands need neither

    from service.main import create
    from service.web.connections import LARGEST_HEAD, timed

    listener = _listen(chosen)
    host, port = listener.getsockname()[:2]
    err.print(f"Peerloom listens on http://{host}:{port}", markup=False)
    app = create(chosen)
    gc.freeze()
    gc.enable()
    clock = timed(head_seconds=chosen.head_seconds, stall_seconds=chosen.stall_seconds, most=chosen.connections)
    config = uvicorn.Config(
        app,
        http=clock,
        ws="none",
        h11_max_incomplete_event_size=LARGEST_HEAD,
        limit_concurrency=chosen.connections,
        timeout_keep_alive=chosen.keep_alive_seconds,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=20,
    )
    tell()
    uvicorn.Server(config).run(sockets=[listener])


def _listen(chosen: Settings) -> socket.socket:
    try:
        return socket.create_server((chosen.host, chosen.port), backlog=2048)
    except OSError as trouble:
        raise Unavailable(
            f"Nothing can listen on {chosen.host}:{chosen.port} ({trouble.strerror}). "
            "Stop what does, or choose another with --port or PEERLOOM_PORT."
        ) from trouble


def worker() -> None:
    """Do the jobs, with Celery. Start as many as are needed, on as many machines."""
    chosen = settings()
    if chosen.dispatch is not Dispatch.CELERY:
        raise Invalid(
            "`peerloom serve` keeps its worker itself. For workers of their own set PEERLOOM_DISPATCH=celery."
        )
    wiring.set_up_logs(chosen)
    _wait_for_tables(wiring.front(chosen))
    from service.worker import run as work

    work(chosen)


def _wait_for_tables(parts: wiring.Front) -> None:
    """Until the database answers: a worker may be started before it. Raises Unavailable if it answers, and its tables
    are not what this version needs."""
    told = False
    while True:
        try:
            migrations.check(parts.sessions.engine)
        except DBAPIError as trouble:
            if not told:
                said = type(trouble).__name__
                err.print(f"The database does not answer yet ({said}); waiting for it.", markup=False, soft_wrap=True)
            told = True
            time.sleep(AGAIN_SECONDS)
        else:
            return


def migrate() -> None:
    """Bring the database's tables to what this version needs. Safe to repeat, and from several places at once."""
    chosen = settings()
    engine = wiring.front(chosen).sessions.engine
    before = migrations.current(engine)
    migrations.upgrade(engine)
    after = migrations.head()
    out.print(
        f"The database is at {after}."
        if before == after
        else f"The database went from {before or 'nothing'} to {after}."
    )
