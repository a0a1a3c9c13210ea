"""The application: routers, errors and the edge put together. Makes nothing itself: it is given its `Services`."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

from service.web import errors
from service.web import openapi as docs
from service.web.api import (
    access,
    audit,
    briefs,
    bundles,
    calibration,
    challenges,
    decisions,
    documents,
    drafts,
    erasure,
    events,
    files,
    following,
    galleries,
    goals,
    health,
    introductions,
    jobs,
    learners,
    memory,
    notifications,
    overview,
    people,
    questioned,
    requests,
    search,
    work,
)
from service.web.edge import OuterLayer
from service.web.pages import site, trouble
from service.web.services import Services

ROUTERS = (
    people.router,
    challenges.router,
    calibration.router,
    documents.router,
    questioned.router,
    work.router,
    files.router,
    files.reading_router,
    learners.router,
    drafts.router,
    decisions.router,
    memory.router,
    overview.router,
    following.router,
    briefs.router,
    galleries.router,
    introductions.router,
    requests.router,
    goals.router,
    bundles.router,
    work.search_router,
    search.router,
    erasure.router,
    access.router,
    events.router,
    audit.router,
    jobs.router,
    notifications.router,
    health.router,
)


SMALL = 1_000
"""Bytes that fit into one packet with their headers: smaller gains nothing."""
LEVEL = 5
"""Of 9: pages come out within a few per cent of the smallest, in a third of the time."""


class Api(FastAPI):
    """FastAPI, whose document says what all operations have in common."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            services: Services = self.state.services
            self.openapi_schema = docs.finish(super().openapi(), services.public_url)
        return self.openapi_schema


def create_app(services: Services) -> FastAPI:
    """The application for these services. No pages of documentation: the framework's load scripts from elsewhere."""
    app = Api(
        title=docs.TITLE,
        version=version("peerloom"),
        description=docs.DESCRIPTION,
        openapi_tags=[*docs.TAGS, *(dict(tag) for one in services.integrations for tag in one.tags)],
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        telemetry={"logs": False, "auto_configure": False},  # its logs hold messages, which hold people's words
    )
    app.state.services = services
    app.add_middleware(GZipMiddleware, minimum_size=SMALL, compresslevel=LEVEL)
    app.add_middleware(OuterLayer, page=trouble.page)  # the last is the outermost
    errors.install(app)
    for router in (*ROUTERS, *(router for one in services.integrations for router in one.api)):
        app.include_router(router)
    site.install(app, [router for one in services.integrations for router in one.pages])
    return app


def make_routes(app: FastAPI) -> None:
    """Make every route now. Left alone, the framework does so at the first requests, which then take a
    second or two."""
    nowhere = {"type": "http", "method": "GET", "path": "/", "root_path": "", "headers": [], "path_params": {}}
    for route in app.routes:
        route.matches(dict(nowhere))


def _operation_id(route: APIRoute) -> str:
    return route.name
