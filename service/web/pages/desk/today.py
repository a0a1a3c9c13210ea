"""Where whoever reviews begins: what needs them today, and what comes after that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from urllib.parse import quote

from service.actions.access import credentials
from service.actions.calibration import progress as calibration
from service.actions.following import challenges as following_challenges
from service.actions.following.challenges import ChallengeRow
from service.actions.galleries import desk as galleries_desk
from service.actions.introductions import desk as introductions_desk
from service.actions.learners import asks
from service.actions.learners.asks import AskSeen
from service.actions.overview import spot_checks
from service.actions.queue import progress as queue_progress
from service.actions.queue import waiting
from service.actions.queue.progress import QueueProgress
from service.actions.queue.waiting import QueueFilter
from service.actions.requests import desk as requests_desk
from service.domain.requests.need import RequestState
from service.web.pages.rendering import plural
from service.web.pages.routes import Shown, pages
from service.web.pages.views import PageView
from service.web.pages.visits import ReadingVisit

router = pages()

MOST_ASKS = 5
MOST_SILENT = 5


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that waits for a person, in words, with the way there."""

    href: str
    says: str


@dataclass(frozen=True, slots=True)
class Silent:
    """A challenge on which learners have not handed in."""

    href: str
    title: str
    says: str


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A step of a new organization; the list ends when all are taken."""

    href: str
    says: str
    done: bool


@dataclass(frozen=True)
class TodayPage(PageView):
    """What needs a facilitator or a coordinator today. `steps` is empty once an organization has begun."""

    template: ClassVar[str] = "desk/today.html"
    queue: QueueProgress
    by_challenge: tuple[Errand, ...]
    errands: tuple[Errand, ...]
    asks: tuple[AskSeen, ...]
    more_asks: int
    silent: tuple[Silent, ...]
    steps: tuple[FirstStep, ...]
    now: datetime


@router.get("/desk/today")
def show_today(visit: ReadingVisit) -> Shown:
    session, actor, now = visit.session, visit.actor, visit.now
    counts = waiting.page(session, actor, QueueFilter(), limit=1, now=now).counts
    asked = asks.asks_open(session, actor)
    rows = following_challenges.rows(session, actor)
    return TodayPage(
        queue=queue_progress.progress(session, actor, QueueFilter(), now=now),
        by_challenge=tuple(
            Errand(f"/desk/next?challenge={quote(one.value, safe='')}", f"{one.name}: {plural(one.count, 'draft')}")
            for one in sorted(counts.challenges, key=lambda one: (-one.count, one.name))
            if one.count
        ),
        errands=tuple(one for one in _errands(visit) if one is not None),
        asks=tuple(asked[:MOST_ASKS]),
        more_asks=max(0, len(asked) - MOST_ASKS),
        silent=tuple(_silent(rows))[:MOST_SILENT],
        steps=_steps(rows) if actor.everywhere else (),
        now=now,
    )


def _errands(visit: ReadingVisit) -> Iterable[Errand | None]:
    session, actor, now = visit.session, visit.actor, visit.now
    alone = waiting.alone(session, actor, now=now)
    yield _if(alone, "/desk?alone=1", plural(alone, "draft"), "that only a coordinator can decide on")
    ready = galleries_desk.to_look_at(session, actor)
    yield _if(ready, "/desk/galleries", plural(ready, "gallery", "galleries"), "to look at")
    meets = introductions_desk.counts(session, actor, now=now).get("suggested", 0)
    yield _if(meets, "/desk/introductions", plural(meets, "introduction"), "to decide on")
    needs = requests_desk.counts(session, actor).get(RequestState.OPEN.value, 0)
    yield _if(needs, "/desk/requests", plural(needs, "request"), "that nobody has answered")
    keys = credentials.ending(session, actor, now=now)
    yield _if(keys, "/desk/settings/keys", plural(keys, "key"), "with little time left, or none: see to new ones")
    for one in calibration.still_to_do(session, actor):
        href = f"/desk/challenges/{quote(one.challenge, safe='')}/calibration"
        left = f"{plural(one.left, 'piece')} to judge" if one.left else "calibration"
        yield Errand(href, f"{one.title}: {left} before {plural(one.waiting, 'draft')}")
    checks = len(spot_checks.due(session, actor, now=now))
    yield _if(checks, "/desk/spot-checks", plural(checks, "piece of work", "pieces of work"), "for your second reading")


def _if(count: int, href: str, what: str, why: str) -> Errand | None:
    return Errand(href, f"{what} {why}") if count else None


def _silent(rows: Iterable[ChallengeRow]) -> Iterable[Silent]:
    """In counts and never as shares; those first that lack most."""
    for row in sorted(rows, key=lambda row: row.submitted - row.set_to):
        missing = row.set_to - row.submitted
        if missing > 0 and row.submitted:
            base = f"/desk/challenges/{quote(row.challenge.external_id, safe='')}"
            yield Silent(base, row.challenge.title, f"{missing} of {row.set_to} have not handed in")


def _steps(rows: list[ChallengeRow]) -> tuple[FirstStep, ...]:
    """Until feedback was given to somebody."""
    if any(row.answered for row in rows):
        return ()
    learners = max((row.set_to for row in rows), default=0)
    return (
        FirstStep("/desk/groups", "Make groups, and add the people who learn and who facilitate", learners > 0),
        FirstStep("/desk/context/new", "Put in a document of your own: a handbook, a plan, an example", False),
        FirstStep("/desk/challenges/new", "Write a challenge, with what a good answer does", bool(rows)),
        FirstStep("/desk/people", "Invite learners, who hand in", any(row.submitted for row in rows)),
        FirstStep("/desk", "Read the first drafts, and approve what is right", False),
    )
