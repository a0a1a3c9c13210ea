"""The data folder has owners: one web process, and one that does the jobs and alone opens the index, since embedded
Chroma corrupts itself with two, without saying so."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from service.domain.errors import PeerloomError
from service.store import data_folder


class FolderTaken(PeerloomError):
    """Another Peerloom process uses this data folder."""

    kind = "folder-taken"


class DataFolder:
    """Held from `take` to `free`. The operating system frees it with the process, however that ends.

    `locks` are the parts of it that are taken; both, unless a process of the pair takes its own.
    """

    def __init__(self, path: Path, locks: Sequence[str] = data_folder.LOCKS) -> None:
        self.path = path
        self._locks = {name: FileLock(path / f"{name}{data_folder.LOCK_END}") for name in locks}

    def take(self, patience: float = 0) -> None:
        """Raises FolderTaken, which names the process that still has it after `patience` seconds."""
        self.path.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + patience
        for name, lock in self._locks.items():
            try:
                lock.acquire(timeout=max(0.0, until - time.monotonic()))
            except Timeout:
                owner = self._owner(name)
                self.free()
                raise FolderTaken(
                    f"The data folder {self.path.resolve()} is in use by the Peerloom process {owner}. "
                    "Stop that one first, or set PEERLOOM_DATA to another folder."
                ) from None
            self._note(name).write_text(f"{os.getpid()}\n", encoding="ascii")

    def free(self) -> None:
        for name, lock in self._locks.items():
            if lock.is_locked:
                self._note(name).unlink(missing_ok=True)
                lock.release()

    def _note(self, name: str) -> Path:
        return self.path / f"{name}{data_folder.PID_END}"

    def _owner(self, name: str) -> str:
        try:
            return self._note(name).read_text(encoding="ascii").strip() or "(unknown)"
        except OSError:
            return "(unknown)"
