"""What many tests begin with is made once. All others are given its rows: sooner done than all that made them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, insert, select

from service.store.session import Sessions
from service.store.tables import Base

Made = TypeVar("Made")
Rows = list[tuple[Table, list[dict[str, Any]]]]
_MADE: dict[tuple[str, str], tuple[Any, Rows]] = {}


def begun(name: str, sessions: Sessions, make: Callable[[], Made]) -> Made:
    """What `make` gives, and in the database, which is empty, what `make` leaves there. It is asked once for each kind
    of database, so what it gives has to hold for all."""
    at = (name, sessions.engine.dialect.name)
    if at in _MADE:
        with sessions.engine.begin() as connection:
            put(connection, _MADE[at][1])
    else:
        _MADE[at] = (make(), rows_of(sessions))
    made: Made = _MADE[at][0]
    return made


def rows_of(sessions: Sessions) -> Rows:
    """All rows there are, those first that others refer to."""
    with sessions.engine.connect() as connection:
        found = ((table, connection.execute(select(table)).mappings()) for table in Base.metadata.sorted_tables)
        return [(table, rows) for table, all_ in found if (rows := [dict(row) for row in all_])]


def put(connection: Connection, rows: Rows) -> None:
    for table, all_ in rows:
        connection.execute(insert(table), all_)
