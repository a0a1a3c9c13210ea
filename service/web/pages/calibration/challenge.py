"""A challenge's calibration: its criteria at a second look, the pieces to judge first, and how far that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar
from urllib.parse import quote

from fastapi import Query

from pipelines.looked_at import CalibrationReason
from service.actions.calibration import asking, progress
from service.actions.calibration.progress import CalibrationSeen
from service.web.fields import ExternalId, OwnId
from service.web.pages.overview.views import Head, head
from service.web.pages.queue.calibrating import REASONS
from service.web.pages.queue.done import Done, done_with
from service.web.pages.queue.words import STATES
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()

HERE = "/desk/challenges/{id}/calibration"


@dataclass(frozen=True)
class CalibrationPage(PageView):
    """All of it. `trail` is what an address of a piece carries, so that one comes back here; `may_ask` and `may_end`
    tell what one can have done."""

    template: ClassVar[str] = "calibration/challenge.html"
    head: Head
    seen: CalibrationSeen
    trail: str
    done: Done | None
    may_ask: bool
    may_end: bool
    reasons: Mapping[CalibrationReason, str] = field(default_factory=lambda: REASONS)
    state_words: Mapping[str, str] = field(default_factory=lambda: STATES)


@router.get(HERE)
def show_calibration(visit: ReadingVisit, id: ExternalId, done: Annotated[OwnId | None, Query()] = None) -> PageView:
    seen = progress.progress(visit.session, visit.actor, id)
    did = done_with(visit.session, visit.actor, done, visit.now) if done else None
    trail = f"challenge={quote(id, safe='')}&calibrating=1"
    may = asking.may_ask(seen.lens), asking.may_end(visit.session, seen.lens)
    return CalibrationPage(head(seen.lens, (), "/calibration"), seen, trail, did, *may)


@router.post(HERE + "/choose")
def choose_anew(visit: WritingVisit, id: ExternalId) -> Goto:
    asking.choose_anew(visit.session, visit.actor, id, now=visit.now)
    return _back(id, "choosing")


@router.post(HERE + "/draft-now")
def draft_now(visit: WritingVisit, id: ExternalId) -> Goto:
    asking.draft_now(visit.session, visit.actor, id, now=visit.now)
    return _back(id, "drafting-now")


@router.post(HERE + "/look")
def look_again(visit: WritingVisit, id: ExternalId) -> Goto:
    asking.look_again(visit.session, visit.actor, id, now=visit.now)
    return _back(id, "looking")


def _back(id: str, said: str) -> Goto:
    return Goto(f"/desk/challenges/{quote(id, safe='')}/calibration", said=said)
