"""All pages and their files, put into the application."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service.web.pages import (
    brief,
    challenge_editor,
    desk,
    desk_acts,
    desk_galleries,
    desk_meeting,
    desk_memory,
    desk_queue,
    desk_together,
    directory,
    entrance,
    following,
    gallery_policy,
    goals,
    learn,
    learn_consents,
    learn_galleries,
    learn_meeting,
    learn_work,
    library,
    network,
    organization,
    overview,
    questioned,
    reminders,
    speed,
    spot_checks,
)
from service.web.pages.rendering import STATIC

ROUTERS = (
    entrance.router,
    desk_queue.router,
    desk.router,
    desk_acts.router,
    desk_memory.router,
    desk_galleries.router,
    gallery_policy.router,
    learn_galleries.router,
    desk_meeting.router,
    desk_together.router,
    challenge_editor.router,  # its /new before an id in the same place
    questioned.router,  # before a document of this id
    library.router,
    directory.router,
    organization.router,
    overview.router,
    brief.router,
    following.router,
    reminders.router,
    network.router,
    goals.router,
    speed.router,
    spot_checks.router,
    learn.router,
    learn_work.router,
    learn_consents.router,
    learn_meeting.router,
    entrance.open_router,
)

FOR_GOOD = "public, max-age=31536000, immutable"


class Files(StaticFiles):
    """Files whose address changes with their content (`rendering.static`), so that a browser may keep them."""

    def file_response(self, full_path: Any, stat_result: Any, scope: Scope, status_code: int = 200) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        if scope["query_string"].startswith(b"v="):
            response.headers["Cache-Control"] = FOR_GOOD
        return response


def install(app: FastAPI) -> None:
    """Every page, and /static."""
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", Files(directory=STATIC), name="static")
