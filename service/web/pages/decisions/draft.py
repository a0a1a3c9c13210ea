"""Decisions on one draft, each a form of the desk. A form names the version that was seen: if the draft has changed
since, both texts are shown, and nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, ClassVar, Final, Literal

from fastapi import Form
from pydantic import BaseModel, ConfigDict, Field

from pipelines.values import PointKind, Standing
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import claim, hand_over, judging, openings, points, release, review
from service.actions.decisions.judging import CriterionReadingWish
from service.actions.desk import conflict, others
from service.actions.desk.conflict import Meant
from service.web.fields import DraftId, Hash, Id, Line, PointId, Words
from service.web.pages.decisions.conflict import DraftConflictPage
from service.web.pages.queue import came_from
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto
from service.web.pages.visits import WritingVisit
from service.web.schemas.decisions import DismissalReason

router = pages()


HERE = "/desk/drafts/{id}"
OF_POINT = HERE + "/points/{point}"


class DraftSent(BaseModel):
    """What every form on a draft carries: the version that was seen, and the queue that one came from.

    `again`: whether it can be sent as it is once the draft has changed and both texts were seen.
    """

    model_config = ConfigDict(frozen=True)
    again: ClassVar[bool] = True

    seen: Annotated[int, Field(ge=0, le=2**31)]
    trail: Annotated[str, Field(max_length=8_000)] = ""

    @property
    def typed(self) -> str:
        """The words that would be lost."""
        return ""

    @property
    def said(self) -> Mapping[str, str]:
        """What the record of the decision holds of this."""
        return {}


class EditSent(DraftSent):
    """Another wording."""

    text: Words = ""

    @property
    def typed(self) -> str:
        return self.text

    @property
    def said(self) -> Mapping[str, str]:
        return {"after": self.text}


class NoteSent(DraftSent):
    """A word on why."""

    note: Line = ""

    @property
    def typed(self) -> str:
        return self.note

    @property
    def said(self) -> Mapping[str, str]:
        return {"note": self.note}


class PointDismissalSent(NoteSent):
    """Why a point goes."""

    reason: DismissalReason

    @property
    def said(self) -> Mapping[str, str]:
        return {"note": self.note, "reason_code": self.reason.value}


class AddSent(EditSent):
    """A point of one's own."""

    kind: PointKind
    quote: Words = ""
    criterion: Annotated[str, Field(max_length=64)] = ""


class DraftApprovalSent(DraftSent):
    """The text that was seen, by its hash."""

    again: ClassVar[bool] = False

    text_hash: Hash

    @property
    def said(self) -> Mapping[str, str]:
        return {"text_hash": self.text_hash}


class ReleaseSent(DraftSent):
    """What is approved, at once."""

    again: ClassVar[bool] = False


class CriterionReadingSent(DraftSent):
    """How the work stands on one criterion; `nobody` takes back what was said. `place` is a passage of the sheet, as
    offsets, or nowhere; `quote` are other words of the work, beginning about at `start`."""

    criterion: Annotated[str, Field(max_length=64)]
    number: Annotated[int, Field(ge=1, le=50)]
    standing: Literal["met", "partly", "not_yet", "nobody"]
    place: Annotated[str, Field(pattern=r"^(nowhere|[0-9]{1,7}-[0-9]{1,7}|)$")] = ""
    quote: Words = ""
    start: Annotated[str, Field(pattern=r"^[0-9]{0,7}$")] = ""

    @property
    def typed(self) -> str:
        return self.quote

    def wish(self) -> CriterionReadingWish | None:
        if self.standing == "nobody":
            return None
        standing = Standing(self.standing)
        if self.quote.strip():
            return CriterionReadingWish(self.criterion, standing, self.quote, int(self.start or 0))
        if self.place in ("", "nowhere"):
            return CriterionReadingWish(self.criterion, standing, nowhere=self.place == "nowhere")
        start, _, end = self.place.partition("-")
        return CriterionReadingWish(self.criterion, standing, start=int(start), end=int(end))


class RedraftSent(DraftSent):
    """A word on what to do differently."""

    instruction: Line = ""

    @property
    def typed(self) -> str:
        return self.instruction

    @property
    def said(self) -> Mapping[str, str]:
        return {"note": self.instruction}


