"""Databases for tests: real ones. Each test gets an empty, migrated database of its own kind; nothing is shared.

PEERLOOM_TEST_POSTGRES    where PostgreSQL answers (default: 127.0.0.1:5432, user postgres); a database is made there
                          and dropped again, nothing else is touched
PEERLOOM_REQUIRE_SERVERS  1: a server that does not answer is a failure, not a reason to skip
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from pipelines.adapters.sentence_transformer import SentenceTransformerEmbedder
from service.store import migrate
from service.store.session import Sessions, make_engine

settings.register_profile("peerloom", deadline=None, database=None, derandomize=True)
settings.load_profile("peerloom")

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.servers))


def no_server(reason: str) -> NoReturn:
    """Skip the test, or fail it where servers are required."""
    if os.environ.get("PEERLOOM_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{reason} PEERLOOM_REQUIRE_SERVERS=1 asks for it.", pytrace=False)
    pytest.skip(reason)


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


@pytest.fixture(scope="session")
def _new_postgres(_postgres_server: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases; all are dropped at the end."""
    made: list[str] = []

    def make() -> str:
        made.append(f"peerloom_test_{os.getpid()}_{secrets.token_hex(4)}")
        _administer(_postgres_server, f"CREATE DATABASE {made[-1]}")
        _administer(_postgres_server, f"ALTER DATABASE {made[-1]} SET synchronous_commit = off")  # quicker, same rules
        return make_url(_postgres_server).set(database=made[-1]).render_as_string(hide_password=False)

    yield make
    for name in made:
        _administer(_postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _migrated_postgres(_new_postgres: Callable[[], str]) -> str:
    url = _new_postgres()
    engine = make_engine(url)
    migrate.upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def sqlite_database(_sqlite_template: Path, tmp_path: Path) -> str:
    """The address of an empty, migrated SQLite file."""
    path = tmp_path / "peerloom.db"
    shutil.copy(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_database(_migrated_postgres: str) -> Iterator[str]:
    """The address of an empty, migrated PostgreSQL database."""
    yield _migrated_postgres
    engine = make_engine(_migrated_postgres)
    with engine.begin() as connection:  # everything belongs to an organization, so this empties every table
        connection.execute(text("DELETE FROM organizations"))
    engine.dispose()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database: once SQLite, once PostgreSQL."""
    kind = "sqlite" if request.param == "sqlite" else "postgres"
    return str(request.getfixturevalue(f"{kind}_database"))


@pytest.fixture(params=KINDS)
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.db'}"
    return str(request.getfixturevalue("_new_postgres")())


def _sessions(url: str) -> Iterator[Sessions]:
    engine = make_engine(url)
    yield Sessions(engine)
    engine.dispose()


@pytest.fixture
def sessions(database: str) -> Iterator[Sessions]:
    """Transactions on an empty, migrated database, on SQLite and on PostgreSQL."""
    yield from _sessions(database)


@pytest.fixture
def sqlite_sessions(sqlite_database: str) -> Iterator[Sessions]:
    """The same on SQLite only, where the database's kind cannot matter."""
    yield from _sessions(sqlite_database)


@pytest.fixture(scope="session")
def packaged_embedder() -> SentenceTransformerEmbedder:
    """The model that ships, loaded at its first use and once for all tests."""
    # One thread: what is tested is small, and threads that wait for one another are slow on a busy machine.
    return SentenceTransformerEmbedder(threads=1)
