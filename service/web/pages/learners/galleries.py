"""How others solved it, beside one's own; and that one's own work was shown to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar
from urllib.parse import quote

from fastapi import Form
from pydantic import BaseModel, Field

from service.actions.access.me import who_asks
from service.actions.learners import commitments, galleries
from service.actions.learners.disclosed import ShowingsAlike, alike, disclosed
from service.actions.learners.galleries import Others, ShownToOthers, ShownWork
from service.domain.texts.marking import Stretch, stretches
from service.store.tables import DisclosureKind
from service.web.fields import ExternalId, OwnId
from service.web.pages.learners.home import Day, TypedNote
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()

HERE = "/learn/work/{id}/others"

WAYS: Mapping[DisclosureKind, str] = {
    DisclosureKind.GALLERY: "beside others’ work, to a learner",
    DisclosureKind.REQUEST: "to a learner who asked for something like it",
    DisclosureKind.INTRODUCTION: "to somebody whom you may meet",
    DisclosureKind.BRIEF: "in a brief, for a meeting",
    DisclosureKind.DESK: "to a facilitator, beside a document or what somebody else had handed in or asked for",
    DisclosureKind.SEARCH: "to a facilitator who looked for work like it",
    DisclosureKind.EXPORT: "your name and whom you were introduced to, in a file for facilitators or coordinators",
    DisclosureKind.TABLE: "in a table that a facilitator or coordinator took along",
    DisclosureKind.MODEL: "to a model outside of your organization’s machines",
    DisclosureKind.LOCAL_MODEL: "to a model on the organization’s own machine",
}
"""In what it was shown, as its author reads it."""


@dataclass(frozen=True)
class OthersPage(PageView):
    """Own text and others', with what to compare. `works` are each with its text in stretches."""

    template: ClassVar[str] = "learners/others.html"
    others: Others
    own: tuple[Stretch, ...]
    works: tuple[tuple[ShownWork, tuple[Stretch, ...]], ...]
    today: str


@dataclass(frozen=True)
class ShownPage(PageView):
    """Own work that was shown to others, and thanks for it."""

    template: ClassVar[str] = "learners/shown.html"
    works: tuple[ShownToOthers, ...]
    disclosures: tuple[ShowingsAlike, ...]
    now: datetime
    ways: Mapping[DisclosureKind, str] = field(default_factory=lambda: WAYS)


class ThankSent(BaseModel):
    """Whose work, and whether the author may know who thanks."""

    item: OwnId
    named: bool = False


class TakeSent(BaseModel):
    """What is taken from it, and by when it is done, if it is to be a next step."""

    text: TypedNote = ""
    due_on: Day = ""


class ThankBackSent(BaseModel):
    """Which thanks, and whether the two want to know each other."""

    item: OwnId
    meet: Annotated[bool, Field()] = False


@router.get(HERE)
def show_others(visit: ReadingVisit, id: ExternalId) -> PageView:
    found = galleries.others(visit.session, visit.actor, id, now=visit.now)
    works = tuple((work, stretches(work.text, {1: list(work.marks)})) for work in found.works)
    own = stretches(found.own, {1: list(found.own_marks)})
    return OthersPage(found, own, works, visit.now.date().isoformat())


@router.post(HERE + "/ask")
def ask_for_others(visit: WritingVisit, id: ExternalId) -> Goto:
    galleries.ask(visit.session, visit.actor, id, now=visit.now)
    return _back(id, "others-asked")


@router.post(HERE + "/thanks")
def thank(visit: WritingVisit, id: ExternalId, form: Annotated[ThankSent, Form()]) -> Goto:
    galleries.thank(visit.session, visit.actor, id, form.item, named=form.named, now=visit.now)
    return _back(id, "thanked")


@router.post(HERE + "/take-away")
def take_away(visit: WritingVisit, id: ExternalId, form: Annotated[TakeSent, Form()]) -> Goto:
    day = commitments.day(form.due_on) if form.due_on else None
    galleries.take_away(visit.session, visit.actor, id, form.text, due_on=day, now=visit.now)
    return _back(id, "taken-away")


@router.get("/learn/shown")
def show_shown(visit: ReadingVisit) -> PageView:
    me = who_asks(visit.session, visit.actor).person or ""
    found = galleries.shown_to_others(visit.session, visit.actor, me)
    return ShownPage(tuple(found), tuple(alike(disclosed(visit.session, visit.actor, me))), visit.now)


@router.post("/learn/shown/thanks")
def thank_back(visit: WritingVisit, form: Annotated[ThankBackSent, Form()]) -> Goto:
    me = who_asks(visit.session, visit.actor).person or ""
    galleries.thank_back(visit.session, visit.actor, me, form.item, meet=form.meet, now=visit.now)
    return Goto("/learn/shown", "thanked-back")


def _back(id: str, said: str) -> Goto:
    return Goto(f"/learn/work/{quote(id, safe='')}/others", said)
