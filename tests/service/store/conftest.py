"""An organization to begin with."""

from __future__ import annotations

import pytest

from service.store.session import Sessions
from tests.service.store.world import World


@pytest.fixture
def world(sessions: Sessions) -> World:
    """One organization with a group and a challenge, on SQLite and on PostgreSQL."""
    return World(sessions)
