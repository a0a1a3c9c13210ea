"""The learner's pages: what there is to do, a challenge to answer, and next steps."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import quote

from fastapi import Form
from pydantic import AfterValidator, BaseModel, Field

from pipelines.values import AI
from service.actions.learners import commitments
from service.actions.learners import home as learners_home
from service.actions.learners.commitments import CommitmentWish
from service.actions.work import submit
from service.actions.work.submit import SubmissionWish
from service.store.tables import CommitmentOutcome
from service.web.fields import ExternalId, Id, Language, Note, OwnId, Work
from service.web.pages.learners.views import OUTCOMES, HomePage, TaskAgainPage, TaskPage, allowed
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import Reading, Writing

router = pages()


def _lines(text: str) -> str:
    """Browsers send line ends as two characters; a text that was not touched must stay the same text."""
    return text.replace("\r\n", "\n")


TypedNote = Annotated[Note, AfterValidator(_lines)]
TypedWork = Annotated[Work, AfterValidator(_lines)]
Day = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
Back = Annotated[str, Field(pattern=r"^/learn([/?][^\s\\]*)?$", max_length=2_000)]


class HandIn(BaseModel):
    """A solution, as typed. `submission` is made up before, so that a form sent twice hands in once."""

    submission: Id
    text: TypedWork = ""
    language: Language = ""
    ai: AI = AI.ANY
    group: Annotated[str, Field(max_length=255)] = ""


class CommitmentSent(BaseModel):
    """A next step, as typed."""

    text: TypedNote = ""
    due_on: Day = ""
    submission: Annotated[str, Field(max_length=255)] = ""
    point: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    back: Back = "/learn"


class CommitmentOutcomeSent(BaseModel):
    """What became of a next step."""

    outcome: CommitmentOutcome
    said: TypedNote = ""
    back: Back = "/learn"


@router.get("/learn")
def show_home(visit: Reading) -> PageView:
    home = learners_home.home(visit.session, visit.actor, now=visit.now)
    return HomePage(home, OUTCOMES, visit.now.date().isoformat(), visit.now)


@router.get("/learn/challenges/{id}")
def show_task(visit: Reading, id: ExternalId) -> PageView:
    task = learners_home.task(visit.session, visit.actor, id, now=visit.now)
    latest, new_id = task.latest, task.submission or f"own-{secrets.token_hex(12)}"
    typed = (latest.text, latest.language) if latest else ("", "")
    return TaskPage(task, new_id, allowed(task.ai), *typed, task.ai.value, "", "")


@router.post("/learn/challenges/{id}")
def hand_in(visit: Writing, id: ExternalId, form: Annotated[HandIn, Form()]) -> PageView | Goto:
    task = learners_home.task(visit.session, visit.actor, id, now=visit.now)
    if not form.text.strip():
        typed = (form.text, form.language, form.ai.value, form.group)
        return TaskAgainPage(task, form.submission, allowed(task.ai), *typed, "Please write something first.")
    wish = SubmissionWish(id, task.person, form.text, language=form.language, ai=form.ai, group=form.group or None)
    most = visit.services.limits.hand_ins
    done = submit.submit(visit.session, visit.actor, form.submission, wish, now=visit.now, most=most)
    return Goto(f"/learn/work/{quote(form.submission, safe='')}", said="handed-in" if done.changed else "same-text")


@router.post("/learn/steps")
def commit_to(visit: Writing, form: Annotated[CommitmentSent, Form()]) -> Goto:
    wish = CommitmentWish(form.text, commitments.day(form.due_on), form.submission or None, form.point)
    me = learners_home.me(visit.session, visit.actor)
    commitments.make(visit.session, visit.actor, me, wish, now=visit.now)
    return Goto(form.back, said="step-kept")


@router.post("/learn/steps/{id}/outcome")
def say_outcome(visit: Writing, id: OwnId, form: Annotated[CommitmentOutcomeSent, Form()]) -> Goto:
    commitments.tell_outcome(visit.session, visit.actor, id, form.outcome, said=form.said, now=visit.now)
    return Goto(form.back, said="step-told")
