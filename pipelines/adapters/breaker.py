"""LanguageModel around another one: after some failures in a row it is left alone for a while, then tried once.

A server that is down then costs a draft no waiting and a struggling one is not pushed further. It knows the port only,
never which model it is around. Its memory is this process's own: several workers each find out for themselves.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from pipelines.ports import LanguageModel, ModelReply, ModelRequest, ModelTrouble, ModelUnavailable

LONGEST_PAUSE = timedelta(hours=1)
"""However long a server asks to wait: a mistaken header must not turn a model off for a day."""


class Breaker:
    """Thread-safe. `failures` (in a row, the first no longer than `window` ago) open it for `pause`, or for as long as
    the server asked to wait, if that is longer. After that one call is let through: its answer closes the breaker, its
    failure opens it again. A refusal or an answer cut off is an answer: the server is there.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        clock: Callable[[], datetime],
        failures: int = 5,
        window: timedelta = timedelta(minutes=10),
        pause: timedelta = timedelta(seconds=60),
    ) -> None:
        self._model, self._clock = model, clock
        self._most, self._window, self._pause = failures, window, pause
        self._lock = threading.Lock()
        self._failed: list[datetime] = []
        self._until: datetime | None = None
        self._trying = False

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def local(self) -> bool:
        return self._model.local

    @property
    def left_alone(self) -> datetime | None:
        """Until when the model is left alone; None: it is asked."""
        with self._lock:
            return self._until

    def reply(self, request: ModelRequest) -> ModelReply:
        trial = self._enter()
        answered = False
        try:
            reply = self._model.reply(request)
            answered = True
            return reply
        except ModelUnavailable as trouble:
            self._unavailable(trouble, trial)
            raise
        except ModelTrouble:
            answered = True
            raise
        finally:
            self._leave(answered, trial)

    def _enter(self) -> bool:
        """Whether this call is the one trial. Raises ModelUnavailable while the model is left alone."""
        with self._lock:
            if self._until is None:
                return False
            left = (self._until - self._clock()).total_seconds()
            if left > 0 or self._trying:
                raise ModelUnavailable(
                    f"The language model failed {len(self._failed)} times in a row and is left alone for a while.",
                    retry_after=max(0.0, left),
                )
            self._trying = True
            return True

    def _unavailable(self, trouble: ModelUnavailable, trial: bool) -> None:
        with self._lock:
            now = self._clock()
            recent = self._failed if self._until is not None else [at for at in self._failed if now - at < self._window]
            self._failed = [*recent, now]
            if trial or len(self._failed) >= self._most:
                asked = timedelta(seconds=min(trouble.retry_after or 0.0, LONGEST_PAUSE.total_seconds()))
                until = now + max(self._pause, asked)
                self._until = max(self._until or until, until)

    def _leave(self, answered: bool, trial: bool) -> None:
        with self._lock:
            if trial:
                self._trying = False
            if answered:
                self._failed, self._until = [], None
