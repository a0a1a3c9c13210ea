"""The village, on both databases."""

from __future__ import annotations

import pytest

from service.store.session import Sessions
from tests.service.actions.introductions.village import Village, settled


@pytest.fixture
def village(sessions: Sessions) -> Village:
    return settled(sessions)


@pytest.fixture
def hamlet(sqlite_sessions: Sessions) -> Village:
    """The same on SQLite only, where the database's kind cannot matter."""
    return settled(sqlite_sessions)
