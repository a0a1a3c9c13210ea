"""What was deleted leaves the part of SQLite's file by which it searches, which holds words one by one; and what keeps
that part lets tables be made anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from service.store import search
from service.store.erasure import bytes as files
from service.store.session import Sessions
from service.store.tables import Person
from tests.service.actions.school import NOW, found

STEMS = (b"zephyrin", b"quackenbush")


def there(sessions: Sessions) -> bytes:
    path = Path(str(sessions.engine.url.database))
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_no_word_of_who_was_deleted_is_left_in_the_index_of_words(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        of = found(session).organization
        session.add(Person(organization_id=of, external_id="p-1", name="Zephyrine Quackenbush", created_at=NOW))
    assert all(stem in there(sqlite_sessions) for stem in STEMS)
    with sqlite_sessions.writing() as session:
        session.execute(delete(Person).where(Person.external_id == "p-1"))
    assert files.write_anew(sqlite_sessions.engine) == ""
    assert not any(stem in there(sqlite_sessions) for stem in STEMS)


ANEW = (
    "CREATE TABLE new AS SELECT * FROM revisions",
    "DROP TABLE revisions",
    "ALTER TABLE new RENAME TO revisions",
)


def test_a_table_that_triggers_of_search_name_is_made_anew_without_them(sqlite_sessions: Sessions) -> None:
    triggers = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
    with sqlite_sessions.engine.connect() as connection:
        run = connection.exec_driver_sql
        run("PRAGMA query_only=OFF")
        before = run(triggers).scalar()
        with search.without_triggers(connection):
            for statement in ANEW:
                run(statement)
        assert run(triggers).scalar() == before
        for statement in ANEW[:2]:
            run(statement)
        with pytest.raises(OperationalError, match="error in trigger"):
            run(ANEW[2])
        connection.rollback()
