"""The application behind a real server on a loopback port.

FastAPI makes its routes at the first request, which takes half a second, so an application serves all tests one after
the other: what it is given changes, and nothing else. A test that wants two at a time has two.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace

import pytest
import uvicorn
from fastapi import FastAPI

from service.web.app import create_app
from service.web.services import Services
from tests.connected import CONNECTED


@dataclass(frozen=True)
class Door:
    """Where an application answers."""

    url: str
    app: FastAPI


Serve = Callable[[Services], AbstractContextManager[Door]]


@contextmanager
def _running(app: FastAPI) -> Iterator[str]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def served() -> Iterator[Serve]:
    """`served(services)` is a door to an application that answers for these, as long as the block lasts."""
    free: list[Door] = []
    with ExitStack() as closing:

        @contextmanager
        def serve(services: Services) -> Iterator[Door]:
            if not free:
                app = create_app(replace(services, integrations=CONNECTED))
                free.append(Door(closing.enter_context(_running(app)), app))
            door = free.pop()
            door.app.state.services = replace(services, integrations=services.integrations or CONNECTED)
            yield door
            free.append(door)

        yield serve
