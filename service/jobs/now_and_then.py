"""What many threads call as often as they like, and what is done now and then. Knows nothing of what is done."""

from __future__ import annotations

import math
import threading
import time


class NowAndThen:
    """Says when it is time again. Safe to use from several threads: of those that ask at once, one is told."""

    def __init__(self) -> None:
        self._next = 0.0
        self._in_vain = False
        self._lock = threading.Lock()

    def due(self, every: float) -> bool:
        """Whether it is time; then it is not for `every` seconds more."""
        with self._lock:
            if time.monotonic() < self._next:
                self._in_vain = True
                return False
            self._next = time.monotonic() + every
            self._in_vain = False
            return True

    def again_in(self) -> float:
        """Seconds until it is time again, where somebody asked too early; else, and for all but one of those who want
        to know, infinitely many. For whoever is about to sleep: one should be awake by then, and not all."""
        with self._lock:
            if not self._in_vain:
                return math.inf
            self._in_vain = False
            return max(0.0, self._next - time.monotonic())
