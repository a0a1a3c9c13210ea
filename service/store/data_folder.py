"""What stands in the data folder beside the database's file and the secret key, by name."""

from __future__ import annotations

from typing import Final

CHROMA: Final = "chroma"
EXACT: Final = "vectors"
INDEX: Final = (CHROMA, EXACT)
"""Whichever index is embedded, its folder; can be made again from the rows. A new index with files adds its own."""

WEB: Final = "peerloom"
WORK: Final = "work"
LOCKS: Final = (WEB, WORK)
"""What in the folder has one owner at a time: the web, and jobs with the index's folder."""
LOCK_END: Final = ".lock"
PID_END: Final = ".pid"
ALIVE: Final = "worker.alive"
"""What `Settings.sign_of_life` writes; settings import nothing of this."""
OF_ONE_PROCESS: Final = (*(name + end for name in LOCKS for end in (LOCK_END, PID_END)), ALIVE)
