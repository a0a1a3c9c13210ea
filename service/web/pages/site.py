"""All pages and their files, put into the application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service.web.pages.access import entrance as access_entrance_pages
from service.web.pages.access import half_way as access_half_way_pages
from service.web.pages.access import organization as access_organization_pages
from service.web.pages.access import safety as access_safety_pages
from service.web.pages.audit import trail as audit_trail_pages
from service.web.pages.briefs import meeting as briefs_meeting_pages
from service.web.pages.calibration import challenge as calibration_challenge_pages
from service.web.pages.challenges import editor as challenges_editor_pages
from service.web.pages.decisions import assigning as decisions_assigning_pages
from service.web.pages.decisions import draft as decisions_draft_pages
from service.web.pages.decisions import together as decisions_together_pages
from service.web.pages.desk import draft as desk_draft_pages
from service.web.pages.desk import learner as desk_learner_pages
from service.web.pages.desk import today as desk_today_pages
from service.web.pages.documents import kept as documents_kept_pages
from service.web.pages.erasure import keeping as erasure_keeping_pages
from service.web.pages.following import challenge as following_challenge_pages
from service.web.pages.following import reminders as following_reminders_pages
from service.web.pages.galleries import desk as galleries_desk_pages
from service.web.pages.galleries import policy as galleries_policy_pages
from service.web.pages.goals import progress as goals_progress_pages
from service.web.pages.introductions import desk as introductions_desk_pages
from service.web.pages.jobs import troubled as jobs_troubled_pages
from service.web.pages.learners import consents as learners_consents_pages
from service.web.pages.learners import galleries as learners_galleries_pages
from service.web.pages.learners import home as learners_home_pages
from service.web.pages.learners import introductions as learners_introductions_pages
from service.web.pages.learners import requests as learners_requests_pages
from service.web.pages.learners import work as learners_work_pages
from service.web.pages.memory import decided as memory_decided_pages
from service.web.pages.network import mapping as network_mapping_pages
from service.web.pages.notifications import own as notifications_own_pages
from service.web.pages.overview import challenge as overview_challenge_pages
from service.web.pages.overview import fairness as overview_fairness_pages
from service.web.pages.overview import pace as overview_pace_pages
from service.web.pages.overview import spot_checks as overview_spot_checks_pages
from service.web.pages.people import directory as people_directory_pages
from service.web.pages.people import roster as people_roster_pages
from service.web.pages.phrases import kept as phrases_kept_pages
from service.web.pages.questioned import passages as questioned_passages_pages
from service.web.pages.queue import waiting as queue_waiting_pages
from service.web.pages.rendering import STATIC
from service.web.pages.search import words as search_words_pages

ROUTERS = (
    access_entrance_pages.router,
    queue_waiting_pages.router,
    desk_today_pages.router,
    desk_draft_pages.router,
    desk_learner_pages.router,
    decisions_assigning_pages.router,
    decisions_draft_pages.router,
    memory_decided_pages.router,
    galleries_desk_pages.router,
    galleries_policy_pages.router,
    learners_galleries_pages.router,
    introductions_desk_pages.router,
    decisions_together_pages.router,
    challenges_editor_pages.router,  # its /new before an id in the same place
    calibration_challenge_pages.router,
    phrases_kept_pages.router,
    search_words_pages.router,
    questioned_passages_pages.router,  # before a document of this id
    documents_kept_pages.router,
    documents_kept_pages.file_router,
    people_roster_pages.router,
    people_directory_pages.router,
    access_organization_pages.router,
    access_safety_pages.router,
    audit_trail_pages.router,
    erasure_keeping_pages.router,
    jobs_troubled_pages.router,
    notifications_own_pages.router,
    notifications_own_pages.open_router,
    overview_challenge_pages.router,
    briefs_meeting_pages.router,
    following_challenge_pages.router,
    following_reminders_pages.router,
    network_mapping_pages.router,
    goals_progress_pages.router,
    overview_fairness_pages.router,
    overview_pace_pages.router,
    overview_spot_checks_pages.router,
    learners_home_pages.router,
    learners_home_pages.file_router,
    learners_work_pages.router,
    learners_consents_pages.router,
    learners_introductions_pages.router,
    learners_requests_pages.router,
    access_entrance_pages.open_router,
    access_half_way_pages.router,
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
