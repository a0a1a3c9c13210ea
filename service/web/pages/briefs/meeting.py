"""A meeting brief on a challenge: to read, to print, to take along. Shows; what may be quoted is decided elsewhere.

The brief is there at once, in the words that it was found in. A model's words are asked for by a button and made by a
job; each line that stands in them is marked, and its passages stand beside it as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Literal
from urllib.parse import quote

from fastapi import Form

from pipelines.approaches import ApproachPlace
from pipelines.briefs.making import Tally, labels
from service.actions.briefs import meeting, wording
from service.actions.briefs.meeting import Prepared
from service.actions.briefs.shown import shown
from service.domain.errors import Unavailable
from service.store.tables import WordingState
from service.web.fields import ExternalId, Name
from service.web.pages.overview.challenge import GroupChosen
from service.web.pages.overview.views import Head, head
from service.web.pages.routes import pages
from service.web.pages.views import Download, Goto, PageView
from service.web.pages.visits import AskingVisit, WritingVisit

router = pages()


@dataclass(frozen=True, slots=True)
class Quoted:
    """A passage, whose draft it is of, and its author's name; empty where the author shows it without."""

    text: str
    draft: str
    name: str


@dataclass(frozen=True, slots=True)
class BriefLineDrawn:
    """What is said, and whether a model worded it; as the brief was found in it may be empty."""

    text: str
    by_model: bool


@dataclass(frozen=True, slots=True)
class BriefApproachDrawn:
    """An approach; `quoted` is empty or one passage."""

    title: BriefLineDrawn
    count: int
    quoted: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """Two passages that oppose, and in which way."""

    held: BriefLineDrawn
    criterion: str
    quoted: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class MeetingQuestionDrawn:
    """A question worth the time, and the passages it comes from."""

    asks: BriefLineDrawn
    quoted: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody to call on."""

    name: str
    why: BriefLineDrawn
    quoted: Quoted


@dataclass(frozen=True, slots=True)
class InWords:
    """How it stands with a model's words: lines that are in them, those that could be and are not, and by which model.
    `offered`: they can be asked for now. `trouble`: why nothing came of it the last time, or empty."""

    count: int
    kept: int
    model: str
    at: datetime | None
    waits: bool
    changed: bool
    trouble: str
    offered: bool
    action: str
    here: str
    group: str


@dataclass(frozen=True)
class BriefPage(PageView):
    """What a facilitator takes into a meeting."""

    template: ClassVar[str] = "briefs/meeting.html"
    head: Head
    labels: Mapping[str, str]
    download: str
    works: int
    quotable: int
    barred: int
    beyond: int
    missing: int
    ways: tuple[BriefApproachDrawn, ...]
    tallies: tuple[Tally, ...]
    untold: tuple[str, ...]
    have: tuple[str, ...]
    lack: tuple[str, ...]
    sides: tuple[Sides, ...]
    questions: tuple[MeetingQuestionDrawn, ...]
    called: tuple[Called, ...]
    open: tuple[tuple[str, str], ...]
    in_words: InWords


WHERE = {"waiting": "/desk", "questions": "/desk", "requests": "/desk/requests"}
"""Where a facilitator answers what is open."""


def brief_page(seen: Prepared, *, model: bool = False) -> BriefPage:
    """`model`: whether there is one to word it."""
    made, top, said = seen.made, head(seen.lens, seen.groups, "/brief"), labels(seen.made.language)
    text = {tally.criterion.id: tally.criterion.text for tally in made.tallies}
    shown = _Shown(seen)
    return BriefPage(
        head=top,
        labels=said,
        download=f"{top.path}.md" + (f"?group={quote(top.chosen, safe='')}" if top.chosen else ""),
        works=made.works,
        quotable=seen.quotable,
        barred=seen.barred,
        beyond=seen.beyond,
        missing=seen.open.missing,
        ways=tuple(
            BriefApproachDrawn(
                shown.line(f"a{at}", said["named"].format(label=one.label)),
                len(one.members),
                shown.all(*_one(one.representative)),
            )
            for at, one in enumerate(made.approaches, 1)
        ),
        tallies=tuple(one for one in made.tallies if one.told),
        untold=tuple(one.criterion.text for one in made.tallies if not one.told),
        have=tuple(text[id_] for id_ in made.most_have),
        lack=tuple(text[id_] for id_ in made.most_lack),
        sides=tuple(
            Sides(shown.line(f"t{at}", said[one.kind]), text.get(one.criterion, ""), shown.all(one.one, one.other))
            for at, one in enumerate(made.tensions, 1)
        ),
        questions=tuple(
            MeetingQuestionDrawn(shown.line(f"q{at}", one.text), shown.all(*one.places))
            for at, one in enumerate(made.questions, 1)
        ),
        called=tuple(
            Called(seen.names[one.person], shown.line(f"p{at}", one.why), shown.all(one.place)[0])
            for at, one in enumerate(made.call_on, 1)
            if one.person in seen.names
        ),
        open=tuple((need.text, WHERE[need.id]) for need in made.unanswered),
        in_words=_in_words(seen, top, model),
    )


def _one(place: ApproachPlace | None) -> tuple[ApproachPlace, ...]:
    return (place,) if place else ()


def _in_words(seen: Prepared, top: Head, model: bool) -> InWords:
    worded = seen.worded
    waits = worded.state is WordingState.ASKED
    return InWords(
        count=len(worded.lines),
        kept=worded.kept,
        model=worded.model,
        at=worded.at,
        waits=waits,
        changed=bool(worded.at) and not worded.fits,
        trouble=worded.reason if worded.state is WordingState.NONE else "",
        offered=model and not waits and bool(seen.items),
        action=f"{top.path}/wording",
        here=f"{top.path}?group={quote(top.chosen, safe='')}" if top.chosen else top.path,
        group=top.chosen,
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """Lines and passages as they are shown."""

    seen: Prepared

    def all(self, *places: ApproachPlace) -> tuple[Quoted, ...]:
        return tuple(Quoted(one.quote, one.work, self.seen.authors.get(one.work, "")) for one in places)

    def line(self, id_: str, found: str) -> BriefLineDrawn:
        worded = self.seen.worded.lines
        return BriefLineDrawn(worded.get(id_, found), id_ in worded)


def _prepared(visit: AskingVisit, id: str, group: str) -> Prepared:
    if visit.services.brief is None:
        raise Unavailable("Briefs are not set up in this process.")
    found = visit.services.brief(visit.actor, id, group=group or None)
    visit.disclose(shown(visit.actor, found))
    return found


@router.get("/desk/challenges/{id}/brief")
def show_brief(visit: AskingVisit, id: ExternalId, group: GroupChosen = "") -> PageView:
    return brief_page(_prepared(visit, id, group), model=bool(visit.services.model))


@router.post("/desk/challenges/{id}/brief/wording")
def word_brief(visit: WritingVisit, id: ExternalId, group: Annotated[Name | Literal[""], Form()] = "") -> Goto:
    there = bool(visit.services.model)
    wording.ask(visit.session, visit.actor, id, group=group or None, model=there, now=visit.now)
    path = f"/desk/challenges/{quote(id, safe='')}/brief"
    return Goto(path, "brief-asked", {"group": group} if group else {})


@router.get("/desk/challenges/{id}/brief.md")
def take_brief(visit: AskingVisit, id: ExternalId, group: GroupChosen = "") -> Download:
    text = meeting.markdown(_prepared(visit, id, group))
    return Download("meeting-brief.md", "text/markdown; charset=utf-8", text)
