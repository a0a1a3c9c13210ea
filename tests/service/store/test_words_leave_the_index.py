"""What was deleted leaves the part of SQLite's file by which it searches, which holds words one by one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import delete

from service.store.erasing import bytes as files
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
