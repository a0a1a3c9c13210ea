"""What was deleted leaves the files: SQLite's and PostgreSQL's own ways of writing them anew. Knows no table
but the one by which SQLite searches."""

from __future__ import annotations

import re
import sqlite3
import time
from typing import Any, Final, cast

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from service.domain.errors import Unavailable
from service.store import search

log = structlog.get_logger(__name__)

LARGE: Final = 1 << 30
"""Bytes of a PostgreSQL table from which it is not written anew beside the work, since nobody can use it meanwhile."""
PATIENCE: Final = 30.0
"""Seconds to wait until nobody reads from SQLite's log any more."""


def write_anew(engine: Engine, *, large: bool = False) -> str:
    """Write the database's files anew without what was deleted. What is left, in words; empty if nothing is.

    `large`: PostgreSQL's large tables, too, each of which is locked as long as it takes. Raises Unavailable.
    """
    return _sqlite(engine) if engine.dialect.name == "sqlite" else _postgresql(engine, large=large)


def _sqlite(engine: Engine) -> str:
    connection = engine.raw_connection()
    try:
        raw = cast("sqlite3.Connection", connection.driver_connection)
        raw.execute("PRAGMA query_only=OFF")
        try:
            search.write_anew(raw)
            raw.execute("VACUUM")
            return _emptied_log(raw)
        except sqlite3.OperationalError as error:
            raise Unavailable(
                f"The database file could not be written anew ({error}). It needs as much free space as it is large; "
                "it is tried again."
            ) from error
    finally:
        connection.close()


def _emptied_log(raw: sqlite3.Connection) -> str:
    until = time.monotonic() + PATIENCE
    while True:
        (busy, *_) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return ""
        if time.monotonic() > until:
            return "Somebody reads from the database all the time, so that SQLite's log still holds earlier pages."
        time.sleep(0.05)


def _postgresql(engine: Engine, *, large: bool) -> str:
    left: list[str] = []
    held: list[str] = []
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        rows = connection.execute(
            text(
                "SELECT quote_ident(c.relname), pg_total_relation_size(c.oid) FROM pg_class c"
                " JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY c.relname"
            )
        ).all()
        until = time.monotonic() + PATIENCE
        # Samples of columns, deleted values among them, stand in pg_statistic until they are taken anew: so it is last.
        for name, size in (*rows, ("pg_catalog.pg_statistic", 0)):
            if size > LARGE and not large:
                connection.execute(text(f"VACUUM (ANALYZE) {name}"))
                left.append(name)
            elif not _without_deleted_rows(connection, name, until):
                held.append(name)
        try:
            connection.execute(text("CHECKPOINT"))
        except DBAPIError:
            log.info("no checkpoint: this database user may not ask for one; the server makes one in a few minutes")
    if held:
        raise Unavailable(
            f"Somebody has been reading from the database for {PATIENCE:.0f} seconds, so that deleted rows are still "
            f"kept in the files of {', '.join(held)}; it is tried again."
        )
    if not left:
        return ""
    return (
        f"Deleted rows of large tables stay in PostgreSQL's files until they are used again: {', '.join(left)}. "
        "In a quiet hour run: peerloom erase files"
    )


def _without_deleted_rows(connection: Connection, name: str, until: float) -> bool:
    """Write a table anew and say whether no deleted row was carried along.

    PostgreSQL carries along what an older snapshot in this database may still read, be it only an ANALYZE that the
    server started by itself, and tells it in a notice alone: the first number of its detail.
    """
    while True:
        kept = _written(connection, name)
        if not kept or time.monotonic() > until:
            return not kept
        time.sleep(0.1)


def _written(connection: Connection, name: str) -> int:
    """Write one table anew: how many deleted rows were kept."""
    raw: Any = connection.connection.driver_connection  # psycopg's; only what connects imports that
    details: list[str] = []

    def hear(notice: Any) -> None:
        details.append(notice.message_detail or "")

    raw.add_notice_handler(hear)
    try:
        connection.execute(text(f"VACUUM (FULL, ANALYZE, VERBOSE) {name}"))
    except DBAPIError as error:
        raise Unavailable(f"The table {name} could not be written anew; it is tried again.") from error
    finally:
        raw.remove_notice_handler(hear)
    return max((int(number) for detail in details for number in re.findall(r"\d+", detail)[:1]), default=0)
