"""The village, on both databases."""

from __future__ import annotations

import pytest

from service.store.session import Sessions
from tests.service.actions.introductions.village import Village, settle


@pytest.fixture
def village(sessions: Sessions) -> Village:
    return settle(sessions)


@pytest.fixture
def hamlet(sqlite_sessions: Sessions) -> Village:
    """The same on SQLite only, where the database's kind cannot matter."""
    return settle(sqlite_sessions)
