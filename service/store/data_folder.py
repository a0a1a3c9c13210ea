"""What stands in the data folder beside the database's file and the secret key, by name."""

from __future__ import annotations

from typing import Final

CHROMA: Final = "chroma"
EXACT: Final = "vectors"
INDEX: Final = (CHROMA, EXACT)
"""Whichever index is embedded, its folder; can be made again from the rows. A new index with files adds its own."""

LOCK: Final = "peerloom.lock"
PID: Final = "peerloom.pid"
ALIVE: Final = "worker.alive"
"""What `Settings.sign_of_life` writes; settings import nothing of this."""
OF_ONE_PROCESS: Final = (LOCK, PID, ALIVE)
