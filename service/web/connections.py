"""Connections that are not kept waiting: what a client still owes must come in time, or the connection is closed.

uvicorn waits for the end of a request's head, for its body and for whoever reads an answer as long as they like, so a
few hundred clients that say nothing take all the places there are. Knows nothing of what is asked or answered.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

LARGEST_HEAD = 32_768
"""Bytes of a request's line and headers together."""
STEP = 16_384
"""Bytes of a body that must come within the time that a client has, unless fewer are left."""


class TimedConnection(H11Protocol):
    """HTTP/1.1 with a clock. Beyond twice the number of connections that are served, a new one is closed unheard."""

    head_seconds: ClassVar[float]
    stall_seconds: ClassVar[float]
    most: ClassVar[int]
    _reading: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None
    _owed: object = None
    _arrived = 0

    def connection_made(self, transport: Any) -> None:  # of uvloop, whose transports asyncio's types do not know, too
        super().connection_made(transport)
        if len(self.connections) > 2 * self.most:
            transport.abort()
        else:
            self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._arrived += len(data)
        self._watch()

    def _watch(self) -> None:
        """Start, go on with or stop the clock, by what the client still owes."""
        owed = self.conn.their_state
        if owed not in (h11.IDLE, h11.SEND_BODY) or self.transport.is_closing():
            _stop(self._reading)
            self._owed = None
        elif owed is not self._owed or (owed is h11.SEND_BODY and self._arrived >= STEP):
            self._begin(owed)

    def _begin(self, owed: object) -> None:
        _stop(self._reading)
        self._owed, self._arrived = owed, 0
        seconds = self.head_seconds if owed is h11.IDLE else self.stall_seconds
        self._reading = self.loop.call_later(seconds, self._too_slow)

    def _too_slow(self) -> None:
        if self.flow.read_paused:  # it is we who do not read
            self._begin(self._owed)
        else:
            self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._writing = self.loop.call_later(self.stall_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        _stop(self._writing)

    def connection_lost(self, exc: Exception | None) -> None:
        _stop(self._reading)
        _stop(self._writing)
        super().connection_lost(exc)


def _stop(clock: asyncio.TimerHandle | None) -> None:
    if clock is not None:
        clock.cancel()


def timed(*, head_seconds: float, stall_seconds: float, most: int) -> type[asyncio.Protocol]:
    """The protocol for a server: how long a head may take, how long a body or a reader may stall, and how many
    connections are served at the same time."""
    own = {"head_seconds": head_seconds, "stall_seconds": stall_seconds, "most": most}
    return type("TimedHere", (TimedConnection,), own)
