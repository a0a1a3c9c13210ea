"""Ports for servers that tests start."""

from __future__ import annotations

import random
import socket


def free_port() -> int:
    """Nobody listens there.

    From below those that the system gives to whoever connects somewhere: one of these could be taken by any client
    before the server has started.
    """
    while True:
        port = random.SystemRandom().randrange(20_000, 30_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as a server does: what lingers is in no way
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
