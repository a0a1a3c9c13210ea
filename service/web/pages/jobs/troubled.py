"""Jobs in trouble: what was given up and why, what is waited for, and a way to have it tried again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from service.actions.jobs import troubled
from service.domain.access.keys import KeyScope
from service.store.tables import Job
from service.web.fields import JobId
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages(reads=KeyScope.ADMIN, writes=KeyScope.ADMIN)

HERE = "/desk/settings/jobs"

MOST = 100
"""Jobs on the page; more of them are counted in words."""


@dataclass(frozen=True)
class JobsPage(PageView):
    """The newest of them; `more`: there are others."""

    template: ClassVar[str] = "jobs/troubled.html"
    dead: tuple[Job, ...]
    waiting: tuple[Job, ...]
    more: bool


@router.get(HERE)
def jobs(visit: ReadingVisit) -> Shown:
    dead = troubled.dead(visit.session, visit.actor, limit=MOST + 1)
    waiting = troubled.waiting(visit.session, visit.actor, limit=MOST + 1)
    return JobsPage(tuple(dead[:MOST]), tuple(waiting[:MOST]), max(len(dead), len(waiting)) > MOST)


@router.post(HERE + "/retry")
def retry_all(visit: WritingVisit) -> Shown:
    troubled.retry_all(visit.session, visit.actor, now=visit.now)
    return Goto(HERE, said="jobs-again")


@router.post(HERE + "/{id}/retry")
def retry(visit: WritingVisit, id: JobId) -> Shown:
    troubled.retry(visit.session, visit.actor, id, now=visit.now)
    return Goto(HERE, said="job-again")
