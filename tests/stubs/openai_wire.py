"""A loopback HTTP server that speaks the wire of chat completions, scripted answer by answer.

    with OpenAIWire([status(429, retry_after="7"), reply({"points": []})]) as wire:
        model = OpenAIChat("any", api_key="k", base_url=wire.base_url, local=True)

The script is a list (one behavior a request, the last one repeats) or a callable from the received request to a
behavior. What was asked is in `wire.received`. It keeps to 127.0.0.1 and knows nothing of Peerloom.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import pytest

Json = Any


@dataclass(frozen=True)
class Received:
    """One request as it came. `body` is the parsed JSON; header names are lower-case."""

    path: str
    headers: Mapping[str, str]
    body: Json

    @property
    def messages(self) -> list[tuple[str, str]]:
        return [(message["role"], message["content"]) for message in self.body["messages"]]

    @property
    def format(self) -> str:
        """The response format asked for: json_schema, json_object or none."""
        return str(self.body.get("response_format", {}).get("type", "none"))


@dataclass(frozen=True)
class Behavior:
    """What the server does with one request. `cut_at` bytes of the body are sent, then the connection is broken."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0  # seconds before anything is sent
    cut_at: int | None = None
    drip: float = 0.0  # seconds between single bytes of the body
    hang_up: bool = False  # close without sending anything


Script = Sequence[Behavior] | Callable[[Received], Behavior]


def reply(content: Json, *, finish: str = "stop", usage: Json = ..., **message: Json) -> Behavior:
    """An answer. `content` is text, or a value that is sent as JSON text; `usage` None leaves the count out."""
    text = content if isinstance(content, str) or content is None else json.dumps(content, ensure_ascii=False)
    answer: dict[str, Json] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "stub-model",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        ],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18} if usage is ... else usage,
    }
    if usage is None:
        del answer["usage"]
    return raw(json.dumps(answer).encode())


def raw(body: bytes, *, status: int = 200, kind: str = "application/json") -> Behavior:
    """Any bytes under any status."""
    return Behavior(status=status, body=body, headers={"Content-Type": kind})


def status(code: int, *, retry_after: str = "", message: str = "no", error: str = "", param: str = "") -> Behavior:
    """An error in the provider's shape; `error` is its code."""
    body = {"error": {"message": message, "type": "error", "code": error or None, "param": param or None}}
    headers = {"Content-Type": "application/json"} | ({"Retry-After": retry_after} if retry_after else {})
    return Behavior(status=code, body=json.dumps(body).encode(), headers=headers)


def timeout(seconds: float = 30.0) -> Behavior:
    """Takes the request and stays silent. Leaving the stub ends the wait."""
    return Behavior(wait=seconds, hang_up=True)


def slow(seconds: float, content: Json = "{}") -> Behavior:
    """A right answer after `seconds`."""
    return Behavior(body=reply(content).body, headers={"Content-Type": "application/json"}, wait=seconds)


def trickle(pause: float, content: Json = "{}") -> Behavior:
    """A right answer, one byte every `pause` seconds: no single read ever times out."""
    return Behavior(body=reply(content).body, headers={"Content-Type": "application/json"}, drip=pause)


def cut_off(content: Json = "{}") -> Behavior:
    """Breaks the connection in the middle of the body."""
    body = reply(content).body
    return Behavior(body=body, headers={"Content-Type": "application/json"}, cut_at=len(body) // 2)


def hang_up() -> Behavior:
    """Closes the connection without a word."""
    return Behavior(hang_up=True)


def refusal() -> Behavior:
    return reply(None, refusal="I cannot help with that.")


def length(content: Json = '{"points": [{"te') -> Behavior:
    return reply(content, finish="length")


def content_filter() -> Behavior:
    return reply("", finish="content_filter")


def not_json() -> Behavior:
    """The wire is right, the model's words are no JSON."""
    return reply("Great work! Here are some thoughts: keep going.")


def not_an_answer() -> Behavior:
    """The wire itself is wrong: a page of some proxy, with status 200."""
    return raw(b"<html><body>It works!</body></html>", kind="text/html")


def no_usage(content: Json) -> Behavior:
    return reply(content, usage=None)


def huge(characters: int = 100_000) -> Behavior:
    return reply({"summary": "word " * (characters // 5)})


def wrong_ids(content: Json) -> Behavior:
    """`content` with every evidence and criterion label (E1, k2 …) replaced by one that was never given."""
    return reply(_renamed(content))


def rejecting(*formats: str, then: Behavior) -> Callable[[Received], Behavior]:
    """A server that knows none of these response formats, and answers `then` to a request without them."""

    def script(request: Received) -> Behavior:
        if request.format in formats:
            return status(400, message=f"'response_format.type' {request.format} is not supported")
        return then

    return script


def fitting(request: Received) -> Behavior:
    """The smallest answer that fits the schema in the request: empty lists, empty texts, first choices."""
    schema = request.body.get("response_format", {}).get("json_schema", {}).get("schema", {})
    return reply(_smallest(schema))


class OpenAIWire:
    """The server. A context manager; `base_url` is what a client is given."""

    def __init__(self, script: Script = ()) -> None:
        self.script: Script = script
        self.received: list[Received] = []
        self._lock = threading.Lock()
        self._leaving = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.wire = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> OpenAIWire:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def behavior(self, request: Received) -> Behavior:
        with self._lock:
            self.received.append(request)
            if callable(self.script):
                return self.script(request)
            if not self.script:
                return status(500, message="the stub has no script")
            return self.script[min(len(self.received), len(self.script)) - 1]

    def wait(self, seconds: float) -> bool:
        """True if the whole time passed; False if the stub is being left."""
        return not self._leaving.wait(seconds)


@pytest.fixture
def openai_wire() -> Iterator[OpenAIWire]:
    """A running stub; set `openai_wire.script`."""
    with OpenAIWire() as wire:
        yield wire


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    wire: OpenAIWire

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what several tests are about; nothing is written to standard error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            models = {"object": "list", "data": [{"id": "stub-model", "object": "model", "owned_by": "stub"}]}
            self._send(raw(json.dumps(models).encode()))
        else:
            self._send(status(404, message="unknown path"))

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path != "/v1/chat/completions":
            self._send(status(404, message="unknown path"))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self._wire.behavior(Received(self.path, headers, json.loads(data))))

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written to standard error."""

    @property
    def _wire(self) -> OpenAIWire:
        return cast(_Server, self.server).wire

    def _send(self, what: Behavior) -> None:
        waited = self._wire.wait(what.wait) if what.wait else True
        if what.hang_up or not waited:
            self._break()
            return
        self.send_response(what.status)
        for name, value in {**what.headers, "Content-Length": str(len(what.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if what.drip:
            self._drip(what)
        else:
            self.wfile.write(what.body[: what.cut_at])
        if what.cut_at is not None:
            self._break()

    def _drip(self, what: Behavior) -> None:
        for byte in what.body:
            self.wfile.write(bytes([byte]))
            if not self._wire.wait(what.drip):
                return

    def _break(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)


def _renamed(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _renamed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner) for inner in value]
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z]\d{1,3}", value):
        return f"{value[0]}999"
    return value


def _smallest(schema: Mapping[str, Json]) -> Json:
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("anyOf"):
        return _smallest(schema["anyOf"][0])
    kind = schema.get("type", "object")
    if kind == "object":
        return {name: _smallest(inner) for name, inner in schema.get("properties", {}).items()}
    smallest: dict[str, Json] = {"array": [], "string": "", "number": 0, "integer": 0, "boolean": False}
    return smallest.get(kind)
