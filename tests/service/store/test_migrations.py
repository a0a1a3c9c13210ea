"""Migrations make exactly what the models say, on both databases, also when several processes start at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from service.domain.errors import Unavailable
from service.store import migrate, search
from service.store.session import Sessions, make_engine
from service.store.tables import Base
from tests.forked import FORKED
from tests.service.store.processes import upgrade


def test_the_migrations_make_exactly_the_models(sessions: Sessions) -> None:
    with sessions.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": search.ours})
        assert compare_metadata(context, Base.metadata) == []


def test_constraints_are_named_alike_in_both_databases(sessions: Sessions) -> None:
    found = inspect(sessions.engine)
    for table in Base.metadata.tables.values():
        names = {key["name"] for key in found.get_foreign_keys(table.name)}
        names |= {key["name"] for key in found.get_unique_constraints(table.name)}
        names.add(found.get_pk_constraint(table.name)["name"])
        prefixes = ("fk_", "uq_", "pk_")
        assert names
        assert {name for name in names if name is None or not name.startswith(prefixes)} == set()


def test_what_was_migrated_can_be_taken_back_and_made_again(bare_database: str) -> None:
    engine = make_engine(bare_database)
    for _ in range(2):
        migrate.upgrade(engine)
        assert migrate.current(engine) == migrate.head()
        migrate.downgrade(engine, "base")
        assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_migrating_again_changes_nothing(sessions: Sessions) -> None:
    migrate.upgrade(sessions.engine)
    migrate.check(sessions.engine)


def test_processes_that_migrate_at_once_do_it_once(bare_database: str) -> None:
    with FORKED.Pool(4) as pool:
        assert pool.map(upgrade, [bare_database] * 4, chunksize=1) == [migrate.head()] * 4


def test_a_migration_that_fails_leaves_nothing_behind(bare_database: str) -> None:
    engine = make_engine(bare_database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE vectors (x INTEGER)"))  # in the way of the migration's own
    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(engine)
    assert inspect(engine).get_table_names() == ["vectors"]
    engine.dispose()


def test_an_empty_database_is_told_with_what_to_run(bare_database: str) -> None:
    engine = make_engine(bare_database)
    with pytest.raises(Unavailable, match="Run 'peerloom migrate'"):
        migrate.check(engine)
    engine.dispose()


def test_a_database_of_an_older_version_is_told_with_what_to_run(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.check(sessions.engine)
    monkeypatch.setattr(migrate, "head", lambda: "9999")
    with pytest.raises(Unavailable, match=r"needs 9999.*run 'peerloom migrate'"):
        migrate.check(sessions.engine)


def test_a_database_of_a_newer_version_is_told(bare_database: str) -> None:
    engine = make_engine(bare_database)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="9999, which this version of Peerloom does not know"):
        migrate.check(engine)
    engine.dispose()


def test_foreign_keys_hold_again_after_a_migration(bare_database: str) -> None:
    engine = make_engine(bare_database)
    migrate.upgrade(engine)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    with pytest.raises(Exception, match=r"(?i)foreign key"), engine.begin() as connection:
        connection.execute(text("INSERT INTO challenge_groups VALUES ('a', 'b', 'c')"))
    engine.dispose()


def test_a_changed_model_can_be_written_down_as_the_next_migration(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.FOLDER, folder)
    monkeypatch.setattr(migrate, "FOLDER", folder)
    engine = make_engine(sqlite_database)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE jobs DROP COLUMN told_at"))
    path = migrate.propose(engine, "Tell of dead jobs")
    assert "op.batch_alter_table('jobs'" in path.read_text()
    migrate.upgrade(engine)
    migrate.check(engine)
    assert "told_at" in {column["name"] for column in inspect(engine).get_columns("jobs")}
    engine.dispose()
