"""The kind of route that all pages are made of: knows who is there before it reads a form, and answers with a page.

Holds no rule of its own. A route is a plain function: it is given a `visit`, calls one action, and returns a `View`,
a `Goto` or a `Download`; that it runs in one transaction, committed before there is an answer, is `Call`'s doing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from service.actions.access import credentials, sign_in
from service.domain.access.keys import KeyScope
from service.domain.errors import NotSignedIn
from service.domain.roles import Actor
from service.web import errors
from service.web.calls import Attachment
from service.web.needs import ANY, Needs, needed
from service.web.pages import trouble, visits
from service.web.pages.views import Download, Goto, PageMark, PageView
from service.web.pages.visits import Visit
from service.web.routes import Handler, arrived, let_in, within
from service.web.services import Body, Services

Shown = PageView | Goto | Download | Attachment | PageMark | None


class PageRoute(APIRoute):
    """A page for those who are signed in."""

    open = False
    """Whether it is there for anybody."""
    body: ClassVar[Body] = "body"
    """Which limit holds for its form."""
    reads: ClassVar[KeyScope] = KeyScope.READ
    """What the key needs that a session was begun with, if it was one: to look, and to do something."""
    writes: ClassVar[KeyScope] = KeyScope.ACT

    def __init__(self, path: str, endpoint: Callable[..., Shown], **options: Any) -> None:
        self.needs: Needs = ANY if self.open else needed(endpoint, options["methods"], self.reads, self.writes)
        options |= {"include_in_schema": False, "response_model": None}
        super().__init__(path, sealed(endpoint), **options)

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            services: Services = request.app.state.services
            request.state.route, request.state.page = self.path_format, trouble.page
            request = within(request, services.limits.of(self.body))
            request.state.actor, request.state.session_secret = None, ""
            if self.open:
                await run_in_threadpool(arrived, services, request)
            else:
                found = await run_in_threadpool(_admitted, services, request, self.path_format, self.needs)
                if found is None:
                    return _sign_in_first(request)
                request.state.actor, request.state.session_secret = found
                if request.method != "GET":
                    request.state.form = await visits.check_form(request, found[1])
            return await handle(request)

        return handler


class OpenRoute(PageRoute):
    """A page for anybody."""

    open = True


class FilePageRoute(PageRoute):
    """A page with a form that may hold a file."""

    body = "file"


def pages(
    route: type[PageRoute] = PageRoute, *, reads: KeyScope = KeyScope.READ, writes: KeyScope = KeyScope.ACT
) -> APIRouter:
    """A router for some pages, and what the key behind a session needs for those that read and those that write."""
    return APIRouter(route_class=type(route.__name__, (route,), {"reads": reads, "writes": writes}))


def sealed(endpoint: Callable[..., Shown]) -> Callable[..., Response]:
    """The endpoint, run in a transaction that is committed before there is an answer to send."""

    @functools.wraps(endpoint)
    def run(**values: Any) -> Response:
        visit: Visit = values["visit"]
        return errors.respond(visit.answer(functools.partial(endpoint, **values), 200))

    return run


def _admitted(services: Services, request: Request, template: str, needs: Needs) -> tuple[Actor, str] | None:
    """Who is signed in, once it is known that they may ask so often, and this."""
    arrived(services, request)
    secure = visits.is_secure(services.public_url, request.scope)
    found = _signed_in(services, request.scope, request.cookies.get(visits.cookie(secure), ""))
    if found is not None:
        let_in(services, request, template, found[0], needs)
    return found


def _signed_in(services: Services, scope: Scope, secret: str) -> tuple[Actor, str] | None:
    if not sign_in.is_session(secret):
        return None
    with errors.Caught(NotSignedIn), services.sessions.reading() as session:
        return credentials.authenticate(session, secret, now=services.clock()), secret
    errors.sign_in_refused(scope)
    return None


def _sign_in_first(request: Request) -> Response:
    """A page can be come back to; what was typed into a form must not be lost by going elsewhere."""
    if request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/sign-in?next={quote(request.url.path + query)}", 303)
    raise NotSignedIn("Your session has ended, and nothing was changed. What you typed is still in the page before.")
