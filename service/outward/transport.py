"""One request to somebody else's machine, over a connection of our own making. Knows no table and decides nothing.

The host is looked up once, each number that comes of it is judged, and the connection is made to one that was judged:
whoever answers another number at the next question has nothing of it. No redirect is followed, no proxy of the
environment asked, and of the answer no more is read than was asked for: the beginning of what is only to be noted, all
of what is to be understood, up to a limit. There is one deadline for all of it, so that whoever sends a byte now and
then is cut off like one that says nothing.
"""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import h11

from service.outward.addresses import AddressNetwork, host_of, may_send, port_of

EXCERPT: Final = 500
"""Bytes of an answer that are kept of what is only to be noted. More is not read."""
LARGEST_DOCUMENT: Final = 262_144
"""Bytes of an answer that is to be understood. One that is longer is none."""
LARGEST_HEAD: Final = 16_384
EXCERPT_SECONDS: Final = 1.0
"""That is waited for it, once there is a status."""
MOST_NUMBERS: Final = 4
"""Of a host that are tried, one after the other, within the time that there is."""
STEP: Final = 4_096
LARGEST_HEADS: Final = 65_536
"""Bytes that are read at most beside the answer's body: any number of answers may say that one is to come (1xx)."""

Resolve = Callable[[str, int], Sequence[str]]
"""A host and port → the numbers that it has now, the likeliest first. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: until there is a connection, until more of an answer comes, and for all of it together."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 15.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it. `status` is None where there was no answer, and `trouble` says why, in a few words. `content` is
    there where all of the answer was asked for."""

    status: int | None = None
    retry_after: str = ""
    excerpt: str = ""
    trouble: str = ""
    took: timedelta = timedelta()
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class _Reading:
    """How much of an answer's body is read, and how long it is waited for once there is a status. `whole`: what does
    not come to its end is no answer."""

    most: int
    seconds: float
    whole: bool


_NOTED: Final = _Reading(EXCERPT, EXCERPT_SECONDS, whole=False)
_UNDERSTOOD: Final = _Reading(LARGEST_DOCUMENT, math.inf, whole=True)


class _Failed(Exception):
    """There is no answer; the message says why."""


def lookup(host: str, port: int) -> Sequence[str]:
    """As the machine resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@cache
def trusted_here() -> ssl.SSLContext:
    """Whom this machine trusts. Read once, and not before somebody is spoken to over TLS: that takes 20 milliseconds of
    a processor, and most processes, such as a command's, speak to nobody."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Transport:
    """Safe to use from several threads."""

    networks: Sequence[AddressNetwork] = ()
    patience: Patience = Patience()
    resolve: Resolve = lookup
    tls: ssl.SSLContext | None = None
    """Whom to trust. None: whom this machine does."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Send JSON, once, and note what is said to it. Never raises for what the other side does."""
        own = {"User-Agent": "Peerloom-Webhooks", "Content-Type": "application/json"}
        return self._sent("POST", url, {**own, **headers}, body, _NOTED)

    def read(self, url: str, headers: Mapping[str, str], *, form: bytes | None = None) -> Answered:
        """Ask for a document, or for the answer to a form. Never raises for what the other side does."""
        own = {"User-Agent": "Peerloom", "Accept": "application/json"}
        if form is None:
            return self._sent("GET", url, {**own, **headers}, b"", _UNDERSTOOD)
        own["Content-Type"] = "application/x-www-form-urlencoded"
        return self._sent("POST", url, {**own, **headers}, form, _UNDERSTOOD)

    def _sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes, reading: _Reading) -> Answered:
        begun = time.monotonic()
        try:
            request = _request(method, url, body, headers)
            answered = self._exchanged(url, request, body, reading, begun + self.patience.total)
        except _Failed as failed:
            answered = Answered(trouble=str(failed))
        return replace(answered, took=timedelta(seconds=time.monotonic() - begun))

    def _exchanged(self, url: str, request: h11.Request, body: bytes, reading: _Reading, until: float) -> Answered:
        numbers = self._checked(url, until)
        with ExitStack() as closing:
            connection = self._connected(url, numbers, until, closing)
            return _exchange(connection, request, body, reading, self.patience.read, until)

    def _checked(self, url: str, until: float) -> list[str]:
        """The numbers to connect to. One that may not be spoken to is in the way of all: a host that has both a public
        and a private number is no host of the public."""
        numbers = self._resolved(host_of(url), port_of(url), until)
        for number in numbers:
            refusal = may_send(url, ip_address(number), self.networks)
            if refusal:
                raise _Failed(refusal)
        return numbers[:MOST_NUMBERS]

    def _resolved(self, host: str, port: int, until: float) -> list[str]:
        """In a thread of its own, since a name server that is silent cannot be told to hurry."""
        found: list[str] = []
        done = threading.Event()

        def look() -> None:
            with suppress(OSError, UnicodeError):
                found.extend(self.resolve(host, port))
            done.set()

        threading.Thread(target=look, name="outward-lookup", daemon=True).start()
        if not done.wait(min(self.patience.connect, _left(until))):
            raise _Failed("the host's name could not be looked up in time")
        if not found:
            raise _Failed("the host's name is not known")
        return found

    def _connected(self, url: str, numbers: Sequence[str], until: float, closing: ExitStack) -> socket.socket:
        try:
            plain = closing.enter_context(self._reached(numbers, port_of(url), until))
            if urlsplit(url).scheme != "https":
                return plain
            plain.settimeout(min(self.patience.connect, _left(until)))  # for all of the handshake together
            tls = self.tls or trusted_here()
            return closing.enter_context(tls.wrap_socket(plain, server_hostname=host_of(url)))
        except ssl.SSLCertVerificationError as error:
            raise _Failed(f"its certificate does not hold: {error.verify_message}"[:200]) from error
        except TimeoutError as error:
            raise _Failed("no connection in time") from error
        except OSError as error:
            raise _Failed(f"no connection ({type(error).__name__})") from error

    def _reached(self, numbers: Sequence[str], port: int, until: float) -> socket.socket:
        """The first of these that lets itself be connected to. Raises OSError, of the last."""
        *others, last = numbers
        for number in others:
            with suppress(OSError):
                return socket.create_connection((number, port), timeout=min(self.patience.connect, _left(until)))
        return socket.create_connection((last, port), timeout=min(self.patience.connect, _left(until)))


