"""Spot checks: what one is asked to read a second time, the judging of it, and how the two readers compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from fastapi import Form
from pydantic import BaseModel, ConfigDict, Field

from pipelines.values import Standing
from service.actions.overview import spot_checks
from service.actions.overview.spot_checks import Due, MadeSpotCheck
from service.web.fields import DraftId, Line
from service.web.pages.overview.views import AS_A_WHOLE, STANDINGS
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()


@dataclass(frozen=True)
class SpotChecksPage(PageView):
    """What waits for a second pair of eyes."""

    template: ClassVar[str] = "overview/spot_checks.html"
    due: tuple[Due, ...]
    every: int


class SpotSent(BaseModel):
    """How the work stands on each criterion: keys, and in the same order judgements, of which empty ones are none."""

    model_config = ConfigDict(frozen=True)

    key: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=50)] = []
    judged: Annotated[list[Standing | Literal[""]], Field(max_length=50)] = []
    whole: Standing | Literal[""] = ""
    note: Line = ""

    def judgements(self) -> dict[str, Standing]:
        return {key: Standing(one) for key, one in zip(self.key, self.judged, strict=False) if one}


@dataclass(frozen=True)
class SpotCheckPage(PageView):
    """Work to be judged, without a word of what the first facilitator thought."""

    template: ClassVar[str] = "overview/spot_check.html"
    due: Due
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Both:
    """What the two said of one thing, in words."""

    text: str
    first: str
    second: str

    @property
    def same(self) -> bool:
        return self.first == self.second

    @property
    def compares(self) -> bool:
        return NOTHING not in (self.first, self.second)


@dataclass(frozen=True)
class SpotCheckedPage(PageView):
    """The two readings beside each other."""

    template: ClassVar[str] = "overview/spot_checked.html"
    draft: str
    title: str
    first: str
    both: tuple[Both, ...]
    more: int
    note: str


NOTHING = "did not say"
CHOICES = tuple((standing.value, words) for standing, words in STANDINGS.items())


@router.get("/desk/spot-checks")
def list_spot_checks(visit: ReadingVisit) -> PageView:
    due = spot_checks.due(visit.session, visit.actor, now=visit.now)
    return SpotChecksPage(tuple(due), spot_checks.every(visit.session, visit.actor.organization))


@router.get("/desk/spot-checks/{id}")
def show_spot_check(visit: ReadingVisit, id: DraftId) -> PageView:
    due = spot_checks.work(visit.session, visit.actor, id, now=visit.now)
    return SpotCheckPage(due, CHOICES)


@router.post("/desk/spot-checks/{id}")
def make_spot_check(visit: WritingVisit, id: DraftId, sent: Annotated[SpotSent, Form()]) -> Goto:
    standing, criteria = sent.whole or None, sent.judgements()
    spot_checks.check(
        visit.session, visit.actor, id, standing=standing, criteria=criteria, note=sent.note, now=visit.now
    )
    return Goto(f"/desk/spot-checks/{id}/compared")


@router.get("/desk/spot-checks/{id}/compared")
def compare_spot_check(visit: ReadingVisit, id: DraftId) -> PageView:
    made = spot_checks.made(visit.session, visit.actor, id)
    more = spot_checks.due(visit.session, visit.actor, now=visit.now)
    return SpotCheckedPage(id, made.challenge.title, made.first, _both(made), len(more), made.row.note)


def _both(made: MadeSpotCheck) -> tuple[Both, ...]:
    row = made.row
    pairs = [
        (criterion.text, row.first_judgements.get(criterion.key), row.second_judgements.get(criterion.key))
        for criterion in made.challenge.criteria
    ]
    whole = (AS_A_WHOLE, row.first_standing, row.second_standing)
    return tuple(Both(text, _word(first), _word(second)) for text, first, second in (*pairs, whole))


def _word(standing: str | None) -> str:
    return STANDINGS[Standing(standing)] if standing else NOTHING
