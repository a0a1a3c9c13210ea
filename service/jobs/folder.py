"""The data folder has one owner at a time: embedded Chroma corrupts itself with two, without saying so."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

from service.domain.errors import PeerloomError
from service.store import data_folder


class FolderTaken(PeerloomError):
    """Another Peerloom process uses this data folder."""

    kind = "folder-taken"


class DataFolder:
    """Held from `take` to `free`. The operating system frees it with the process, however that ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path / data_folder.LOCK)
        self._note = path / data_folder.PID

    def take(self) -> None:
        """Raises FolderTaken, which names the process that has it."""
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise FolderTaken(
                f"The data folder {self.path.resolve()} is in use by the Peerloom process {self._owner()}. "
                "Stop that one first, or set PEERLOOM_DATA to another folder."
            ) from None
        self._note.write_text(f"{os.getpid()}\n", encoding="ascii")

    def free(self) -> None:
        if self._lock.is_locked:
            self._note.unlink(missing_ok=True)
            self._lock.release()

    def _owner(self) -> str:
        try:
            return self._note.read_text(encoding="ascii").strip() or "(unknown)"
        except OSError:
            return "(unknown)"
