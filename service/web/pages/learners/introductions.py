"""A person's own introductions: the question, the answer, and how it went."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from pydantic import BaseModel

from service.actions.introductions import answers
from service.actions.introductions import own as introductions_own
from service.actions.learners import home
from service.actions.people import register
from service.domain.introductions import OwnIntroductionState
from service.store.tables import IntroductionUseful
from service.web.fields import IntroductionId, Line
from service.web.pages.introductions.views import OwnIntroductionsPage
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()


class IntroductionAnswerSent(BaseModel):
    """Yes or no."""

    yes: bool


class ReportSent(BaseModel):
    """Did you meet, was it useful?"""

    met: bool
    useful: IntroductionUseful | None = None
    note: Line = ""


class AllowSent(BaseModel):
    """May I be introduced?"""

    introduce: bool


@router.get("/learn/introductions")
def show_introductions(visit: ReadingVisit) -> PageView:
    own = introductions_own.mine(visit.session, visit.actor, now=visit.now)
    return OwnIntroductionsPage(
        open_to=own.open_to,
        questions=own.seen_as(OwnIntroductionState.QUESTION),
        waiting=own.seen_as(OwnIntroductionState.WAITING),
        together=own.seen_as(OwnIntroductionState.TOGETHER),
    )


@router.post("/learn/introductions/{id}/answer")
def answer(visit: WritingVisit, id: IntroductionId, sent: Annotated[IntroductionAnswerSent, Form()]) -> Goto:
    answers.answer(visit.session, visit.actor, id, yes=sent.yes, now=visit.now)
    return Goto("/learn/introductions", said="said-yes" if sent.yes else "said-no")


@router.post("/learn/introductions/{id}/report")
def report(visit: WritingVisit, id: IntroductionId, sent: Annotated[ReportSent, Form()]) -> Goto:
    answers.report(visit.session, visit.actor, id, met=sent.met, useful=sent.useful, note=sent.note, now=visit.now)
    return Goto("/learn/introductions", said="reported")


@router.post("/learn/introductions/allow")
def allow(visit: WritingVisit, sent: Annotated[AllowSent, Form()]) -> Goto:
    me = home.me(visit.session, visit.actor)
    wish = register.ConsentWish(introduce=sent.introduce)
    register.set_consent(visit.session, visit.actor, me, wish, now=visit.now)
    return Goto("/learn/introductions", said="consents-kept")
