"""Drafts on nearly the same work, side by side, and one decision for several of them after a sample was opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import Form
from pydantic import BaseModel, Field

from service.actions.decisions import together
from service.actions.decisions.together import ListedDraft, TogetherTerms, TogetherVerdict
from service.actions.desk import draft as desk_draft
from service.actions.desk.draft import DeskDraft
from service.actions.queue import alike
from service.actions.queue.alike import Alike
from service.domain.texts.worddiff import DiffPiece, words
from service.web.fields import DraftId, Line
from service.web.pages.decisions.draft import HERE, DraftSent
from service.web.pages.decisions.outcome import DecisionOutcome, once
from service.web.pages.queue import came_from
from service.web.pages.routes import Shown, pages
from service.web.pages.views import PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()


@dataclass(frozen=True, slots=True)
class Beside:
    """A draft of the group, and how its work differs from the first one's."""

    draft: Alike
    differs: tuple[DiffPiece, ...]


@dataclass(frozen=True)
class AlikePage(PageView):
    """A group on nearly the same work. `sample` of them must be opened before all are decided on together."""

    template: ClassVar[str] = "decisions/alike.html"
    draft: DeskDraft
    first: Alike | None
    others: tuple[Beside, ...]
    sample: int
    opened: int
    trail: str


@dataclass(frozen=True)
class TogetherPage(PageView):
    """What became of each, and how to take all of it back."""

    template: ClassVar[str] = "decisions/together.html"
    draft: DeskDraft
    verdict: TogetherVerdict
    changed: tuple[tuple[str, int], ...]
    left: tuple[str, ...]
    undone: bool
    trail: str


class TogetherSent(DraftSent):
    """Which of the listed ones (`draft version text-hash` each), and what is decided."""

    verdict: TogetherVerdict
    target: Annotated[
        list[Annotated[str, Field(pattern=r"^[0-9a-f]{32} \d{1,9} [0-9a-f]{64}$")]],
        Field(default_factory=list, max_length=alike.MOST),
    ]
    note: Line = ""

    def targets(self) -> list[ListedDraft]:
        cut = (one.split(" ") for one in self.target)
        return [ListedDraft(draft, int(version), text_hash) for draft, version, text_hash in cut]


class BackSent(BaseModel):
    """Which ones to take back (`draft version` each)."""

    trail: Annotated[str, Field(max_length=8_000)] = ""
    verdict: TogetherVerdict
    target: Annotated[
        list[Annotated[str, Field(pattern=r"^[0-9a-f]{32} \d{1,9}$")]],
        Field(default_factory=list, max_length=alike.MOST),
    ]

    def targets(self) -> Mapping[str, int]:
        return {draft: int(version) for draft, version in (one.split(" ") for one in self.target)}


@router.get(HERE + "/alike")
def show_alike(visit: ReadingVisit, id: DraftId) -> Shown:
    found = alike.alike(visit.session, visit.actor, id, now=visit.now)
    first = found[0] if found else None
    return AlikePage(
        draft=desk_draft.show(visit.session, visit.actor, id, now=visit.now),
        first=first,
        others=tuple(Beside(one, tuple(words(first.text, one.text))) for one in found[1:] if first),
        sample=together.sample(len(found)),
        opened=sum(one.opened for one in found),
        trail=came_from.of(visit),
    )


@router.post(HERE + "/together")
def decide_together(visit: WritingVisit, id: DraftId, sent: Annotated[TogetherSent, Form()]) -> Shown:
    said = TogetherTerms(note=sent.note, undo=visit.services.undo)

    def decide() -> list[together.Decided]:
        session, actor = visit.session, visit.actor
        return together.decide_together(session, actor, id, sent.verdict, sent.targets(), said=said, now=visit.now)

    return _outcome(visit, id, sent.verdict, once(visit, decide), sent.trail)


@router.post(HERE + "/together/back")
def take_back(visit: WritingVisit, id: DraftId, sent: Annotated[BackSent, Form()]) -> Shown:
    def back() -> list[together.Decided]:
        return together.take_back_together(visit.session, visit.actor, list(sent.targets().items()), now=visit.now)

    return _outcome(visit, id, sent.verdict, once(visit, back), sent.trail, undone=True)


def _outcome(
    visit: WritingVisit, id: str, verdict: TogetherVerdict, done: DecisionOutcome, trail: str, *, undone: bool = False
) -> TogetherPage:
    return TogetherPage(
        draft=desk_draft.show(visit.session, visit.actor, id, now=visit.now),
        verdict=verdict,
        changed=done.changed,
        left=done.left,
        undone=undone,
        trail=came_from.clean(trail),
    )
