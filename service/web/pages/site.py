"""All pages and their files, put into the application."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service.web.pages.access import entrance, organization
from service.web.pages.briefs import meeting
from service.web.pages.challenges import editor
from service.web.pages.decisions import draft as desk_acts
from service.web.pages.decisions import together
from service.web.pages.desk import draft
from service.web.pages.documents import library
from service.web.pages.following import challenge, reminders
from service.web.pages.galleries import desk as desk_galleries
from service.web.pages.galleries import policy
from service.web.pages.goals import progress
from service.web.pages.introductions import desk as desk_meeting
from service.web.pages.learners import consents, galleries, home, work
from service.web.pages.learners import meeting as learn_meeting
from service.web.pages.memory import decided
from service.web.pages.network import mapping
from service.web.pages.overview import challenge as overview
from service.web.pages.overview import pace, spot_checks
from service.web.pages.people import directory
from service.web.pages.questioned import passages
from service.web.pages.queue import waiting
from service.web.pages.rendering import STATIC

ROUTERS = (
    entrance.router,
    waiting.router,
    draft.router,
    desk_acts.router,
    decided.router,
    desk_galleries.router,
    policy.router,
    galleries.router,
    desk_meeting.router,
    together.router,
    editor.router,  # its /new before an id in the same place
    passages.router,  # before a document of this id
    library.router,
    directory.router,
    organization.router,
    overview.router,
    meeting.router,
    challenge.router,
    reminders.router,
    mapping.router,
    progress.router,
    pace.router,
    spot_checks.router,
    home.router,
    work.router,
    consents.router,
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
