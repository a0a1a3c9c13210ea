"""What many tests begin with is made once. All others are given its rows: sooner done than all that made them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, insert, select

from service.store.session import Sessions
from service.store.tables import Base

Made = TypeVar("Made")
Rows = list[tuple[Table, list[dict[str, Any]]]]
Files = dict[Path, bytes]
_TABLES = [table for table in Base.metadata.sorted_tables if not table.info.get("derived")]
"""Those whose rows nothing else makes; the others' come with them, by triggers."""
_MADE: dict[tuple[str, str], tuple[Any, Rows, Files]] = {}


def begun(name: str, sessions: Sessions, make: Callable[[], Made], folder: Path | None = None) -> Made:
    """What `make` gives, and in the database and the folder, which are empty, what `make` leaves there. It is asked
    once for each kind of database, so what it gives has to hold for all; what reads the folder once is made after."""
    at = (name, sessions.engine.dialect.name)
    if at in _MADE:
        _, rows, files = _MADE[at]
        with sessions.engine.begin() as connection:
            put(connection, rows)
        if folder is not None:
            _write(folder, files)
    else:
        _MADE[at] = (make(), rows_of(sessions), _files_of(folder) if folder is not None else {})
    made: Made = _MADE[at][0]
    return made


def _files_of(folder: Path) -> Files:
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _write(folder: Path, files: Files) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def rows_of(sessions: Sessions) -> Rows:
    """All rows there are, those first that others refer to."""
    with sessions.engine.connect() as connection:
        found = ((table, connection.execute(select(table)).mappings()) for table in _TABLES)
        return [(table, _parents_first(table, rows)) for table, all_ in found if (rows := [dict(row) for row in all_])]


def _parents_first(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A database gives them in any order, and a row may refer to another of its table."""
    own = [key for key in table.foreign_key_constraints if key.referred_table is table]
    left, ordered = rows if own else [], [] if own else rows
    while left:
        there = [{tuple(row[one.column.name] for one in key.elements) for row in left} for key in own]
        free = [
            row
            for row in left
            if not any(tuple(row[name] for name in key.column_keys) in of for key, of in zip(own, there, strict=True))
        ]
        assert free, f"Rows of {table.name} refer to one another in a circle."
        ordered, left = ordered + free, [row for row in left if row not in free]
    return ordered


def put(connection: Connection, rows: Rows) -> None:
    for table, all_ in rows:
        connection.execute(insert(table), all_)


def address_of(sessions: Sessions) -> str:
    """Where their database is, as it stands in the settings."""
    return sessions.engine.url.set(drivername=sessions.engine.dialect.name).render_as_string(hide_password=False)
