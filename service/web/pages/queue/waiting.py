"""The queue: what waits, and whatever is next in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar
from urllib.parse import quote

from fastapi import Query

from service.actions.learners import asks
from service.actions.overview import pace
from service.actions.queue import waiting
from service.actions.queue.counts import FilterChoice
from service.actions.queue.filtering import QueueFilter
from service.actions.queue.waiting import QueuePage, QueueRow
from service.domain.drafts import DraftState
from service.web.fields import OwnId
from service.web.pages.queue import came_from
from service.web.pages.queue.came_from import FromQueue
from service.web.pages.queue.done import Done, done_with
from service.web.pages.queue.words import STATES
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto, PageMark, PageView
from service.web.pages.visits import ReadingVisit

router = pages()

AGES = ((0, "any age"), (1, "a day and older"), (3, "three days and older"), (7, "a week and older"))
WHOSE = (("", "anybody’s"), ("mine", "mine"), ("free", "nobody’s"))
MOST_ELSEWHERE = 3
BEING_MADE = frozenset({DraftState.WAITING.value, DraftState.DRAFTING.value})
"""States of drafts that come to the queue by themselves."""
BANDS: Mapping[str, str] = {"high": "sources agree", "medium": "some agreement", "low": "thin evidence"}


@dataclass(frozen=True, slots=True)
class RowsTogether:
    """Rows that stand together: one, or several on nearly the same work, of which the first is shown for all."""

    first: QueueRow
    others: tuple[QueueRow, ...] = ()


@dataclass(frozen=True)
class QueueView(PageView):
    """The queue under a filter. `trail` is the filter as an address has it."""

    template: ClassVar[str] = "queue/waiting.html"
    queue: QueuePage
    rows: tuple[RowsTogether, ...]
    now: datetime
    trail: str
    plain_trail: str
    pulse: str
    filtered: bool
    done: Done | None
    wanted: QueueFilter
    hurried: bool
    asked: int
    alone: int
    elsewhere: tuple[FilterChoice, ...]
    being_made: int
    after_last: bool
    states: tuple[FilterChoice, ...]
    state_words: Mapping[str, str]
    ages: tuple[tuple[int, str], ...] = AGES
    whose: tuple[tuple[str, str], ...] = WHOSE
    bands: tuple[tuple[str, str], ...] = tuple(BANDS.items())


@router.get("/desk")
def show_queue(
    visit: ReadingVisit,
    trail: FromQueue,
    after: Annotated[str | None, Query(max_length=200)] = None,
    before: Annotated[str | None, Query(max_length=200)] = None,
    done: Annotated[OwnId | None, Query()] = None,
    all: Annotated[bool, Query()] = False,
) -> Shown:
    session, actor, now = visit.session, visit.actor, visit.now
    page = waiting.page(session, actor, trail.filter, after=after, before=before, now=now)
    own = came_from.without(came_from.of(visit), "skip")
    return QueueView(
        queue=page,
        rows=_together(page.rows),
        now=now,
        trail=own,
        plain_trail=came_from.without(own, "state", "asks"),
        pulse=waiting.pulse(session, actor, trail.filter, now=now),
        filtered=trail.filter != QueueFilter(),
        done=done_with(session, actor, done, now) if done else None,
        wanted=trail.filter,
        hurried=pace.own(session, actor, now=now).worth_a_word,
        asked=len(asks.asks_open(session, actor)),
        alone=waiting.alone(session, actor, now=now),
        elsewhere=_elsewhere(visit, trail) if not page.rows else (),
        being_made=sum(one.count for one in page.counts.states if one.value in BEING_MADE),
        after_last=all,
        states=page.counts.states,
        state_words=STATES,
    )


def _elsewhere(visit: ReadingVisit, trail: FromQueue) -> tuple[FilterChoice, ...]:
    """Where something waits that this filter does not show: the challenges with most first."""
    if trail.filter == QueueFilter():
        return ()
    rest = waiting.page(visit.session, visit.actor, QueueFilter(), limit=1, now=visit.now).counts.challenges
    return tuple(sorted((one for one in rest if one.count), key=lambda one: -one.count)[:MOST_ELSEWHERE])


def _together(rows: tuple[QueueRow, ...]) -> tuple[RowsTogether, ...]:
    """Neighbours on nearly the same work as one."""
    found: list[RowsTogether] = []
    for row in rows:
        last = found[-1] if found else None
        if last is not None and row.together and row.together == last.first.together:
            found[-1] = RowsTogether(last.first, (*last.others, row))
        else:
            found.append(RowsTogether(row))
    return tuple(found)


@router.get("/desk/pulse")
def pulse_of_queue(visit: ReadingVisit, trail: FromQueue) -> Shown:
    return PageMark(waiting.pulse(visit.session, visit.actor, trail.filter, now=visit.now))


@router.get("/desk/next")
def next_draft(visit: ReadingVisit, trail: FromQueue, done: Annotated[OwnId | None, Query()] = None) -> Shown:
    """What was just decided on is passed over, so that an undo is never needed to go on."""
    if trail.calibrating and trail.filter.challenge:
        back = f"/desk/challenges/{quote(trail.filter.challenge, safe='')}/calibration"
        return Goto(back, query={"done": done} if done else {})
    own = came_from.of(visit)
    skip = [*trail.skip, *([done] if done else [])]
    found = waiting.next(visit.session, visit.actor, trail.filter, skip=skip, now=visit.now)
    if found is None:
        return Goto(f"/desk?{came_from.with_(came_from.without(own, 'skip'), done=done or '', all='1')}")
    return Goto(f"/desk/drafts/{found}?{came_from.with_(own, done=done or '')}")
