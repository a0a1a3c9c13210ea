"""Somebody decided on the draft meanwhile: the page that shows both, and stores nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from service.actions.desk.draft import DeskDraft
from service.domain.texts.worddiff import DiffPiece
from service.web.errors import KINDS
from service.web.pages.views import PageView


@dataclass(frozen=True)
class DraftConflictPage(PageView):
    """Somebody decided on this draft meanwhile: what stands there now, beside what was about to be done. `own`: the
    reader did, in another window.

    `action` and `fields` are the form as it was sent; `again` is False where the new text must be read first.
    """

    template: ClassVar[str] = "decisions/conflict.html"
    status: ClassVar[int] = KINDS["changed-since"].status
    draft: DeskDraft
    own: bool
    now: datetime
    trail: str
    action: str
    fields: tuple[tuple[str, str], ...]
    what: str
    typed: str
    stands: str
    edits: tuple[DiffPiece, ...]
    again: bool
