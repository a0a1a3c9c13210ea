"""One's own approvals that came sooner than reading takes: a mirror for the one who looks into it alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from service.actions.overview import pace
from service.actions.overview.pace import Pace
from service.domain.overview.pace import WORDS_PER_SECOND
from service.web.pages.overview.views import spoken
from service.web.pages.routes import pages
from service.web.pages.views import PageView
from service.web.pages.visits import ReadingVisit

router = pages()


@dataclass(frozen=True, slots=True)
class Quick:
    """An approval that came sooner than reading, in words."""

    draft: str
    submission: str
    at: datetime
    took: str
    reading: str


@dataclass(frozen=True)
class PacePage(PageView):
    """What is known of one's own pace."""

    template: ClassVar[str] = "overview/pace.html"
    known: int
    quick: tuple[Quick, ...]
    habit: bool
    words_a_minute: int
    now: datetime


@router.get("/desk/pace")
def show_pace(visit: ReadingVisit) -> PageView:
    return pace_page(pace.own(visit.session, visit.actor, now=visit.now), visit.now)


def pace_page(seen: Pace, now: datetime) -> PacePage:
    quick = (
        Quick(one.draft, one.submission, one.approved_at, spoken(one.took), spoken(one.reading)) for one in seen.quick
    )
    return PacePage(seen.known, tuple(quick), seen.worth_a_word, int(WORDS_PER_SECOND * 60), now)
