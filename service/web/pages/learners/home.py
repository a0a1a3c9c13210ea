"""The learner's pages: what there is to do, a challenge to answer, and next steps."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Form
from pydantic import AfterValidator, BaseModel, Field

from pipelines.values import AI
from service.actions.learners import calendar as learners_calendar
from service.actions.learners import commitments
from service.actions.learners import home as learners_home
from service.actions.learners.commitments import CommitmentWish
from service.actions.learners.home import Task
from service.actions.work import files, submit
from service.actions.work.submit import SubmissionWish
from service.domain.access.keys import KeyScope
from service.domain.calendar import calendar
from service.domain.errors import PeerloomError
from service.domain.files import MOST_FILES
from service.store.tables import CommitmentOutcome, WorkFile
from service.web import errors
from service.web.fields import ExternalId, Id, Language, Note, OwnId, Work, typed
from service.web.files import FileBody, FileChosen
from service.web.needs import needs
from service.web.pages.learners.views import OUTCOMES, HomePage, TaskAgainPage, TaskPage, allowed
from service.web.pages.routes import FilePageRoute, Shown, pages
from service.web.pages.views import Download, Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()
file_router = pages(FilePageRoute)


TypedNote = Annotated[Note, AfterValidator(typed)]
TypedWork = Annotated[Work, AfterValidator(typed)]
Day = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
Back = Annotated[str, Field(pattern=r"^/learn([/?][^\s\\]*)?$", max_length=2_000)]


class HandIn(BaseModel):
    """A solution, as typed. `submission` is made up before, so that a form sent twice hands in once."""

    submission: Id
    text: TypedWork = ""
    language: Language = ""
    ai: AI = AI.ANY
    group: Annotated[str, Field(max_length=255)] = ""
    files: Annotated[list[OwnId], Field(max_length=50)] = []
    read: Annotated[str, Field(max_length=20)] = ""  # not handed in yet: only a file is to be read


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
def show_home(visit: ReadingVisit) -> PageView:
    home = learners_home.home(visit.session, visit.actor, now=visit.now)
    return HomePage(home, OUTCOMES, visit.now.date().isoformat(), visit.now)


@router.get("/learn/challenges/{id}")
def show_task(visit: ReadingVisit, id: ExternalId) -> PageView:
    task = learners_home.task(visit.session, visit.actor, id, now=visit.now)
    latest, new_id = task.latest, task.submission or f"own-{secrets.token_hex(12)}"
    typed = (latest.text, latest.language) if latest else ("", "")
    return TaskPage(task, new_id, allowed(task.ai), *typed, task.ai.value, "", "")


@file_router.post("/learn/challenges/{id}")
@needs(KeyScope.SUBMIT)
def hand_in(visit: WritingVisit, id: ExternalId, form: Annotated[HandIn, Form()], file: FileChosen) -> PageView | Goto:
    task = learners_home.task(visit.session, visit.actor, id, now=visit.now)
    if file is not None or form.read:
        return _with_file(visit, task, form, file)
    if not form.text.strip() and not form.files:
        return _again(
            task, form, files.waiting(visit.session, visit.actor, form.files), "Please write something first."
        )
    wish = SubmissionWish(
        id,
        task.person,
        form.text,
        language=form.language,
        ai=form.ai,
        group=form.group or None,
        files=tuple(form.files),
    )
    most = visit.services.limits.hand_ins
    done = submit.submit(visit.session, visit.actor, form.submission, wish, now=visit.now, most=most)
    return Goto(f"/learn/work/{quote(form.submission, safe='')}", said="handed-in" if done.changed else "same-text")


def _with_file(visit: WritingVisit, task: Task, form: HandIn, file: FileBody | PeerloomError | None) -> PageView:
    """The form again, with what was read from a file below what was typed, to be looked at before it is handed in."""
    there = files.waiting(visit.session, visit.actor, form.files)
    if file is None:
        return _again(task, form, there, "Choose a file first.")
    if isinstance(file, PeerloomError):
        return _again(task, form, there, file.detail)
    if len(there) >= MOST_FILES:
        return _again(task, form, there, f"At most {MOST_FILES} files go with one answer.")
    with errors.Caught(PeerloomError) as caught:
        row = files.keep(visit.session, visit.actor, task.person, file.name, file.sent, file.read, now=visit.now)
        text = form.text if row in there else "\n\n".join(one for one in (form.text.strip("\n"), row.text) if one)
        typed = (text, form.language, form.ai.value, form.group)
        all_ = there if row in there else [*there, row]
        return TaskPage(task, form.submission, allowed(task.ai), *typed, files=all_, read=row.name)
    assert isinstance(caught.error, PeerloomError)  # noqa: S101 - else the page was returned
    return _again(task, form, there, caught.error.detail)


def _again(task: Task, form: HandIn, there: Sequence[WorkFile], problem: str) -> PageView:
    typed = (form.text, form.language, form.ai.value, form.group)
    return TaskAgainPage(task, form.submission, allowed(task.ai), *typed, problem, there)


@router.post("/learn/steps")
def commit_to(visit: WritingVisit, form: Annotated[CommitmentSent, Form()]) -> Goto:
    wish = CommitmentWish(form.text, commitments.day(form.due_on), form.submission or None, form.point)
    me = learners_home.me(visit.session, visit.actor)
    commitments.make(visit.session, visit.actor, me, wish, now=visit.now)
    return Goto(form.back, said="step-kept")


@router.post("/learn/steps/{id}/outcome")
def say_outcome(visit: WritingVisit, id: OwnId, form: Annotated[CommitmentOutcomeSent, Form()]) -> Goto:
    commitments.tell_outcome(visit.session, visit.actor, id, form.outcome, said=form.said, now=visit.now)
    return Goto(form.back, said="step-told")


@router.get("/learn/calendar.ics")
def take_days_along(visit: ReadingVisit) -> Shown:
    """Next steps as a file for a calendar."""
    here = visit.services.public_url  # without it nobody knows where a link would lead
    url = f"{here}/learn" if here else ""
    days = learners_calendar.due_days(visit.session, visit.actor, url=url, now=visit.now)
    host = urlsplit(here).hostname or "localhost"
    return Download("my-next-steps.ics", "text/calendar; charset=utf-8", calendar(days, host=host))
