"""How long the organization keeps what, what was erased, and erasing: seen first, then confirmed by the thing's id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from fastapi import Form, Query
from pydantic import BaseModel, Field

from service.actions.erasure import begin, preview, retention
from service.actions.erasure.retention import RetentionPreview
from service.domain.access.keys import KeyScope
from service.domain.erasure.erased import ErasureKind
from service.domain.erasure.retention import Retention
from service.domain.errors import NotFound
from service.store.tables import Erasure
from service.web import errors
from service.web.fields import Id
from service.web.pages.forms import checked
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, Visit, WritingVisit
from service.web.schemas.erasure import RetentionAsked

router = pages(reads=KeyScope.ADMIN, writes=KeyScope.ADMIN)

HERE = "/desk/settings/keeping"
KeepingTyped = Annotated[str, Field(max_length=20_000)]
SAME = "Type the id exactly as it stands above, so that nothing is erased by accident."


class RetentionSent(BaseModel):
    """Days, as they were typed."""

    withdrawn_days: KeepingTyped = ""
    work_days: KeepingTyped = ""
    prompt_days: KeepingTyped = ""
    request_days: KeepingTyped = ""
    event_days: KeepingTyped = ""


class ErasureSent(BaseModel):
    """What to erase, and its id once more."""

    kind: ErasureKind
    id: Id
    again: KeepingTyped = ""


@dataclass(frozen=True)
class KeepingPage(PageView):
    """What is set, what goes by it, what was erased."""

    template: ClassVar[str] = "erasure/keeping.html"
    sent: RetentionSent
    kinds: Mapping[str, RetentionPreview]
    erased: tuple[Erasure, ...]
    faults: Mapping[str, str] = field(default_factory=dict)
    typed: str = ""
    kind: ErasureKind = ErasureKind.PERSON
    seen: bool = False


@dataclass(frozen=True)
class ErasurePage(PageView):
    """What an erasure would take away, and the form that asks for it."""

    template: ClassVar[str] = "erasure/erase.html"
    kind: ErasureKind
    id: str
    counts: tuple[tuple[str, int], ...]
    fault: str = ""


@router.get(HERE)
def show_keeping(visit: ReadingVisit) -> Shown:
    return _page(visit, retention.show(visit.session, visit.actor))


@router.post(HERE)
def change_keeping(
    visit: WritingVisit, sent: Annotated[RetentionSent, Form()], look: Annotated[str, Form()] = ""
) -> Shown:
    """Keeps the rules; with `look` only says what they would let go."""
    before = retention.show(visit.session, visit.actor)
    read, wrong = checked(RetentionAsked, {name: days.strip() or None for name, days in sent})
    if read is None:
        visit.status = errors.KINDS["invalid"].status
        faults = dict.fromkeys(wrong, "Give whole days, 1 or more.")
        return _page(visit, before, sent=sent, faults=faults)
    if look:
        return _page(visit, read.wish(), sent=sent, seen=True)
    retention.change(visit.session, visit.actor, read.wish(), now=visit.now)
    return Goto(HERE, said="saved")


@router.get(HERE + "/erase")
def look_at_erasure(
    visit: ReadingVisit, kind: Annotated[ErasureKind, Query()], id: Annotated[str, Query(max_length=255)] = ""
) -> Shown:
    with errors.Caught(NotFound) as caught:
        return _erasure(visit, kind, id.strip())
    said = caught.error.detail if id.strip() and isinstance(caught.error, NotFound) else "Give an id."
    visit.status = errors.KINDS["invalid"].status
    wish = retention.show(visit.session, visit.actor)
    return _page(visit, wish, faults={"id": said}, typed=id, kind=kind)


@router.post(HERE + "/erase")
def erase(visit: WritingVisit, sent: Annotated[ErasureSent, Form()]) -> Shown:
    if sent.again.strip() != sent.id:
        visit.status = errors.KINDS["invalid"].status
        return _erasure(visit, sent.kind, sent.id, fault=SAME)
    begin.erase(visit.session, visit.actor, sent.kind, sent.id, now=visit.now)
    return Goto(HERE, said="erasing")


def _erasure(visit: Visit, kind: ErasureKind, id_: str, *, fault: str = "") -> ErasurePage:
    counts = preview.would_go(visit.session, visit.actor, kind, id_)
    return ErasurePage(kind, id_, tuple((name, count) for name, count in counts.items() if count), fault)


def _page(
    visit: Visit,
    wish: Retention,
    *,
    sent: RetentionSent | None = None,
    faults: Mapping[str, str] | None = None,
    typed: str = "",
    kind: ErasureKind = ErasureKind.PERSON,
    seen: bool = False,
) -> KeepingPage:
    kinds = {one.kind: one for one in retention.preview(visit.session, visit.actor, wish, now=visit.now)}
    shown = sent or RetentionSent(**{name: str(one.days or "") for name, one in kinds.items()})
    erased = tuple(preview.erasures(visit.session, visit.actor))
    return KeepingPage(shown, kinds, erased, faults or {}, typed, kind, seen)
