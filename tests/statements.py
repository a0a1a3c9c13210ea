"""What is asked of the database: every statement that runs while a block does, for tests that hold their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The statements of the session's database, in order; `begin` and `commit` are none."""
    engine = session.get_bind().engine
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def count(session: Session, act: Callable[[], object]) -> int:
    """How many statements `act` takes, in a session that knows no row yet."""
    session.expunge_all()
    with statements(session) as said:
        act()
    return len(said)
