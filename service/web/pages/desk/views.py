"""The contexts of the desk's pages around one draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from pipelines.values import PointKind, Standing
from service.actions.calibration.resting import OfCalibration
from service.actions.decisions.hand_over import Colleague
from service.actions.desk.beside import DraftBeside
from service.actions.desk.draft import DeskDraft
from service.actions.learners.asks import AskSeen
from service.actions.memory.clarifying import ChallengeQuestions
from service.actions.queue.progress import QueueProgress
from service.domain.texts.worddiff import DiffPiece
from service.web.pages.decisions.words import ACTS
from service.web.pages.following.uptake import BECAME, PointBecameDrawn
from service.web.pages.queue.done import Done
from service.web.pages.views import PageView

POINT_KINDS = tuple(PointKind)
VERDICTS = ((Standing.MET, "m"), (Standing.PARTLY, "p"), (Standing.NOT_YET, "l"))
"""What a person can say of a criterion, each with its key."""


@dataclass(frozen=True)
class DraftPage(PageView):
    """One draft, to decide on. `pulse` is a mark of what is shown; `decided` is the point that was just decided on, and
    `reach` in how many other drafts the same would fit. `pieces` and `became` tell what changed since the version
    before, and what became of the points that were released on it."""

    template: ClassVar[str] = "desk/draft.html"
    draft: DeskDraft
    now: datetime
    trail: str
    pulse: str
    state_words: str
    done: Done | None
    progress: QueueProgress
    beside: DraftBeside
    pieces: tuple[DiffPiece, ...]
    became: tuple[PointBecameDrawn, ...]
    decided: str
    reach: int
    alike: int
    asks: tuple[AskSeen, ...]
    asked: ChallengeQuestions
    colleagues: tuple[Colleague, ...]
    reasons: Mapping[str, str]
    calibration: OfCalibration
    piece_words: str  # why its work is judged first
    model: bool  # whether a language model is set up, which would read a wish for another draft
    act_words: Mapping[str, str] = field(default_factory=lambda: ACTS)
    kinds: tuple[PointKind, ...] = POINT_KINDS
    verdicts: tuple[tuple[Standing, str], ...] = VERDICTS
    became_words: Mapping[str, str] = field(default_factory=lambda: BECAME)
