"""A facilitator's phrases: to keep and to let go, and as a list for the script that inserts them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import Form
from pydantic import BaseModel, Field

from service.actions.people import directory
from service.actions.people.directory import GroupChoice
from service.actions.phrases import kept
from service.actions.phrases.kept import PhraseSeen
from service.web.fields import OwnId, typed
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Download, Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()


@dataclass(frozen=True)
class PhrasesPage(PageView):
    """All phrases that one may use, and a form for another."""

    template: ClassVar[str] = "phrases/list.html"
    phrases: tuple[PhraseSeen, ...]
    groups: tuple[GroupChoice, ...]
    longest: int


class PhraseSent(BaseModel):
    """Words to keep, as typed."""

    text: Annotated[str, Field(max_length=4_000)] = ""
    group: Annotated[str, Field(max_length=255)] = ""


@router.get("/desk/phrases")
def show_phrases(visit: ReadingVisit) -> Shown:
    groups = directory.tree(visit.session, visit.actor)
    return PhrasesPage(kept.phrases(visit.session, visit.actor), groups, kept.LONGEST)


@router.get("/desk/phrases/list.json")
def list_phrases(visit: ReadingVisit) -> Shown:
    found = [{"text": one.text, "whose": one.group or ""} for one in kept.phrases(visit.session, visit.actor)]
    return Download("phrases.json", "application/json", json.dumps(found, ensure_ascii=False))


@router.post("/desk/phrases")
def keep_phrase(visit: WritingVisit, form: Annotated[PhraseSent, Form()]) -> Shown:
    kept.keep(visit.session, visit.actor, typed(form.text), group=form.group, now=visit.now)
    return Goto("/desk/phrases", said="phrase-kept")


@router.post("/desk/phrases/{id}/let-go")
def let_phrase_go(visit: WritingVisit, id: OwnId) -> Shown:
    kept.let_go(visit.session, visit.actor, id)
    return Goto("/desk/phrases", said="removed")
