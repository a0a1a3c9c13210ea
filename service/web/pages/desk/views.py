"""The contexts of the desk's pages around one draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from pipelines.values import PointKind, Standing
from service.actions.decisions.hand_over import Colleague
from service.actions.desk.draft import DeskDraft
from service.actions.learners.asks import AskSeen
from service.domain.clarifying import Question
from service.domain.worddiff import Piece
from service.web.errors import KINDS
from service.web.pages.views import View

POINT_KINDS = tuple(PointKind)
STANDINGS = tuple(Standing)

STATES: Mapping[str, str] = {
    "waiting": "waits for the machine",
    "drafting": "is being drafted",
    "ready": "waits for you",
    "stuck": "needs a person",
    "approved": "approved",
    "released": "released",
    "declined": "no feedback given",
    "retracted": "taken back",
    "superseded": "a later revision came",
    "withdrawn": "withdrawn by the learner",
}

ACTS: Mapping[str, str] = {
    "accept": "accepted a point",
    "edit": "edited a point",
    "dismiss": "dismissed a point",
    "add": "added a point",
    "summary": "changed the summary",
    "judge": "judged how it stands",
    "approve": "approved it",
    "undo": "undid the approval",
    "decline": "gave no feedback",
    "reopen": "looked at it again",
    "redraft": "had it drafted anew",
    "write": "took it over to write by hand",
    "retract": "took the feedback back",
    "hand_over": "handed it over",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What was just done to another draft, and how to undo it."""

    id: str
    version: int
    state: str
    words: str
    person: str
    undo: str
    release_at: datetime | None
    seconds: int


@dataclass(frozen=True)
class DraftPage(View):
    """One draft, to decide on. `pulse` is a mark of what is shown; `decided` is the point that was just decided on, and
    `reach` in how many other drafts the same would fit."""

    template: ClassVar[str] = "desk/draft.html"
    draft: DeskDraft
    now: datetime
    trail: str
    pulse: str
    state_words: str
    done: Done | None
    waiting: int
    decided: str
    reach: int
    alike: int
    asks: tuple[AskSeen, ...]
    question: Question | None
    colleagues: tuple[Colleague, ...]
    reasons: Mapping[str, str]
    act_words: Mapping[str, str] = field(default_factory=lambda: ACTS)
    kinds: tuple[PointKind, ...] = POINT_KINDS
    standings: tuple[Standing, ...] = STANDINGS


@dataclass(frozen=True)
class DraftConflictPage(View):
    """Somebody decided on this draft meanwhile: what stands there now, beside what was about to be done.

    `action` and `fields` are the form as it was sent; `again` is False where the new text must be read first.
    """

    template: ClassVar[str] = "decisions/conflict.html"
    status: ClassVar[int] = KINDS["changed-since"].status
    draft: DeskDraft
    now: datetime
    trail: str
    action: str
    fields: tuple[tuple[str, str], ...]
    what: str
    typed: str
    stands: str
    edits: tuple[Piece, ...]
    again: bool
