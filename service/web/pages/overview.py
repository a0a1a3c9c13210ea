"""Challenges at a glance: the list, and of each one its progress, its solutions, and how drafts and decisions go."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query

from service.actions import overview, overview_lens, overview_list, overview_map, speed, spot_checks
from service.web.api.params import ExternalId
from service.web.api.schemas.texts import Name
from service.web.pages.overview_decisions import decisions_page
from service.web.pages.overview_map import solutions_page
from service.web.pages.overview_views import challenge_page, challenges_page
from service.web.pages.routes import pages
from service.web.pages.views import View
from service.web.pages.visits import Reading

router = pages()

Chosen = Annotated[Name | Literal[""], Query()]
"""A group's external id; empty, as the form sends it, is all of one's groups."""


@router.get("/desk/challenges")
def list_challenges(visit: Reading) -> View:
    rows = overview_list.rows(visit.session, visit.actor)
    to_check = len(spot_checks.due(visit.session, visit.actor, now=visit.now))
    return challenges_page(
        rows, to_check=to_check, pace=speed.speed(visit.session, visit.actor, now=visit.now), now=visit.now
    )


@router.get("/desk/challenges/{id}")
def show_challenge(visit: Reading, id: ExternalId, group: Chosen = "") -> View:
    seen = overview.glance(visit.session, visit.actor, id, group=group or None, now=visit.now)
    return challenge_page(seen, overview_lens.choices(visit.session, seen.lens), now=visit.now)


@router.get("/desk/challenges/{id}/solutions")
def show_solutions(visit: Reading, id: ExternalId, group: Chosen = "") -> View:
    lens = overview_lens.lens(visit.session, visit.actor, id, group=group or None)
    seen = overview_map.solution_map(visit.session, lens)
    return solutions_page(lens, seen, overview_lens.choices(visit.session, lens))


@router.get("/desk/challenges/{id}/decisions")
def show_decisions(visit: Reading, id: ExternalId, group: Chosen = "") -> View:
    seen = overview.workings(visit.session, visit.actor, id, group=group or None, now=visit.now)
    return decisions_page(seen, overview_lens.choices(visit.session, seen.lens))
