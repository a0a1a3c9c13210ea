"""A platform that is sent webhooks: a real server on a loopback port, which behaves as it is told, or badly."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


def answering(status: int, body: bytes = b"", *headers: str) -> Behaviour:
    """A plain answer."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return lambda connection: connection.sendall("\r\n".join(lines).encode() + body)


def hanging(connection: socket.socket) -> None:
    """Says nothing, until the other side goes."""
    connection.settimeout(20)
    connection.recv(1)


def dripping(connection: socket.socket) -> None:
    """A byte now and then, and never the end of a line."""
    for _ in range(400):
        connection.sendall(b"H")
        time.sleep(0.05)


def closing(connection: socket.socket) -> None:
    """Goes without a word."""


def half_way(connection: socket.socket) -> None:
    """Goes in the middle of its headers."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")


def flooding(connection: socket.socket) -> None:
    """Fifty megabytes, as fast as they are taken."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
    for _ in range(50):
        connection.sendall(b"a" * 1_000_000)
        Receiver.sent_megabytes += 1


@dataclass
class Receiver:
    """Takes requests one after the other. `behave` says what it does with each; the last stays."""

    port: int
    behave: list[Behaviour] = field(default_factory=lambda: [answering(204)])
    received: list[Received] = field(default_factory=list)
    secure: bool = False
    sent_megabytes = 0

    @property
    def url(self) -> str:
        return f"{'https' if self.secure else 'http'}://127.0.0.1:{self.port}/hooks?from=peerloom"

    def next(self) -> Behaviour:
        return self.behave.pop(0) if len(self.behave) > 1 else self.behave[0]


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver, for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        receiver = Receiver(server.getsockname()[1], secure=context is not None)
        thread = threading.Thread(target=_serve, args=(server, receiver, context), daemon=True)
        thread.start()
        yield receiver
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, receiver: Receiver, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_talk, args=(connection, receiver, context), daemon=True).start()


def _talk(plain: socket.socket, receiver: Receiver, context: ssl.SSLContext | None) -> None:
    with suppress(OSError), plain:
        connection = plain if context is None else context.wrap_socket(plain, server_side=True)
        with connection:
            receiver.received.append(_read(connection))
            receiver.next()(connection)


def _read(connection: socket.socket) -> Received:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise OSError("gone")
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    return Received(line, headers, body)
