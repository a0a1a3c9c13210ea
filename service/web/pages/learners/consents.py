"""The learner's pages: what a learner allows, and everything about them to take along."""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import Form
from pydantic import BaseModel

from pipelines.values import AI
from service.actions.learners import guard, home, own_data
from service.actions.people import register
from service.actions.people.register import ConsentWish
from service.domain.visibility import ShowWork
from service.store.tables import Organization
from service.web.pages import rendering
from service.web.pages.learners.views import AI_CHOICES, SHOW_CHOICES, ConsentsPage, DataPage
from service.web.pages.routes import pages
from service.web.pages.views import Download, Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()


class Allowed(BaseModel):
    """What is allowed, all of it."""

    show_work: ShowWork
    introduce: bool
    ai: AI


@router.get("/learn/consents")
def show_consents(visit: ReadingVisit) -> PageView:
    me = home.me(visit.session, visit.actor)
    person = guard.person_of(visit.session, visit.actor, me)
    history = tuple(register.consent_history(visit.session, person))
    return ConsentsPage(person.consent, SHOW_CHOICES, AI_CHOICES, history)


@router.post("/learn/consents")
def set_consents(visit: WritingVisit, form: Annotated[Allowed, Form()]) -> Goto:
    wish = ConsentWish(form.show_work, form.introduce, form.ai)
    register.set_consent(visit.session, visit.actor, home.me(visit.session, visit.actor), wish, now=visit.now)
    return Goto("/learn/consents", said="consents-kept")


@router.get("/learn/data")
def show_data(visit: ReadingVisit) -> PageView:
    home.me(visit.session, visit.actor)
    return DataPage()


OWN_DATA: Final = (
    ("person", "You"),
    ("consents", "What you allow"),
    ("consent_history", "What you allowed before"),
    ("submissions", "Your work, and the feedback on it"),
    ("reactions", "What you said of feedback"),
    ("asks", "What you asked, and what was answered"),
    ("commitments", "Your next steps"),
    ("readings", "When you opened feedback"),
    ("reminders", "What you were reminded of"),
    ("notifications", "What you were told of, and when it was mailed"),
    ("requests", "What you asked others for"),
    ("introductions", "Whom you were asked to meet"),
    ("galleries", "What you read of others"),
    ("shown_to_others", "What others read of yours"),
    ("disclosures", "Every showing of your work"),
)


@router.get("/learn/data/data.html")
def download_readable(visit: ReadingVisit) -> Download:
    me = home.me(visit.session, visit.actor)
    data = own_data.own_data(visit.session, visit.actor, me, now=visit.now)
    name = visit.session.get_one(Organization, visit.actor.organization).name
    text = rendering.document("learners/own_data.jinja", data=data, parts=OWN_DATA, organization=name)
    return Download("my-peerloom-data.html", "text/html; charset=utf-8", text)


@router.get("/learn/data/download")
def download_data(visit: ReadingVisit) -> Download:
    me = home.me(visit.session, visit.actor)
    data = own_data.own_data(visit.session, visit.actor, me, now=visit.now)
    return Download("my-peerloom-data.json", "application/json", json.dumps(data, ensure_ascii=False, indent=2))
