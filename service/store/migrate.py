"""Brings a database's tables to the state that this code expects. Changes no rows but those a migration must change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from service.domain.errors import Unavailable
from service.store.session import READING

FOLDER = Path(__file__).with_name("migrations")

_LOCK = 0x7065_6572_6C6F  # any number that nobody else in the same PostgreSQL uses: "peerlo"
_PATIENCE = 600  # seconds that one migration waits for another


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run what is missing, in one transaction. Safe to call from several processes at once: one works, others wait."""
    with _locked(engine) as connection:
        command.upgrade(_config(connection), to)


def downgrade(engine: Engine, to: str) -> None:
    """Go back to a revision (`base` takes all tables away, and with them all rows)."""
    with _locked(engine) as connection:
        command.downgrade(_config(connection), to)


def propose(engine: Engine, message: str) -> Path:
    """Write a new file in migrations/versions with what the models have and this (migrated) database has not."""
    number = f"{max(int(one.revision) for one in _scripts().walk_revisions()) + 1:04d}"
    with _locked(engine) as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=number)
    return next((FOLDER / "versions").glob(f"{number}_*.py"))


def head() -> str:
    """The revision that this code expects."""
    revision = _scripts().get_current_head()
    if revision is None:
        raise RuntimeError("There is no migration in service/store/migrations/versions.")
    return revision


def current(engine: Engine) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with engine.connect().execution_options(**{READING: True}) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check(engine: Engine) -> None:
    """Raises Unavailable, saying what to do, unless the database is at exactly the revision that this code expects."""
    at = current(engine)
    if at == head():
        return
    if at is None:
        raise Unavailable("The database has no tables yet. Run 'peerloom migrate', then start again.")
    if at in {script.revision for script in _scripts().walk_revisions()}:
        raise Unavailable(
            f"The database is at revision {at}, this version of Peerloom needs {head()}. "
            "Make a backup, run 'peerloom migrate', then start again."
        )
    raise Unavailable(
        f"The database is at revision {at}, which this version of Peerloom does not know: a newer one ran "
        f"'peerloom migrate' on it. Start that newer version, or restore the backup made before."
    )


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    """One transaction that only one process at a time can be in."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            with _sqlite_unhindered(connection), connection.begin():
                yield connection
        else:
            with connection.begin():
                connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}s'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                yield connection


@contextmanager
def _sqlite_unhindered(connection: Connection) -> Iterator[None]:
    """Foreign keys off around the transaction: rebuilding a table drops the old one, which would delete along them."""
    raw = cast("sqlite3.Connection", connection.connection.driver_connection)
    raw.execute(f"PRAGMA busy_timeout={_PATIENCE * 1000}")
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = raw.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        connection.invalidate()  # the next connection is prepared anew, with foreign keys on
    if broken:
        raise RuntimeError(f"After the migration rows point to nothing: {broken[:5]}. Restore the backup made before.")


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
