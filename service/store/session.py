"""Engines and transactions, the same for SQLite and PostgreSQL. Knows no table and decides nothing.

On SQLite every transaction that is not declared as reading begins with BEGIN IMMEDIATE: one that begins deferred and
writes later is refused with BUSY as soon as another has written in between, however long it would be ready to wait.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, CursorResult, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from service.domain.errors import Invalid, Unavailable

WAIT = 30
"""Seconds that a transaction waits for another's lock before it gives up, on both databases."""

READING = "peerloom_reading"
_LAST = "peerloom_last"
_CLASH = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
_GONE = ("08", "53", "57")  # SQLSTATE classes: connection, resources, operator's intervention
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://…`. Raises Invalid for any other address; connects to nothing."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise Invalid("The database address is no URL. Use 'sqlite:///path/to/file.db' or 'postgresql://…'.") from error
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed)
        case "postgresql":
            return _postgresql(parsed)
        case other:
            raise Invalid(f"A database of kind '{other}' is not supported. Use 'sqlite:///…' or 'postgresql://…'.")


def _sqlite(url: URL) -> Engine:
    path = url.database or ""
    if path in ("", ":memory:") or path.startswith("file:"):
        raise Invalid(
            "SQLite in memory is not supported: each connection would see a database of its own, and a restart would "
            "lose it. Give a file on a local disk: 'sqlite:///path/to/peerloom.db'."
        )
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        hide_parameters=True,  # they hold people's words, and errors are logged
        pool_size=10,
        max_overflow=40,
        pool_use_lifo=True,  # the connection used last has its pages and statements at hand
        connect_args={"timeout": WAIT},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
    connection.execute(f"PRAGMA busy_timeout={WAIT * 1000}")
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")  # an answered request survives a power cut
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten; some builds have it so, some not


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL, once in its life. The switch does not wait for locks by itself, so it is tried again."""
    give_up = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    reading = bool(connection.get_execution_options().get(READING))
    if connection.info.get(READING) is not reading:  # the connection remembers it, from one transaction to the next
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
        connection.info[READING] = reading
    connection.exec_driver_sql("BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    own: dict[str, Any] = {"connect_timeout": 10, "options": f"-c lock_timeout={WAIT}s"}
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,  # a connection that a restart of the server has cut is replaced before it is used
        pool_size=5,
        max_overflow=15,
        pool_recycle=1800,
        connect_args={name: value for name, value in own.items() if name not in url.query},
    )


class Sessions:
    """Where transactions come from. Threads may share it; processes may not: make it after a fork, not before."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        options: dict[str, Any] = {READING: True}
        if engine.dialect.name == "postgresql":  # one snapshot for all statements, as SQLite has it
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._for_reading = engine.execution_options(**options)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any error. Raises Unavailable if it is locked out."""
        with _in_our_words(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session
            for last in session.info.pop(_LAST, {}):
                last(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One snapshot, never committed; a write in it is refused by the database. Raises Unavailable."""
        with _in_our_words(reading=True), Session(self._for_reading, expire_on_commit=False) as session:
            yield session


def at_the_end(session: Session, last: Callable[[Session], None]) -> None:
    """Have this done as the last thing before the commit, once however often it is asked for."""
    session.info.setdefault(_LAST, {})[last] = None


def changed_rows(session: Session, statement: Any) -> int:
    """Run it; how many rows it changed. What the session holds of them is not brought up to date."""
    result = session.execute(statement.execution_options(synchronize_session=False))
    return result.rowcount if isinstance(result, CursorResult) else 0


def insert(session: Session, table: Any) -> postgresql.Insert | sqlite.Insert:
    """An INSERT in the database's own dialect: these two know what to do on a conflict, and the common one does not."""
    return insert_on(session.get_bind().dialect.name, table)


def insert_on(dialect: str, table: Any) -> postgresql.Insert | sqlite.Insert:
    """The same, by the dialect's name."""
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)


@contextmanager
def _in_our_words(*, reading: bool = False) -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("All connections to the database are in use. Try again in a moment.") from error
    except DBAPIError as error:
        message = _trouble(error, reading=reading)
        if message is None:
            raise
        raise Unavailable(message) from error


def _trouble(error: DBAPIError, *, reading: bool) -> str | None:
    """What to say of an error that is nobody's mistake in code; None for all others."""
    if isinstance(error.orig, sqlite3.OperationalError):
        return _sqlite_trouble(error.orig, reading=reading)
    state = getattr(error.orig, "sqlstate", None)
    if state in _CLASH:
        return "Somebody else is changing the same rows. Nothing was stored; try again."
    lost = state is None and type(error).__name__ == "OperationalError"
    if error.connection_invalidated or lost or (state or "").startswith(_GONE):
        return "PostgreSQL does not answer. Nothing was stored; check that it runs and can be reached, then try again."
    return None


def _sqlite_trouble(error: sqlite3.OperationalError, *, reading: bool) -> str | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the extended code keeps its kind in the last byte
    if code in _BUSY:
        return f"Another process has been writing to the database for {WAIT} s. Nothing was stored; try again."
    if code in _DISK and not (reading and code == sqlite3.SQLITE_READONLY):  # that would be a write where none belongs
        return f"The database file cannot be used ({error}). Check the disk's space and the file's permissions."
    return None
