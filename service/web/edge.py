"""The outermost layer of every request: its id, its log line, the headers of its answer, and the last net for errors.

A log line holds the route's template and never a path, a query or a body: those may hold people's words.
"""

from __future__ import annotations

import re
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.domain.ids import new_id
from service.web import errors

_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
"""On every answer that does not say otherwise itself."""

NAME_THE_PROXY = (
    "A request came through a proxy that is not believed: all who come through it count as one address, and one of "
    "them can use up what all may ask. Name the proxy's address in FORWARDED_ALLOW_IPS, and start anew."
)

_log = structlog.get_logger("service.web")


class OuterLayer:
    """An ASGI layer. Nothing gets past it as an exception, so no server prints one with its values.

    `page` shows a problem to people.
    """

    def __init__(self, app: ASGIApp, page: errors.AsPage) -> None:
        self.app = app
        self.page = page
        self._proxy_told = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not self._proxy_told and _by_a_proxy_not_believed(scope):
            self._proxy_told = True
            _log.warning("proxy.not_believed", do=NAME_THE_PROXY)
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        if _for_a_person(scope):
            scope["state"]["page"] = self.page
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._answer(scope, receive, _Sending(send, request_id, scope))

    async def _answer(self, scope: Scope, receive: Receive, sending: _Sending) -> None:
        began = time.perf_counter()
        with errors.Caught() as caught:
            await self.app(scope, receive, sending)
        if caught.error is not None:
            _log.error("request.failed", error=type(caught.error).__name__, where=caught.where())
            if not sending.status:
                await errors.respond(errors.unexpected(scope))(scope, receive, sending)
        _log.info(
            "request",
            method=scope["method"] if scope["method"] in _METHODS else "other",
            route=scope["state"].get("route", "-"),
            status=sending.status,
            ms=round((time.perf_counter() - began) * 1000, 1),
        )


def _by_a_proxy_not_believed(scope: Scope) -> bool:
    """Of one that is believed, uvicorn has made the address that it names the client's."""
    named, client = Headers(scope=scope).get("x-forwarded-for", ""), scope.get("client")
    return bool(named) and client is not None and client[0] not in named


class _Sending:
    """`send`, that adds the headers and remembers the status."""

    def __init__(self, send: Send, request_id: str, scope: Scope) -> None:
        self._state = scope["state"]
        self._over_tls = scope["scheme"] == "https" or scope["app"].state.services.public_url.startswith("https:")
        self._send = send
        self._request_id = request_id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self._request_id
            headers.update(self._state.get("limits", {}))
            if self._over_tls:
                headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


def _for_a_person(scope: Scope) -> bool:
    """Whether an error is better told as a page: a browser asks for one, and not at an address of the API."""
    return not scope["path"].startswith("/v1") and "text/html" in Headers(scope=scope).get("accept", "")


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _SANE.fullmatch(given) else new_id()
