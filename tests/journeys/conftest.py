"""The two ways in which Peerloom runs, as fixtures: everything in one process, and a process for everything."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from kombu import Connection

from tests.contracts.chroma_server import ChromaServer
from tests.journeys.house import House

QUICK = {
    "PEERLOOM_EMBEDDER": "hashing",
    "PEERLOOM_LEASE_SECONDS": "3",
    "PEERLOOM_HEARTBEAT_SECONDS": "1",
    "PEERLOOM_RECONCILE_SECONDS": "1",
    "PEERLOOM_JOB_ATTEMPTS": "20",
    "PEERLOOM_LOG_FORMAT": "json",
}
"""As in production, but for waiting less long for the dead."""

REDIS = os.environ.get("PEERLOOM_TEST_REDIS", "redis://127.0.0.1:6379/5")
RABBITMQ = os.environ.get("PEERLOOM_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    with ChromaServer(tmp_path_factory.mktemp("chroma")) as server:
        yield server


@pytest.fixture
def embedded(tmp_path: Path, sqlite_database: str) -> Iterator[House]:
    """One process, SQLite, embedded Chroma, threads."""
    house = House(
        tmp_path, {**QUICK, "PEERLOOM_DATA": str(tmp_path / "data"), "PEERLOOM_DATABASE_URL": sqlite_database}
    )
    yield house
    house.close()


MakeHouse = Callable[[str], House]


@pytest.fixture
def with_servers(
    tmp_path: Path,
    postgres_database: str,
    chroma_server: ChromaServer,
    without_server: Callable[[str], None],
) -> Iterator[MakeHouse]:
    """Makes a house of web and worker over PostgreSQL, Chroma's server, and the broker at the URL given."""
    with ExitStack() as closing:

        def make(broker: str) -> House:
            queue = f"peerloom-test-{secrets.token_hex(4)}"
            _require(broker, without_server)
            closing.callback(_sweep, broker, queue)
            house = House(
                tmp_path,
                {
                    **QUICK,
                    "PEERLOOM_DATA": str(tmp_path / "data"),
                    "PEERLOOM_DATABASE_URL": postgres_database,
                    "PEERLOOM_DISPATCH": "celery",
                    "PEERLOOM_BROKER_URL": broker,
                    "PEERLOOM_QUEUE": queue,
                    "PEERLOOM_CHROMA_URL": f"http://127.0.0.1:{chroma_server.port}",
                },
                roles=("serve", "worker"),
            )
            closing.callback(house.close)
            return house

        yield make


def _require(broker: str, without_server: Callable[[str], None]) -> None:
    try:
        with Connection(broker, connect_timeout=3) as connection:
            connection.ensure_connection(max_retries=1, timeout=3)
    except Exception:  # kombu passes on what each transport raises
        without_server(f"No broker answers at {broker.split('@')[-1]}.")


def _sweep(broker: str, queue: str) -> None:
    """Leave nothing in a broker that others use too."""
    with Connection(broker, connect_timeout=3) as connection:
        channel = connection.default_channel
        if broker.startswith("redis"):
            keys = list(channel.client.scan_iter(f"{queue}:*"))
            if keys:
                channel.client.delete(*keys)
        else:
            channel.queue_delete(queue)
            channel.exchange_delete(queue)


QueueOf = Callable[[str], str]


@pytest.fixture
def queue_of(without_server: Callable[[str], None]) -> Iterator[QueueOf]:
    """`queue_of(broker)` is the name of a queue there of our own, which is gone afterwards."""
    with ExitStack() as closing:

        def make(broker: str) -> str:
            queue = f"peerloom-test-{secrets.token_hex(4)}"
            _require(broker, without_server)
            closing.callback(_sweep, broker, queue)
            return queue

        yield make


HOUSES = (
    "embedded",
    pytest.param("redis", marks=pytest.mark.servers),
    pytest.param("rabbitmq", marks=pytest.mark.servers),
)


@pytest.fixture(params=HOUSES)
def house(request: pytest.FixtureRequest) -> House:
    """The same house, once in each of the ways in which it can run. Not started."""
    kind = str(request.param)
    if kind == "embedded":
        made: House = request.getfixturevalue("embedded")
        return made
    make: MakeHouse = request.getfixturevalue("with_servers")
    return make(REDIS if kind == "redis" else RABBITMQ)
