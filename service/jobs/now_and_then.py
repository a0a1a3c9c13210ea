"""What many threads call as often as they like, and what is done now and then. Knows nothing of what is done."""

from __future__ import annotations

import threading
import time


class NowAndThen:
    """Says when it is time again. Safe to use from several threads: of those that ask at once, one is told."""

    def __init__(self) -> None:
        self._next = 0.0
        self._lock = threading.Lock()

    def due(self, every: float) -> bool:
        """Whether it is time; then it is not for `every` seconds more."""
        with self._lock:
            if time.monotonic() < self._next:
                return False
            self._next = time.monotonic() + every
            return True
