"""Goals at the desk: the list with what is confirmed, and one goal with its evidence to decide on. Computes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import Form
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from service.actions.goals import decisions, make, progress
from service.actions.goals.progress import Figures, GoalListed, GoalSeen, Plan
from service.domain.goals import EvidenceAct
from service.web.fields import GoalId, Version
from service.web.pages.charts import ChartPart, length, stacked
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()

SAID = {EvidenceAct.CONFIRM: "goal-confirmed", EvidenceAct.DISMISS: "goal-dismissed", EvidenceAct.UNDO: "goal-undone"}


@dataclass(frozen=True, slots=True)
class MonthDrawn:
    """A month with its bar."""

    name: str
    pieces: int
    bar: Markup


@dataclass(frozen=True, slots=True)
class Drawn:
    """A goal with its figures drawn."""

    goal: GoalListed
    groups: Markup
    challenges: Markup
    months: tuple[MonthDrawn, ...]


@dataclass(frozen=True, slots=True)
class PlanDrawn:
    """A document with its goals."""

    plan: Plan
    goals: tuple[Drawn, ...]


@dataclass(frozen=True)
class GoalsPage(PageView):
    """All goals."""

    template: ClassVar[str] = "goals/list.html"
    plans: tuple[PlanDrawn, ...]


@dataclass(frozen=True)
class GoalPage(PageView):
    """One goal."""

    template: ClassVar[str] = "goals/goal.html"
    seen: GoalSeen
    drawn: Drawn


class GoalEvidenceDecisionSent(BaseModel):
    """The version that was seen."""

    model_config = ConfigDict(frozen=True)

    version: Version


def _drawn(goal: GoalListed) -> Drawn:
    of = goal.figures
    most = max((month.pieces for month in of.months), default=0)
    months = tuple(
        MonthDrawn(one.name, one.pieces, length(one.pieces, most, "accepted", f"confirmed, handed in {one.name}"))
        for one in of.months
    )
    return Drawn(goal, _share(of, "groups"), _share(of, "challenges"), months)


def _share(figures: Figures, what: str) -> Markup:
    share = figures.groups if what == "groups" else figures.challenges
    return stacked(
        [ChartPart("with confirmed work", share.count, "accepted")], f"{share.of} {what}", whole=share.of or 1
    )


@router.get("/desk/goals")
def list_goals(visit: ReadingVisit) -> PageView:
    plans = progress.listed(visit.session, visit.actor)
    return GoalsPage(tuple(PlanDrawn(plan, tuple(_drawn(goal) for goal in plan.goals)) for plan in plans))


@router.post("/desk/goals/look-again")
def look_again(visit: WritingVisit) -> Goto:
    make.search_all_again(visit.session, visit.actor, now=visit.now)
    return Goto("/desk/goals", "goal-looking")


@router.get("/desk/goals/{id}")
def show_goal(visit: ReadingVisit, id: GoalId) -> PageView:
    seen = progress.show(visit.session, visit.actor, id)
    return GoalPage(seen, _drawn(seen.goal))


@router.post("/desk/goals/{id}/pieces/{piece}/{act}")
def decide_piece(
    visit: WritingVisit, id: GoalId, piece: GoalId, act: EvidenceAct, sent: Annotated[GoalEvidenceDecisionSent, Form()]
) -> Goto:
    decisions.decide(visit.deciding(piece, sent.version), id, act)
    return Goto(f"/desk/goals/{id}", SAID[act])
