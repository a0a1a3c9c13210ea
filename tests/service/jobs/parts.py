"""Real parts for jobs, that start at once: exact search, hashed n-grams, and the database of the test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from service import wiring
from service.settings import load
from service.store.library import SqlLibrary
from service.store.session import Sessions
from tests.begun import address_of


def parts_of(folder: Path, sessions: Sessions) -> wiring.Parts:
    """With what is in the data folder already: what is begun with is put there before (`tests/begun.py`)."""
    settings = load(
        data=folder,
        database_url=address_of(sessions),
        index="exact",
        embedder="hashing",
        model="",
        dispatch="inline",
        reconcile_seconds=5,
    )
    return replace(wiring.build(settings), attempts=3, sessions=sessions, library=SqlLibrary(sessions))
