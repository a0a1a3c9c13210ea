"""The wire between the web process and the worker beside it: a pair of sockets that nobody else can reach, on which
JSON goes both ways, a message a line. Knows nothing of what is said."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

Message = Mapping[str, Any]


class Wire:
    """One end. Whoever says something never waits: a thread of its own writes, and what the other end no longer takes
    is lost with it, so nothing may be said that must not be."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._unsaid: SimpleQueue[Message | None] = SimpleQueue()
        threading.Thread(target=self._write, name="wire", daemon=True).start()

    def say(self, message: Message) -> None:
        self._unsaid.put(message)

    @property
    def unsaid(self) -> int:
        """Messages that the other end has not taken yet."""
        return self._unsaid.qsize()

    def heard(self) -> Iterator[dict[str, Any]]:
        """What the other end says, until it is gone."""
        with suppress(OSError), self._end.makefile("r", encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n"):  # else the other end died while it wrote
                    yield json.loads(line)

    def close(self) -> None:
        self._unsaid.put(None)
        with suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)
        self._end.close()

    def _write(self) -> None:
        with suppress(OSError):
            while (message := self._unsaid.get()) is not None:
                self._end.sendall(f"{json.dumps(message)}\n".encode())
