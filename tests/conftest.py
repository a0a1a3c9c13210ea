"""Databases for tests: real ones. Each test gets an empty, migrated database of its own kind; no row is shared.

PEERLOOM_TEST_POSTGRES    where PostgreSQL answers (default: 127.0.0.1:5432, user postgres); a database is made there
                          and dropped again, nothing else is touched
PEERLOOM_REQUIRE_SERVERS  1: a server that does not answer is a failure, not a reason to skip
PEERLOOM_TEST_LONG        1 (`make test LONG=1`): properties, walks and the API's document are tried on ten times as
                          many examples, the same in every run; who changes what a property is about, or a route,
                          tries its file so before handing it in
"""

from __future__ import annotations

import os

# Before numpy is imported, here and in the processes that tests start. Threads that share a matrix of a few rows wait
# for one another longer than they work; two processes that both have some take twice as much of the machine.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import gc
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from pipelines.adapters.sentence_transformer import SentenceTransformerEmbedder
from service.store import migrate
from service.store.session import Sessions, make_engine
from tests.begun import address_of
from tests.budget import examples

settings.register_profile("peerloom", deadline=None, database=None, derandomize=True, max_examples=examples(40, 1000))
settings.load_profile("peerloom")

MEMORY = "/dev/shm"  # noqa: S108
ROOT = Path(__file__).parents[1]
MODEL = "packaged_embedder"
KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.servers))


def no_server(reason: str) -> NoReturn:
    """Skip the test, or fail it where servers are required."""
    if os.environ.get("PEERLOOM_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{reason} PEERLOOM_REQUIRE_SERVERS=1 asks for it.", pytrace=False)
    pytest.skip(reason)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two processes share the tests file by file. The longest come first, or one would work on when all is done."""
    items.sort(key=_turn)


def pytest_collection_finish() -> None:
    """What was imported stays, so the collector need not go through it again and again: an eighth of the time that
    tests with a database take."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _turn(item: pytest.Item) -> int:
    folders = item.path.parts
    return 0 if "browser" in folders else 1 if item.get_closest_marker("model") else 2 if "journeys" in folders else 3


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """As asked for, but where that is file by file, all files that load the model go to one process."""
    return _ModelOnce(config, log) if config.getvalue("dist") == "loadfile" else None


class _ModelOnce(LoadFileScheduling):
    """What the model needs takes each process that imports it 4.6 seconds of processor, before it is loaded."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "the model" if _loads_the_model(file) else file


@cache
def _loads_the_model(file: str) -> bool:
    return MODEL in (ROOT / file).read_text("utf-8")


@pytest.fixture(scope="session")
def without_server() -> Callable[[str], NoReturn]:
    """`without_server(reason)` skips, or fails where servers are required."""
    return no_server


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    engine.dispose()  # the last connection writes the log back into the file, so the file alone is all of it
    return path


@pytest.fixture(scope="session")
def _postgres_server() -> str:
    """The address of a server that answers."""
    url = os.environ.get("PEERLOOM_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), connect_args={"connect_timeout": 3})
    try:
        engine.connect().close()
    except OperationalError:
        no_server(f"No PostgreSQL answers at {make_url(url).host}:{make_url(url).port}.")
    finally:
        engine.dispose()
    return url


def _administer(server: str, statement: str) -> None:
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def _a_postgres_of_our_own(server: str) -> Iterator[str]:
    """The address of a database without any table, which is dropped afterwards."""
    name = f"peerloom_test_{os.getpid()}_{secrets.token_hex(4)}"
    _administer(server, f"CREATE DATABASE {name}")
    _administer(server, f"ALTER DATABASE {name} SET synchronous_commit = off")  # quicker, same rules
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _administer(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _bare_postgres(_postgres_server: str) -> Iterator[str]:
    with _a_postgres_of_our_own(_postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_sessions(_postgres_server: str) -> Iterator[Sessions]:
    with _a_postgres_of_our_own(_postgres_server) as url:
        engine = make_engine(url)
        migrate.upgrade(engine)
        yield Sessions(engine)
        engine.dispose()


@pytest.fixture(scope="session")
def _sqlite_sessions() -> Iterator[Sessions]:
    # In memory, where there is a folder for that: it knows the same locks, and syncing takes no time.
    memory = MEMORY if os.access(MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="peerloom-test-", dir=memory) as folder:
        engine = make_engine(f"sqlite:///{folder}/peerloom.db")
        yield Sessions(engine)
        engine.dispose()


@pytest.fixture
def sqlite_sessions(_sqlite_template: Path, _sqlite_sessions: Sessions) -> Iterator[Sessions]:
    """Transactions on an empty, migrated SQLite file, where the database's kind cannot matter.

    The file is new for each test and the engine is not, since an engine remembers how each statement is written.
    """
    path = Path(str(_sqlite_sessions.engine.url.database))
    for old in path.parent.glob(f"{path.name}*"):  # the log, too: one left behind would be read into the new file
        old.unlink()
    shutil.copy(_sqlite_template, path)
    yield _sqlite_sessions
    _sqlite_sessions.engine.dispose()


@pytest.fixture
def postgres_sessions(_postgres_sessions: Sessions) -> Iterator[Sessions]:
    """Transactions on an empty, migrated PostgreSQL database."""
    yield _postgres_sessions
    with _postgres_sessions.engine.begin() as connection:  # all belongs to an organization, but for what outlives it
        for table in ("organizations", "erasures", "erasure_salts"):
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608


@pytest.fixture
def sqlite_database(sqlite_sessions: Sessions) -> str:
    """The address of an empty, migrated SQLite file."""
    return address_of(sqlite_sessions)


@pytest.fixture
def postgres_database(postgres_sessions: Sessions) -> str:
    """The address of an empty, migrated PostgreSQL database."""
    return address_of(postgres_sessions)


@pytest.fixture(params=KINDS)
def sessions(request: pytest.FixtureRequest) -> Sessions:
    """Transactions on an empty, migrated database: once on SQLite, once on PostgreSQL."""
    return sessions_of(request)


def sessions_of(request: pytest.FixtureRequest) -> Sessions:
    """Of the kind that is asked for."""
    kind = "sqlite" if request.param == "sqlite" else "postgres"
    found: Sessions = request.getfixturevalue(f"{kind}_sessions")
    return found


@pytest.fixture
def database(sessions: Sessions) -> str:
    """The address of an empty, migrated database: once SQLite, once PostgreSQL."""
    return address_of(sessions)


@pytest.fixture
def _emptied_postgres(_bare_postgres: str) -> Iterator[str]:
    yield _bare_postgres
    # Sooner done than dropping the database, for which the server writes all of its databases to the disk.
    _administer(_bare_postgres, "DROP SCHEMA public CASCADE")
    _administer(_bare_postgres, "CREATE SCHEMA public")


@pytest.fixture(params=KINDS)
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.db'}"
    return str(request.getfixturevalue("_emptied_postgres"))


@pytest.fixture(scope="session", name=MODEL)
def _packaged_embedder() -> SentenceTransformerEmbedder:
    """The model that ships, loaded at its first use and once for all tests."""
    # One thread: what is tested is small, and threads that wait for one another are slow on a busy machine.
    return SentenceTransformerEmbedder(threads=1)
