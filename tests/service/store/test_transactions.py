"""Transactions on both databases: what they promise, and what they say when they cannot."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from service.domain.errors import Invalid, Unavailable
from service.store import session as session_module
from service.store.session import Sessions, make_engine
from service.store.tables import Organization
from tests.service.store.world import NOW, World


def name_of(sessions: Sessions) -> str | None:
    with sessions.reading() as session:
        return session.scalar(select(Organization.name))


def rename(sessions: Sessions, name: str) -> None:
    with sessions.writing() as session:
        session.execute(update(Organization).values(name=name))


def test_what_is_written_is_there_and_rows_stay_usable(world: World) -> None:
    with world.changing(Organization, world.organization) as row:
        row.name = "Lighthouse"
    assert row.name == "Lighthouse"
    assert name_of(world.sessions) == "Lighthouse"


def test_an_error_undoes_the_whole_transaction(world: World) -> None:
    def fails() -> None:
        with world.changing(Organization, world.organization) as row:
            row.name = "Lighthouse"
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert name_of(world.sessions) == "Harbor"


def test_a_write_where_only_reading_was_meant_is_refused(world: World) -> None:
    with pytest.raises(DBAPIError), world.sessions.reading() as session:
        session.execute(update(Organization).values(name="Lighthouse"))
    rename(world.sessions, "Still writable")
    assert name_of(world.sessions) == "Still writable"


def test_one_reading_sees_one_moment(world: World) -> None:
    with world.sessions.reading() as session:
        before = session.scalar(select(Organization.name))
        rename(world.sessions, "Lighthouse")
        assert session.scalar(select(Organization.name)) == before
    assert name_of(world.sessions) == "Lighthouse"


def test_two_that_read_and_then_write_wait_for_each_other_and_lose_nothing(sqlite_sessions: Sessions) -> None:
    World(sqlite_sessions, "0")
    rounds, together = 40, threading.Barrier(2)

    def count_up() -> None:
        together.wait()
        for _ in range(rounds):
            with sqlite_sessions.writing() as session:
                row = session.scalars(select(Organization)).one()
                row.name = str(int(row.name) + 1)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(count_up) for _ in range(2)]:
            done.result()
    assert name_of(sqlite_sessions) == str(2 * rounds)


def test_readers_do_not_wait_for_a_writer(world: World) -> None:
    with world.sessions.writing() as session:
        session.execute(update(Organization).values(name="Lighthouse"))
        assert name_of(world.sessions) == "Harbor"


def test_a_lock_that_is_held_too_long_is_told_and_the_session_can_go_on(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "WAIT", 1)
    engine = make_engine(database)
    world = World(Sessions(engine))
    with world.sessions.writing() as session:
        session.execute(update(Organization).values(name="Lighthouse"))
        with pytest.raises(Unavailable, match=r"try again\.$"):
            rename(world.sessions, "Tower")
    rename(world.sessions, "Tower")
    assert name_of(world.sessions) == "Tower"
    engine.dispose()


def test_a_database_that_does_not_answer_is_told() -> None:
    engine = make_engine("postgresql://postgres@127.0.0.1:9/nowhere")
    with pytest.raises(Unavailable, match="PostgreSQL does not answer"):
        name_of(Sessions(engine))


@pytest.mark.servers
def test_a_connection_that_the_server_cut_is_told_and_then_replaced(postgres_database: str) -> None:
    engine, other = make_engine(postgres_database), make_engine(postgres_database)
    world = World(Sessions(engine))

    def cut_off_in_the_middle() -> None:
        with world.sessions.writing() as session:
            mine = session.scalar(text("SELECT pg_backend_pid()"))
            with other.begin() as connection:
                connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
            session.execute(text("SELECT 1"))

    with pytest.raises(Unavailable, match="PostgreSQL does not answer"):
        cut_off_in_the_middle()
    assert name_of(world.sessions) == "Harbor"
    engine.dispose()
    other.dispose()


def test_moments_come_back_in_utc_whatever_zone_they_came_in(world: World) -> None:
    tokyo = timezone(timedelta(hours=9))
    with world.changing(Organization, world.organization) as row:
        row.created_at = datetime(2026, 1, 1, 3, 30, 0, 123456, tzinfo=tokyo)
    with world.sessions.reading() as session:
        moment = session.scalar(select(Organization.created_at))
        later = select(Organization.id).where(Organization.created_at > datetime(2025, 12, 31, 18, 30, tzinfo=UTC))
        assert session.scalars(later).all() == [world.organization]
    assert moment == datetime(2025, 12, 31, 18, 30, 0, 123456, tzinfo=UTC)
    assert moment.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(world: World) -> None:
    with pytest.raises(StatementError, match="A time without a zone cannot be stored"):
        world.add(Organization(external_id="x", name="X", created_at=NOW.replace(tzinfo=None)))


def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.engine.connect() as connection:
        found = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous")}
        found["foreign_keys"] = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
        found["busy_timeout"] = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"])
def test_sqlite_in_memory_is_refused_with_what_to_use_instead(url: str) -> None:
    with pytest.raises(Invalid, match=r"SQLite in memory is not supported.*sqlite:///path/to"):
        make_engine(url)


@pytest.mark.parametrize("url", ["mysql://u@h/d", "peerloom.db", ""])
def test_an_address_of_no_known_database_is_refused_with_what_to_use_instead(url: str) -> None:
    with pytest.raises(Invalid, match="sqlite:///"):
        make_engine(url)


def test_a_password_in_the_address_is_not_shown() -> None:
    assert "geheim" not in repr(make_engine("postgresql://u:geheim@127.0.0.1/d"))


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    engine = make_engine(f"sqlite:///{tmp_path / 'folder.db'}")
    with pytest.raises(Unavailable, match="The database file cannot be used"):
        name_of(Sessions(engine))
