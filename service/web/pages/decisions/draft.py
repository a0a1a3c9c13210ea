"""Decisions on one draft, each a form of the desk. A form names the version that was seen: if the draft has changed
since, both texts are shown, and nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, ClassVar, Literal

from fastapi import Form
from pydantic import BaseModel, ConfigDict, Field

from pipelines.values import PointKind, Standing
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import claim, hand_over, openings, points, release, review
from service.actions.desk import conflict
from service.web.fields import DraftId, Hash, Id, Line, PointId, Words
from service.web.pages.decisions.conflict import DraftConflictPage
from service.web.pages.queue import trail as queue_trail
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto
from service.web.pages.visits import Writing
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


class EditSent(DraftSent):
    """Another wording."""

    text: Words = ""

    @property
    def typed(self) -> str:
        return self.text


class NoteSent(DraftSent):
    """A word on why."""

    note: Line = ""

    @property
    def typed(self) -> str:
        return self.note


class PointDismissalSent(NoteSent):
    """Why a point goes."""

    reason: DismissalReason


class AddSent(EditSent):
    """A point of one's own."""

    kind: PointKind
    quote: Words = ""
    criterion: Annotated[str, Field(max_length=64)] = ""


class DraftApprovalSent(DraftSent):
    """The text that was seen, by its hash."""

    again: ClassVar[bool] = False

    text_hash: Hash


class ReleaseSent(DraftSent):
    """What is approved, at once."""

    again: ClassVar[bool] = False


class JudgeSent(DraftSent):
    """How the work stands on each criterion: keys, and in the same order judgements, of which empty ones are none."""

    key: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=50)] = []
    judged: Annotated[list[Standing | Literal[""]], Field(max_length=50)] = []

    def judgements(self) -> dict[str, Standing]:
        return {key: Standing(one) for key, one in zip(self.key, self.judged, strict=False) if one}


class RedraftSent(DraftSent):
    """A word on what to do differently."""

    instruction: Line = ""

    @property
    def typed(self) -> str:
        return self.instruction


class HandOverSent(DraftSent):
    """To whom."""

    to: Id


_Act = Callable[[Deciding], object]


def _decide(visit: Writing, draft: str, sent: DraftSent, what: str, act: _Act, point: str = "") -> Shown:
    """Do it and come back, unless the draft has changed since it was seen; then show both."""
    back = f"/desk/drafts/{draft}?{queue_trail.with_(sent.trail, decided=point)}"
    return _changed(visit, draft, sent, what, point) or _done(visit, draft, sent, act, back)


def _decide_and_go_on(visit: Writing, draft: str, sent: DraftSent, what: str, act: _Act) -> Shown:
    """The same, and on to whatever waits next, with a way to undo this."""
    onward = f"/desk/next?{queue_trail.with_(sent.trail, done=draft)}"
    return _changed(visit, draft, sent, what) or _done(visit, draft, sent, act, onward)


def _done(visit: Writing, draft: str, sent: DraftSent, act: _Act, then: str) -> Goto:
    act(visit.deciding(draft, sent.seen))
    return Goto(then)


def _changed(visit: Writing, draft: str, sent: DraftSent, what: str, point: str = "") -> DraftConflictPage | None:
    """Both texts, if the draft has changed since it was seen."""
    typed = sent.typed
    clash = conflict.changed(visit.deciding(draft, sent.seen), typed=typed, point=point)
    if clash is None:
        return None
    kept = sent.model_dump(mode="json", exclude={"seen"})
    return DraftConflictPage(
        draft=clash.draft,
        now=visit.now,
        trail=queue_trail.clean(sent.trail),
        action=str(visit.scope["path"]),
        fields=tuple((name, str(value)) for name, value in kept.items()),
        what=what,
        typed=typed,
        stands=clash.stands,
        edits=clash.edits,
        again=sent.again,
    )


@router.post(OF_POINT + "/accept")
def accept(visit: Writing, id: DraftId, point: PointId, sent: Annotated[DraftSent, Form()]) -> Shown:
    act = partial(points.accept_point, point_id=point)
    return _decide(visit, id, sent, "accept the point", act, point)


