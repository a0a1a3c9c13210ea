"""A meeting brief on a challenge: to read, to print, to take along. Shows; what may be quoted is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from pipelines.approaches import Place
from pipelines.brief import CallOn, Question, Tally
from service.actions import meeting_brief
from service.actions.meeting_brief import Prepared
from service.domain.errors import Unavailable
from service.web.api.params import ExternalId
from service.web.pages.overview import Chosen
from service.web.pages.overview_views import Head, head
from service.web.pages.routes import pages
from service.web.pages.views import Download, View
from service.web.pages.visits import Asking

router = pages()


@dataclass(frozen=True, slots=True)
class Quoted:
    """A passage, whose draft it is of, and its author's name; empty where the author shows it without."""

    text: str
    draft: str
    name: str


@dataclass(frozen=True, slots=True)
class Way:
    """An approach; `quoted` is empty or one passage."""

    words: tuple[str, ...]
    count: int
    quoted: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """Two passages that oppose; `opposite`: in words, else only in how they were judged."""

    opposite: bool
    criterion: str
    quoted: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question worth the time, and the passages it comes from."""

    text: str
    quoted: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody to call on."""

    name: str
    why: str
    quoted: Quoted


@dataclass(frozen=True)
class BriefPage(View):
    """What a facilitator takes into a meeting."""

    template: ClassVar[str] = "overview/brief.html"
    head: Head
    download: str
    works: int
    quotable: int
    barred: int
    beyond: int
    missing: int
    ways: tuple[Way, ...]
    tallies: tuple[Tally, ...]
    have: tuple[str, ...]
    lack: tuple[str, ...]
    sides: tuple[Sides, ...]
    questions: tuple[Asked, ...]
    called: tuple[Called, ...]
    open: tuple[tuple[str, str], ...]


WHERE = {"waiting": "/desk", "questions": "/desk", "requests": "/desk/requests"}
"""Where a facilitator answers what is open."""


def brief_page(seen: Prepared) -> BriefPage:
    made, top = seen.made, head(seen.lens, seen.groups, "/brief")
    text = {tally.criterion.id: tally.criterion.text for tally in made.tallies}
    shown = _Shown(seen)
    return BriefPage(
        head=top,
        download=f"{top.path}.md" + (f"?group={quote(top.chosen, safe='')}" if top.chosen else ""),
        works=made.works,
        quotable=seen.quotable,
        barred=seen.barred,
        beyond=seen.beyond,
        missing=seen.open.missing,
        ways=tuple(
            Way(one.words, len(one.members), shown.all([one.representative] if one.representative else []))
            for one in made.approaches
        ),
        tallies=made.tallies,
        have=tuple(text[id_] for id_ in made.most_have),
        lack=tuple(text[id_] for id_ in made.most_lack),
        sides=tuple(
            Sides(one.kind == "opposite", text.get(one.criterion, ""), shown.all([one.one, one.other]))
            for one in made.tensions
        ),
        questions=tuple(_asked(one, shown) for one in made.questions),
        called=tuple(_called(one, seen, shown) for one in made.call_on if one.person in seen.names),
        open=tuple((need.text, WHERE[need.id]) for need in made.unanswered),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """Passages as they are shown."""

    seen: Prepared

    def all(self, places: Sequence[Place]) -> tuple[Quoted, ...]:
        return tuple(Quoted(one.quote, one.work, self.seen.authors.get(one.work, "")) for one in places)


def _asked(one: Question, shown: _Shown) -> Asked:
    return Asked(one.text, shown.all(one.places))


def _called(one: CallOn, seen: Prepared, shown: _Shown) -> Called:
    return Called(seen.names[one.person], one.why, shown.all([one.place])[0])


def _prepared(visit: Asking, id: str, group: str) -> Prepared:
    if visit.services.brief is None:
        raise Unavailable("Briefs are not set up in this process.")
    return visit.services.brief(visit.actor, id, group=group or None)


@router.get("/desk/challenges/{id}/brief")
def show_brief(visit: Asking, id: ExternalId, group: Chosen = "") -> View:
    return brief_page(_prepared(visit, id, group))


@router.get("/desk/challenges/{id}/brief.md")
def take_brief(visit: Asking, id: ExternalId, group: Chosen = "") -> Download:
    text = meeting_brief.markdown(_prepared(visit, id, group))
    return Download("meeting-brief.md", "text/markdown; charset=utf-8", text)
