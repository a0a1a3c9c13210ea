"""Challenges at a glance: the list, and of each one its progress, its solutions, and how drafts and decisions go."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query

from service.actions.calibration import progress as calibration
from service.actions.following import challenges
from service.actions.overview import challenge, pace, solutions, spot_checks, tables
from service.actions.overview.tables import TakenTable
from service.actions.work import lens as work_lens
from service.web.fields import ExternalId, Name
from service.web.pages.overview.decisions import decisions_page
from service.web.pages.overview.solutions import solutions_page
from service.web.pages.overview.views import challenge_page, challenges_page
from service.web.pages.routes import pages
from service.web.pages.views import Download, PageView
from service.web.pages.visits import ReadingVisit, Visit

router = pages()

GroupChosen = Annotated[Name | Literal[""], Query()]
"""A group's external id; empty, as the form sends it, is all of one's groups."""


@router.get("/desk/challenges")
def list_challenges(visit: ReadingVisit, archived: bool = False) -> PageView:
    rows = challenges.rows(visit.session, visit.actor, archived=archived)
    to_check = len(spot_checks.due(visit.session, visit.actor, now=visit.now))
    return challenges_page(
        rows,
        archived=archived,
        to_check=to_check,
        pace=pace.own(visit.session, visit.actor, now=visit.now),
        now=visit.now,
    )


@router.get("/desk/challenges/{id}")
def show_challenge(visit: ReadingVisit, id: ExternalId, group: GroupChosen = "") -> PageView:
    seen = challenge.glance(visit.session, visit.actor, id, group=group or None, now=visit.now)
    far = calibration.progress(visit.session, visit.actor, id)
    return challenge_page(seen, work_lens.choices(visit.session, seen.lens), far, now=visit.now)


@router.get("/desk/challenges/{id}/work.csv")
def take_work(visit: ReadingVisit, id: ExternalId, group: GroupChosen = "") -> Download:
    lens = work_lens.lens(visit.session, visit.actor, id, group=group or None)
    return _taken(visit, "work.csv", tables.work(visit.session, visit.actor, lens))


@router.get("/desk/challenges/{id}/decisions.csv")
def take_decisions(visit: ReadingVisit, id: ExternalId, group: GroupChosen = "") -> Download:
    lens = work_lens.lens(visit.session, visit.actor, id, group=group or None)
    return _taken(visit, "decisions.csv", tables.decisions(visit.session, visit.actor, lens))


@router.get("/desk/challenges/{id}/people.csv")
def take_progress(visit: ReadingVisit, id: ExternalId, group: GroupChosen = "") -> Download:
    lens = work_lens.lens(visit.session, visit.actor, id, group=group or None)
    return _taken(visit, "people.csv", tables.people(visit.session, lens))


def _taken(visit: Visit, name: str, found: TakenTable) -> Download:
    visit.disclose(found.showings)
    return Download(name, "text/csv; charset=utf-8", found.text)


@router.get("/desk/challenges/{id}/solutions")
def show_solutions(visit: ReadingVisit, id: ExternalId, group: GroupChosen = "") -> PageView:
    lens = work_lens.lens(visit.session, visit.actor, id, group=group or None)
    seen = solutions.solution_map(visit.session, lens)
    return solutions_page(lens, seen, work_lens.choices(visit.session, lens))


@router.get("/desk/challenges/{id}/decisions")
def show_decisions(visit: ReadingVisit, id: ExternalId, group: GroupChosen = "") -> PageView:
    seen = challenge.workings(visit.session, visit.actor, id, group=group or None, now=visit.now)
    return decisions_page(seen, work_lens.choices(visit.session, seen.lens))