class HandOverSent(DraftSent):
    """To whom."""

    to: Id


_Act = Callable[[Deciding], object]

_WHAT: Final[Mapping[str, str]] = {
    "accept": "accept the point",
    "edit": "edit the point",
    "dismiss": "dismiss the point",
    "add": "add a point",
    "summary": "change the summary",
    "judge": "judge how it stands",
    "approve": "approve it",
    "undo": "undo the approval",
    "release": "release it",
    "decline": "give no feedback",
    "reopen": "look at it again",
    "redraft": "have it drafted anew",
    "write": "write it by hand",
    "retract": "take it back",
    "hand_over": "hand it over",
    "take_over": "take it over",
    "let_go": "let it go",
}
"""Decisions, as their records name them, in the words of whoever was about to make one."""


def _decide(visit: WritingVisit, draft: str, sent: DraftSent, name: str, act: _Act, point: str = "") -> Shown:
    """Do it and come back, unless the draft has changed since it was seen; then show both."""
    back = f"/desk/drafts/{draft}?{came_from.with_(sent.trail, decided=point)}"
    return _done(visit, draft, sent, name, act, back, point)


def _decide_and_go_on(visit: WritingVisit, draft: str, sent: DraftSent, name: str, act: _Act) -> Shown:
    """The same, and on to whatever waits next, with a way to undo this."""
    onward = f"/desk/next?{came_from.with_(sent.trail, done=draft)}"
    return _done(visit, draft, sent, name, act, onward)


def _done(visit: WritingVisit, draft: str, sent: DraftSent, name: str, act: _Act, then: str, point: str = "") -> Shown:
    """A form that is sent twice is one decision: the second goes where the first went."""
    at = visit.deciding(draft, sent.seen)
    if not conflict.done_already(at, Meant(name, point, sent.said)):
        changed = _changed(visit, draft, sent, name, point)
        if changed is not None:
            return changed
        act(at)
    return Goto(then)


def _changed(visit: WritingVisit, draft: str, sent: DraftSent, name: str, point: str = "") -> DraftConflictPage | None:
    """Both texts, if the draft has changed since it was seen."""
    typed = sent.typed
    clash = conflict.changed(visit.deciding(draft, sent.seen), typed=typed, point=point)
    if clash is None:
        return None
    visit.disclose(others.on_page(visit.session, visit.actor, clash.draft))
    kept = sent.model_dump(mode="json", exclude={"seen"})
    return DraftConflictPage(
        draft=clash.draft,
        own=clash.own,
        now=visit.now,
        trail=came_from.clean(sent.trail),
        action=str(visit.scope["path"]),
        fields=tuple((field, str(value)) for field, value in kept.items()),
        what=_WHAT[name],
        typed=typed,
        stands=clash.stands,
        edits=clash.edits,
        again=sent.again,
    )


@router.post(OF_POINT + "/accept")
def accept(visit: WritingVisit, id: DraftId, point: PointId, sent: Annotated[DraftSent, Form()]) -> Shown:
    act = partial(points.accept_point, point_id=point)
    return _decide(visit, id, sent, "accept", act, point)


@router.post(OF_POINT + "/edit")
def edit(visit: WritingVisit, id: DraftId, point: PointId, sent: Annotated[EditSent, Form()]) -> Shown:
    act = partial(points.edit_point, point_id=point, text=sent.text)
    return _decide(visit, id, sent, "edit", act, point)


@router.post(OF_POINT + "/dismiss")
def dismiss(visit: WritingVisit, id: DraftId, point: PointId, sent: Annotated[PointDismissalSent, Form()]) -> Shown:
    act = partial(points.dismiss_point, point_id=point, reason_code=sent.reason.value, note=sent.note)
    return _decide(visit, id, sent, "dismiss", act, point)


@router.post(HERE + "/points")
def add(visit: WritingVisit, id: DraftId, sent: Annotated[AddSent, Form()]) -> Shown:
    wish = points.PointWish(sent.kind, sent.text, sent.quote, sent.criterion)
    return _decide(visit, id, sent, "add", partial(points.add_point, wish=wish))


