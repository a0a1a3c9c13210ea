"""The office, on SQLite where the database's kind cannot matter, or on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.store.session import Sessions
from tests.service.jobs.notifications.office import Office, opened


@pytest.fixture
def office(tmp_path: Path, sqlite_database: str, sqlite_sessions: Sessions) -> Iterator[Office]:
    with opened(tmp_path / "data", sqlite_sessions, sqlite_database) as made:
        yield made


@pytest.fixture
def office_on_both(tmp_path: Path, sqlite_database: str, sessions: Sessions) -> Iterator[Office]:
    with opened(tmp_path / "data", sessions, sqlite_database) as made:
        yield made
