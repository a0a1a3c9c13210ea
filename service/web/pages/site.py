"""All pages and their files, put into the application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service.web.pages.access import entrance as access_entrance
from service.web.pages.access import half_way as access_half_way
from service.web.pages.access import organization as access_organization
from service.web.pages.access import safety as access_safety
from service.web.pages.audit import trail as audit_trail
from service.web.pages.briefs import meeting as briefs_meeting
from service.web.pages.calibration import challenge as calibration_challenge
from service.web.pages.challenges import editor as challenges_editor
from service.web.pages.decisions import assigning as decisions_assigning
from service.web.pages.decisions import draft as decisions_draft
from service.web.pages.decisions import together as decisions_together
from service.web.pages.desk import draft as desk_draft
from service.web.pages.desk import learner as desk_learner
from service.web.pages.desk import today as desk_today
from service.web.pages.documents import kept as documents_kept
from service.web.pages.erasure import keeping as erasure_keeping
from service.web.pages.following import challenge as following_challenge
from service.web.pages.following import reminders as following_reminders
from service.web.pages.galleries import desk as galleries_desk
from service.web.pages.galleries import policy as galleries_policy
from service.web.pages.goals import progress as goals_progress
from service.web.pages.introductions import desk as introductions_desk
from service.web.pages.jobs import troubled as jobs_troubled
from service.web.pages.learners import consents as learners_consents
from service.web.pages.learners import galleries as learners_galleries
from service.web.pages.learners import home as learners_home
from service.web.pages.learners import introductions as learners_introductions
from service.web.pages.learners import requests as learners_requests
from service.web.pages.learners import work as learners_work
from service.web.pages.memory import decided as memory_decided
from service.web.pages.network import mapping as network_mapping
from service.web.pages.notifications import own as notifications_own
from service.web.pages.overview import challenge as overview_challenge
from service.web.pages.overview import fairness as overview_fairness
from service.web.pages.overview import pace as overview_pace
from service.web.pages.overview import spot_checks as overview_spot_checks
from service.web.pages.people import directory as people_directory
from service.web.pages.people import roster as people_roster
from service.web.pages.phrases import kept as phrases_kept
from service.web.pages.questioned import passages as questioned_passages
from service.web.pages.queue import waiting as queue_waiting
from service.web.pages.rendering import STATIC
from service.web.pages.search import words as search_words

ROUTERS = (
    access_entrance.router,
    queue_waiting.router,
    desk_today.router,
    desk_draft.router,
    desk_learner.router,
    decisions_assigning.router,
    decisions_draft.router,
    memory_decided.router,
    galleries_desk.router,
    galleries_policy.router,
    learners_galleries.router,
    introductions_desk.router,
    decisions_together.router,
    challenges_editor.router,  # its /new before an id in the same place
    calibration_challenge.router,
    phrases_kept.router,
    search_words.router,
    questioned_passages.router,  # before a document of this id
    documents_kept.router,
    documents_kept.file_router,
    people_roster.router,
    people_directory.router,
    access_organization.router,
    access_safety.router,
    audit_trail.router,
    erasure_keeping.router,
    jobs_troubled.router,
    notifications_own.router,
    notifications_own.open_router,
    overview_challenge.router,
    briefs_meeting.router,
    following_challenge.router,
    following_reminders.router,
    network_mapping.router,
    goals_progress.router,
    overview_fairness.router,
    overview_pace.router,
    overview_spot_checks.router,
    learners_home.router,
    learners_home.file_router,
    learners_work.router,
    learners_consents.router,
    learners_introductions.router,
    learners_requests.router,
    access_entrance.open_router,
    access_half_way.router,
)

FOR_GOOD = "public, max-age=31536000, immutable"


class Files(StaticFiles):
    """Files whose address changes with their content (`rendering.static`), so that a browser may keep them."""

    def file_response(self, full_path: Any, stat_result: Any, scope: Scope, status_code: int = 200) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        if scope["query_string"].startswith(b"v="):
            response.headers["Cache-Control"] = FOR_GOOD
        return response


def install(app: FastAPI, more: Iterable[APIRouter] = ()) -> None:
    """Every page, those of integrations (`more`), and /static."""
    for router in (*ROUTERS, *more):
        app.include_router(router)
    app.mount("/static", Files(directory=STATIC), name="static")