def _left(until: float) -> float:
    """Seconds; raises when there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise _Failed("no answer in time")
    return left


def _request(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> h11.Request:
    parts = urlsplit(url)
    host = f"[{host_of(url)}]" if ":" in host_of(url) else host_of(url)
    own = {"Host": host if parts.port is None else f"{host}:{parts.port}", "Connection": "close"}
    if method != "GET":
        own["Content-Length"] = str(len(body))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        return h11.Request(method=method, target=target, headers=list({**own, **headers}.items()))
    except (h11.ProtocolError, UnicodeError) as error:
        raise _Failed("it cannot be asked for with such words") from error


def _exchange(
    connection: socket.socket, request: h11.Request, body: bytes, reading: _Reading, step: float, until: float
) -> Answered:
    """Send, and read as much of the answer as is wanted. Of what is only noted, whatever happens once there is a status
    is no matter."""
    talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
    out = (talk.send(request) or b"") + (talk.send(h11.Data(data=body)) or b"") + (talk.send(h11.EndOfMessage()) or b"")
    head: h11.Response | None = None
    read, left, ended = b"", LARGEST_HEADS + reading.most, False
    try:
        connection.settimeout(_left(until))
        connection.sendall(out)
        while not ended and len(read) < reading.most:
            event = talk.next_event()
            if event is h11.NEED_DATA:
                connection.settimeout(min(step, _left(until)))
                more = connection.recv(STEP)
                left -= len(more)
                if left < 0:
                    raise _Failed("no answer, but much else")
                talk.receive_data(more)
            elif isinstance(event, h11.Response):
                head, until = event, min(until, time.monotonic() + reading.seconds)
            elif isinstance(event, h11.Data):
                read += bytes(event.data)
            ended = isinstance(event, h11.EndOfMessage | h11.ConnectionClosed)
    except (OSError, h11.ProtocolError, _Failed) as error:
        if head is None or reading.whole:
            raise _Failed(_why(error)) from error
    if head is None:
        raise _Failed("the connection was closed without an answer")
    if reading.whole and not ended:
        raise _Failed("the answer is longer than is read")
    excerpt = _text(read) if not reading.whole else ""
    return Answered(head.status_code, _header(head, b"retry-after"), excerpt, content=read if reading.whole else b"")


def _why(error: Exception) -> str:
    match error:
        case _Failed():
            return str(error)
        case TimeoutError():
            return "no answer in time"
        case h11.ProtocolError():
            return "the answer is not HTTP, or ended half-way"
        case _:
            return f"the connection broke ({type(error).__name__})"


def _header(head: h11.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in head.headers if key == name), "")


def _text(read: bytes) -> str:
    """What people can read of it: no control signs, which databases and pages do not take."""
    text = read[:EXCERPT].decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()
