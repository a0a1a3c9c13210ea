"""The review desk: one draft on one screen, and whatever waits next."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from service.actions.calibration import resting
from service.actions.decisions import hand_over
from service.actions.desk import around, others
from service.actions.desk import beside as desk_beside
from service.actions.desk import draft as desk_draft
from service.actions.learners import asks, progress
from service.actions.memory import clarifying
from service.actions.queue import alike
from service.actions.queue import progress as queue_progress
from service.web import files as web_files
from service.web.fields import DraftId, ExternalId, FileId, OwnId
from service.web.pages.decisions.words import REASONS
from service.web.pages.desk.views import DraftPage
from service.web.pages.following import uptake
from service.web.pages.queue import came_from
from service.web.pages.queue.calibrating import REASONS as REASONS_TO_JUDGE
from service.web.pages.queue.came_from import FromQueue
from service.web.pages.queue.done import done_with
from service.web.pages.queue.words import STATES
from service.web.pages.routes import Shown, pages
from service.web.pages.views import PageMark
from service.web.pages.visits import ReadingVisit

router = pages()

Other = Annotated[OwnId | None, Query()]


@router.get("/desk/drafts/{id}")
def show_draft(visit: ReadingVisit, id: DraftId, trail: FromQueue, done: Other = None, decided: Other = None) -> Shown:
    session, actor, now = visit.session, visit.actor, visit.now
    draft = desk_draft.show(session, actor, id, now=now)
    visit.disclose(others.on_page(session, actor, draft))
    beside = desk_beside.beside(session, actor, id)
    number = draft.revision
    changes = progress.changes(session, actor, draft.submission, after=number) if beside.earlier else None
    return DraftPage(
        draft=draft,
        now=now,
        trail=came_from.of(visit),
        pulse=around.pulse(session, actor, id, now=now),
        state_words=STATES[draft.state.value],
        done=done_with(session, actor, done, now) if done else None,
        progress=queue_progress.progress(session, actor, trail.filter, skip=trail.skip, now=now),
        beside=beside,
        pieces=changes.pieces if changes else (),
        became=uptake.all_became(changes, "".join(one.text for one in draft.text)) if changes else (),
        decided=decided or "",
        reach=around.reach(session, actor, id, decided) if decided else 0,
        alike=alike.count(session, actor, id),
        asks=tuple(asks.asks_open(session, actor, draft=id)),
        asked=clarifying.challenge_questions(session, actor, draft.challenge),
        colleagues=tuple(hand_over.colleagues(session, actor, id)),
        reasons=REASONS,
        calibration=(calibration := resting.of_draft(session, actor, id)),
        piece_words=REASONS_TO_JUDGE[calibration.reason] if calibration.reason else "",
        model=bool(visit.services.model),
    )


@router.get("/desk/work/{id}/files/{file}")
def file_of_work(visit: ReadingVisit, id: ExternalId, file: FileId) -> Shown:
    return web_files.of_work(visit.session, visit.actor, id, file)


@router.get("/desk/drafts/{id}/pulse")
def pulse_of_draft(visit: ReadingVisit, id: DraftId) -> Shown:
    return PageMark(around.pulse(visit.session, visit.actor, id, now=visit.now))
