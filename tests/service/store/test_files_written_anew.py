"""What was deleted leaves PostgreSQL's files, also while somebody reads and after the server took samples."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from service.domain.errors import Unavailable
from service.store.erasure import bytes as files
from service.store.session import Sessions

pytestmark = pytest.mark.servers

WORDS = "a walrus librarian lends marmalade lanterns"


@pytest.fixture
def autonomous(postgres_sessions: Sessions) -> Iterator[Connection]:
    with postgres_sessions.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE TABLE notes (id int, words text)"))
        yield connection
        connection.execute(text("DROP TABLE notes"))


def test_what_an_older_snapshot_may_still_see_is_told_and_goes_with_the_next_try(
    postgres_sessions: Sessions, autonomous: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.3)
    autonomous.execute(text("INSERT INTO notes VALUES (1, :words)"), {"words": WORDS})
    with postgres_sessions.engine.connect() as reader:
        reader.execution_options(isolation_level="REPEATABLE READ")
        reader.scalar(text("SELECT count(*) FROM pg_database"))  # a snapshot alone, as ANALYZE holds one
        autonomous.execute(text("DELETE FROM notes"))
        with pytest.raises(Unavailable, match=r"are still kept in the files of .*notes"):
            files.write_anew(postgres_sessions.engine)
    assert files.write_anew(postgres_sessions.engine) == ""
    assert autonomous.scalar(text("SELECT pg_relation_size('notes')")) == 0


def test_no_sample_of_a_column_keeps_what_was_deleted(postgres_sessions: Sessions, autonomous: Connection) -> None:
    for number in range(4):
        autonomous.execute(text("INSERT INTO notes VALUES (:n, :words)"), {"n": number, "words": WORDS})
    autonomous.execute(text("INSERT INTO notes VALUES (5, 'others')"))
    autonomous.execute(text("ANALYZE notes"))
    autonomous.execute(text("DELETE FROM notes WHERE id < 4"))
    sampled = text("SELECT count(*) FROM pg_stats WHERE tablename = 'notes' AND most_common_vals::text LIKE :words")
    assert autonomous.scalar(sampled, {"words": f"%{WORDS}%"}) == 1
    assert files.write_anew(postgres_sessions.engine) == ""
    assert autonomous.scalar(sampled, {"words": f"%{WORDS}%"}) == 0
    path = autonomous.scalar(text("SELECT pg_relation_filepath('pg_statistic')"))
    if not autonomous.scalar(text("SELECT has_function_privilege('pg_read_binary_file(text)', 'execute')")):
        pytest.skip("This database user may not read the server's files.")
    content = autonomous.scalar(text("SELECT pg_read_binary_file(:path)"), {"path": path})
    assert WORDS.encode() not in bytes(content)
