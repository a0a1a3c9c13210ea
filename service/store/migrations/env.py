"""What Alembic runs for every command. It works only on the connection that `service.store.migrate` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, Enum

from service.store import search
from service.store.columns import UtcDateTime
from service.store.tables import Base


def _frozen(kind: str, thing: Any, _: object) -> str | Literal[False]:
    """Types as the databases have them: a migration must mean the same after the code's own types have changed."""
    if kind != "type":
        return False
    match thing:
        case UtcDateTime():
            return "sa.DateTime(timezone=True)"
        case Enum():
            return f"sa.String({thing.length})"
        case JSON():
            return "JSON"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=_frozen,
    include_name=search.ours,  # a database's own index of words is made by its migration
    render_as_batch=True,  # SQLite changes a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