@router.post(OF_POINT + "/edit")
def edit(visit: Writing, id: DraftId, point: PointId, sent: Annotated[EditSent, Form()]) -> Shown:
    act = partial(points.edit_point, point_id=point, text=sent.text)
    return _decide(visit, id, sent, "edit the point", act, point)


@router.post(OF_POINT + "/dismiss")
def dismiss(visit: Writing, id: DraftId, point: PointId, sent: Annotated[PointDismissalSent, Form()]) -> Shown:
    act = partial(points.dismiss_point, point_id=point, reason_code=sent.reason.value, note=sent.note)
    return _decide(visit, id, sent, "dismiss the point", act, point)


@router.post(HERE + "/points")
def add(visit: Writing, id: DraftId, sent: Annotated[AddSent, Form()]) -> Shown:
    wish = points.PointWish(sent.kind, sent.text, sent.quote, sent.criterion)
    return _decide(visit, id, sent, "add a point", partial(points.add_point, wish=wish))


@router.post(HERE + "/summary")
def summary(visit: Writing, id: DraftId, sent: Annotated[EditSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "change the summary", partial(points.set_summary, text=sent.text))


@router.post(HERE + "/judge")
def judge(visit: Writing, id: DraftId, sent: Annotated[JudgeSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "judge how it stands", partial(points.judge, criteria=sent.judgements()))


@router.post(HERE + "/approve")
def approve(visit: Writing, id: DraftId, sent: Annotated[DraftApprovalSent, Form()]) -> Shown:
    undo = visit.services.undo

    def act(at: Deciding) -> None:
        claim.be_at(at.session, at.actor, id, now=at.now)
        review.approve(at, seen=sent.text_hash, undo=undo)

    return _decide_and_go_on(visit, id, sent, "approve it", act)


@router.post(HERE + "/undo")
def undo(visit: Writing, id: DraftId, sent: Annotated[DraftSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "undo the approval", review.undo)


@router.post(HERE + "/release")
def release_now(visit: Writing, id: DraftId, sent: Annotated[ReleaseSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "release it", release.release)


@router.post(HERE + "/decline")
def decline(visit: Writing, id: DraftId, sent: Annotated[NoteSent, Form()]) -> Shown:
    return _decide_and_go_on(visit, id, sent, "give no feedback", partial(review.decline, note=sent.note))


@router.post(HERE + "/reopen")
def reopen(visit: Writing, id: DraftId, sent: Annotated[DraftSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "look at it again", review.reopen)


@router.post(HERE + "/redraft")
def redraft(visit: Writing, id: DraftId, sent: Annotated[RedraftSent, Form()]) -> Shown:
    act = partial(review.redraft, instruction=sent.instruction)
    return _decide_and_go_on(visit, id, sent, "have it drafted anew", act)


@router.post(HERE + "/write")
def write(visit: Writing, id: DraftId, sent: Annotated[DraftSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "write it by hand", review.write)


@router.post(HERE + "/retract")
def retract(visit: Writing, id: DraftId, sent: Annotated[NoteSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "take it back", partial(release.retract, reason=sent.note))


@router.post(HERE + "/hand-over")
def hand_it_over(visit: Writing, id: DraftId, sent: Annotated[HandOverSent, Form()]) -> Shown:
    return _decide_and_go_on(visit, id, sent, "hand it over", partial(hand_over.hand_over, to=sent.to))


@router.post(HERE + "/open")
def open_it(visit: Writing, id: DraftId) -> None:
    claim.be_at(visit.session, visit.actor, id, now=visit.now)
    openings.opened(visit.session, visit.actor, id, now=visit.now)


@router.post(HERE + "/take-over")
def take_over(visit: Writing, id: DraftId, sent: Annotated[DraftSent, Form()]) -> Shown:
    claim.be_at(visit.session, visit.actor, id, take_over=True, now=visit.now)
    return Goto(f"/desk/drafts/{id}?{queue_trail.clean(sent.trail)}")


@router.post(HERE + "/hand-back")
def hand_back(visit: Writing, id: DraftId, sent: Annotated[DraftSent, Form()]) -> Shown:
    claim.let_go(visit.session, visit.actor, id)
    return Goto(f"/desk?{queue_trail.clean(sent.trail)}")
