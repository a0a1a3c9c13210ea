"""Clients that owe us something: half a head, half a body, or reading what they asked for."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import uvicorn

from service.web.connections import LARGEST_HEAD, timed

HEAD = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n"
LONG = b"x" * 30_000_000


async def answering(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body, and answers with its length; at /long with more than fits into any buffer."""
    taken, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        taken, more = taken + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": LONG if scope["path"] == "/long" else b"%d" % taken})


@pytest.fixture
def port() -> Iterator[int]:
    """A server that waits half a second, for ten."""
    clock = timed(head_seconds=0.5, stall_seconds=0.5, most=10)
    config = uvicorn.Config(
        answering, http=clock, ws="none", port=0, log_config=None, lifespan="off", limit_concurrency=10,
        h11_max_incomplete_event_size=LARGEST_HEAD, timeout_keep_alive=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)


def _closed_after(line: socket.socket) -> float:
    """Seconds until the server closes."""
    began = time.monotonic()
    line.settimeout(10)
    with suppress(ConnectionResetError):
        while line.recv(65_536):
            pass
    return time.monotonic() - began


def _line(port: int, sent: bytes = b"") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=10)
    line.sendall(sent)
    return line


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: "])
def test_a_head_that_does_not_come_is_not_waited_for(port: int, sent: bytes) -> None:
    with _line(port, sent) as line:
        assert 0.3 < _closed_after(line) < 5


def test_a_head_that_drips_is_not_waited_for_either(port: int) -> None:
    with _line(port, b"GET / HTTP/1.1\r\n") as line:
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 9:
                line.sendall(b"X: y\r\n")
                time.sleep(0.1)
        assert time.monotonic() - began < 5


def test_a_body_that_stalls_or_drips_is_not_waited_for(port: int) -> None:
    with _line(port, HEAD % 1_000) as line:
        assert _closed_after(line) < 5
    with _line(port, HEAD % 1_000) as line:
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 9:
                line.sendall(b"x")
                time.sleep(0.1)
        assert time.monotonic() - began < 5


def test_a_large_body_may_take_longer_as_long_as_it_comes(port: int) -> None:
    with _line(port, HEAD % 160_000) as line:
        for _ in range(10):
            line.sendall(b"x" * 16_000)
            time.sleep(0.15)
        assert b"160000" in line.recv(4_096) + line.recv(4_096)


def test_the_second_request_on_a_connection_has_a_clock_too(port: int) -> None:
    with _line(port, HEAD % 2 + b"xy") as line:
        time.sleep(0.2)
        assert b"200 OK" in line.recv(4_096)
        line.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert _closed_after(line) < 5


def test_whoever_does_not_read_the_answer_is_let_go(port: int) -> None:
    with _line(port) as line:
        line.sendall(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
        time.sleep(1.5)
        taken, began = 0, time.monotonic()
        with suppress(ConnectionError):
            while part := line.recv(1_000_000):
                taken += len(part)
        assert taken < len(LONG)
        assert time.monotonic() - began < 8


def test_a_head_that_is_too_large_is_refused(port: int) -> None:
    with _line(port, b"GET / HTTP/1.1\r\nHost: here\r\nX: " + b"y" * (LARGEST_HEAD + 1_000)) as line:
        assert line.recv(4_096).startswith(b"HTTP/1.1 400")


def test_half_open_connections_take_no_place_for_long(port: int) -> None:
    with ExitStack() as open_:
        half = [open_.enter_context(_line(port, b"GET / HTTP/1.1\r\n")) for _ in range(60)]
        for line in half:
            assert _closed_after(line) < 5
        with _line(port, b"GET / HTTP/1.1\r\nHost: here\r\n\r\n") as line:
            assert line.recv(4_096).startswith(b"HTTP/1.1 200")
