"""A goal with a piece of work for it, kept as a worker would keep them."""

from __future__ import annotations

from sqlalchemy import select

from pipelines import goals
from pipelines.values import Evidence, Shelf, ShelfItem
from service.actions.goals import make
from service.store.tables import Document, DraftRow, GoalEvidence, Revision
from tests.service.web.conftest import TEXT, School

PLAN = (
    "# Plan\n\n## Goal 1: Visits\n\nPairs visit each other twice before half-term.\n\n## Goal 2: Songs\n\nSing more.\n"
)


def goaled(school: School, submission: str = "amara-1", text: str = TEXT, plan: str = PLAN) -> tuple[str, str]:
    """The ids of the goal and of the piece that is offered for it. Amara shows her work without her name."""
    allow = {"show_work": "without_name", "introduce": False, "ai": "local"}
    assert school.platform.put("/v1/people/amara/consents", json=allow).status_code == 200
    body = {"title": "Plan of Harbor", "text": plan, "tags": ["strategy"]}
    assert school.platform.put("/v1/context/plan", json=body).status_code in (200, 201)
    draft = school.handed_in(submission, text)
    now = school.now()
    with school.sessions.writing() as session:
        document = session.scalars(
            select(Document).where(Document.organization_id == school.organization, Document.external_id == "plan")
        ).one()
        revision = session.get_one(Revision, session.get_one(DraftRow, draft).revision_id)
        looking = make.begin(session, school.organization, document.id)
        assert looking is not None
        wishes = make.keep(session, looking, goals.read(looking.text), now=now)
        item = ShelfItem(f"{revision.id}@0-{len(text)}", Shelf.WORK, text, revision.id, 0, len(text))
        found = {wishes[0].goal: [Evidence("", item, 0.6, 1.0, 2.0)]}
        assert make.finish(session, looking, found, now=now)
        return wishes[0].goal, session.scalars(
            select(GoalEvidence.id).where(GoalEvidence.goal_id == wishes[0].goal)
        ).one()
