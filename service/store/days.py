"""The day of a moment, by UTC, the same in both databases and in every session."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class UtcDay(FunctionElement[str]):
    """`UtcDay(moment)`: 2026-10-05. PostgreSQL's own `date` follows the time zone of the session, or of the server."""

    name = "utc_day"
    type = String(10)
    inherit_cache = True


@compiles(UtcDay, "postgresql")
def _postgresql(element: UtcDay, compiler: SQLCompiler, **more: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **more)} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"


@compiles(UtcDay, "sqlite")
def _sqlite(element: UtcDay, compiler: SQLCompiler, **more: Any) -> str:
    return f"date({compiler.process(element.clauses, **more)})"