@router.post(HERE + "/summary")
def summary(visit: WritingVisit, id: DraftId, sent: Annotated[EditSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "summary", partial(points.set_summary, text=sent.text))


@router.post(HERE + "/readings")
def judge(visit: WritingVisit, id: DraftId, sent: Annotated[CriterionReadingSent, Form()]) -> Shown:
    drafter = visit.services.drafter

    def act(at: Deciding) -> None:
        claim.be_at(at.session, at.actor, id, now=at.now)
        judging.read_one(at, sent.criterion, sent.wish(), drafter)

    back = f"/desk/drafts/{id}?{came_from.with_(sent.trail, judged=str(sent.number))}"
    return _done(visit, id, sent, "judge", act, back)


@router.post(HERE + "/approve")
def approve(visit: WritingVisit, id: DraftId, sent: Annotated[DraftApprovalSent, Form()]) -> Shown:
    undo = visit.services.undo

    def act(at: Deciding) -> None:
        claim.be_at(at.session, at.actor, id, now=at.now)
        review.approve(at, seen=sent.text_hash, undo=undo)

    return _decide_and_go_on(visit, id, sent, "approve", act)


@router.post(HERE + "/undo")
def undo(visit: WritingVisit, id: DraftId, sent: Annotated[DraftSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "undo", review.undo)


@router.post(HERE + "/release")
def release_now(visit: WritingVisit, id: DraftId, sent: Annotated[ReleaseSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "release", release.release)


@router.post(HERE + "/decline")
def decline(visit: WritingVisit, id: DraftId, sent: Annotated[NoteSent, Form()]) -> Shown:
    return _decide_and_go_on(visit, id, sent, "decline", partial(review.decline, note=sent.note))


@router.post(HERE + "/reopen")
def reopen(visit: WritingVisit, id: DraftId, sent: Annotated[DraftSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "reopen", review.reopen)


@router.post(HERE + "/redraft")
def redraft(visit: WritingVisit, id: DraftId, sent: Annotated[RedraftSent, Form()]) -> Shown:
    act = partial(review.redraft, instruction=sent.instruction)
    return _decide_and_go_on(visit, id, sent, "redraft", act)


@router.post(HERE + "/write")
def write(visit: WritingVisit, id: DraftId, sent: Annotated[DraftSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "write", review.write)


@router.post(HERE + "/retract")
def retract(visit: WritingVisit, id: DraftId, sent: Annotated[NoteSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "retract", partial(release.retract, reason=sent.note))


@router.post(HERE + "/hand-over")
def hand_it_over(visit: WritingVisit, id: DraftId, sent: Annotated[HandOverSent, Form()]) -> Shown:
    return _decide_and_go_on(visit, id, sent, "hand_over", partial(hand_over.hand_over, to=sent.to))


@router.post(HERE + "/open")
def open_it(visit: WritingVisit, id: DraftId) -> None:
    claim.be_at(visit.session, visit.actor, id, now=visit.now)
    openings.opened(visit.session, visit.actor, id, now=visit.now)


@router.post(HERE + "/open-source")
def open_source(visit: WritingVisit, id: DraftId, source: Annotated[str, Form(max_length=128)]) -> None:
    openings.source_opened(visit.session, visit.actor, id, source, now=visit.now)


@router.post(HERE + "/take-over")
def take_over(visit: WritingVisit, id: DraftId, sent: Annotated[DraftSent, Form()]) -> Shown:
    if changed := _changed(visit, id, sent, "take_over"):
        return changed
    claim.be_at(visit.session, visit.actor, id, take_over=True, now=visit.now)
    return Goto(f"/desk/drafts/{id}?{came_from.clean(sent.trail)}")


@router.post(HERE + "/hand-back")
def hand_back(visit: WritingVisit, id: DraftId, sent: Annotated[DraftSent, Form()]) -> Shown:
    if changed := _changed(visit, id, sent, "let_go"):
        return changed
    claim.let_go(visit.session, visit.actor, id)
    return Goto(f"/desk?{came_from.clean(sent.trail)}")
