"""The kind of route that all of /v1 is made of: knows who asks before it reads a body, reads no more than it may, and
answers from one transaction. Holds no rule of its own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

import structlog
from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Message, Receive

from service.actions.access import credentials
from service.domain.access.keys import KeyScope, in_order, require_scopes
from service.domain.errors import NotSignedIn
from service.domain.roles import Actor
from service.web import errors
from service.web.calls import Attachment, Call
from service.web.needs import Needs, needed
from service.web.services import Body, Services

bearer = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A platform's key (`plk_…`), or a token that a platform had made for one person (`plt_…`).",
)
"""For the OpenAPI document; `Route` itself reads the header, before anything else of the request."""

SCOPES = "x-scopes"
"""Where a route says which scopes it needs, until the document is put together."""

Responded = BaseModel | Attachment | None
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_log = structlog.get_logger("service.web")


class NamedRoute(APIRoute):
    """A route that tells the log its template. Open to anybody."""

    def get_route_handler(self) -> Handler:
        handle, template = super().get_route_handler(), self.path_format

        async def handler(request: Request) -> Response:
            request.state.route = template
            return await handle(request)

        return handler


class Route(NamedRoute):
    """A route for those who show a key or token."""

    body: ClassVar[Body] = "body"
    """Which limit holds for the body; bundles and files may be larger."""
    reads: ClassVar[KeyScope]
    """What a key needs for those that read. There is no default: each router says it (`service.web.openapi.v1`)."""
    writes: ClassVar[KeyScope]

    def __init__(self, path: str, endpoint: Callable[..., Responded], **options: Any) -> None:
        self.needs: Needs = needed(endpoint, options["methods"], self.reads, self.writes)
        options["openapi_extra"] = {**(options.get("openapi_extra") or {}), SCOPES: in_order(self.needs)}
        super().__init__(path, sealed(endpoint, options.get("status_code") or 200), **options)

    def get_route_handler(self) -> Handler:
        handle, takes_json = super().get_route_handler(), self.body_field is not None
        known = query_names(self.dependant)

        async def handler(request: Request) -> Response:
            services: Services = request.app.state.services
            limit = services.limits.of(self.body)
            request.state.route = self.path_format
            request.state.actor = await run_in_threadpool(_admitted, services, request, self.path_format, self.needs)
            _check_query(request, known)
            if takes_json:
                _check_json(request)
            return await handle(within(request, limit))

        return handler


class BundleRoute(Route):
    """A route whose body is a bundle of lines."""

    body = "bundle"


class FileRoute(Route):
    """A route whose body is a form with a file."""

    body = "file"


def sealed(endpoint: Callable[..., Responded], status: int) -> Callable[..., Response]:
    """The endpoint, run in a transaction that is committed before there is an answer to send."""

    @functools.wraps(endpoint)
    def run(**values: Any) -> Response:
        call: Call = values["call"]
        return errors.respond(call.answer(functools.partial(endpoint, **values), status))

    return run


def _actor(services: Services, authorization: str) -> Actor:
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotSignedIn
    now = services.clock()
    with services.sessions.reading() as session:
        actor = credentials.authenticate(session, secret.strip(), now=now)
        noted = credentials.use_is_noted(session, actor, now=now)
    if not noted:
        with errors.Caught() as caught, services.sessions.writing() as session:
            credentials.note_use(session, actor, now=now)
        if caught.error is not None:  # what was asked for does not wait for it
            _log.warning("use_of_key.not_noted", error=type(caught.error).__name__, where=caught.where())
    return actor


def _admitted(services: Services, request: Request, template: str, needs: Needs) -> Actor:
    """Who asks, once it is known that they may ask so often, and this."""
    arrived(services, request)
    with errors.Caught(NotSignedIn) as caught:
        actor = _actor(services, request.headers.get("authorization", ""))
    if caught.error is not None:
        if services.throttle is not None:
            services.throttle.refused(address(request))
        raise caught.error
    let_in(services, request, template, actor, needs)
    return actor


def address(request: Request) -> str:
    """Where a request comes from, as the server knows it: from the proxy's word, where a proxy is trusted."""
    return request.client.host if request.client is not None else "-"


def arrived(services: Services, request: Request) -> None:
    """Count a request by where it comes from. Raises TooMany."""
    if services.throttle is not None:
        services.throttle.arrived(address(request))


def let_in(services: Services, request: Request, template: str, actor: Actor, needs: Needs) -> None:
    """The one place that every route and page for somebody passes: who asks is counted, a person with all their tokens
    and sessions as one, and their key must be good for this. Raises TooMany, ScopeMissing."""
    if services.throttle is not None:
        who, person = actor.person or actor.credential, actor.person is not None
        told = services.throttle.known(who, person=person, method=request.method, route=template)
        request.scope["state"]["limits"] = told
    require_scopes(actor.scopes, needs)


def query_names(dependant: Dependant) -> frozenset[str]:
    """The parameters of an address that a route, or what it depends on, reads."""
    own = {field.alias for field in dependant.query_params}
    return frozenset(own.union(*(query_names(below) for below in dependant.dependencies)))


def _check_query(request: Request, known: frozenset[str]) -> None:
    """Refuses a parameter that nobody reads: a filter that is passed over shows more than was asked for."""
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise errors.unknown_query(unknown, sorted(known))


def _check_json(request: Request) -> None:
    """Refuses a body that says it is something else than JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    if has_body and kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise errors.wrong_media_type()


def within(request: Request, limit: int) -> Request:
    """The request, whose body cannot be read beyond `limit` bytes, whatever its Content-Length says."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > limit:
        raise errors.too_large()
    return Request(request.scope, _counted(request.receive, limit))


def _counted(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise errors.too_large()
        return message

    return counting
