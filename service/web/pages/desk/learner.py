"""One learner across challenges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from service.actions.desk import learner as desk_learner
from service.actions.desk.learner import LearnerSeen
from service.web.fields import ExternalId
from service.web.pages.queue.words import STATES
from service.web.pages.routes import Shown, pages
from service.web.pages.views import PageView
from service.web.pages.visits import ReadingVisit

router = pages()


@dataclass(frozen=True)
class LearnerPage(PageView):
    """A learner's work, feedback, questions and needs, for whoever reviews them."""

    template: ClassVar[str] = "desk/learner.html"
    learner: LearnerSeen
    state_words: Mapping[str, str]
    now: datetime


@router.get("/desk/learners/{id}")
def show_learner(visit: ReadingVisit, id: ExternalId) -> Shown:
    return LearnerPage(desk_learner.learner(visit.session, visit.actor, id), STATES, visit.now)
