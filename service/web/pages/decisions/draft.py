"""Decisions on one draft, each a form of the desk. A form names the version that was seen: if the draft has changed
since, both texts are shown, and nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Form
from pydantic import BaseModel, ConfigDict, Field

from pipelines.values import PointKind, Standing
from service.actions.decisions import claim, hand_over, points, release, review, speed
from service.actions.desk import conflict
from service.web.api.params import DraftId, PointId
from service.web.api.schemas.decisions import Dismissal
from service.web.fields import Hash, Id, Line, Words
from service.web.pages.desk.views import DraftConflictPage
from service.web.pages.queue import trail as desk_trail
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto
from service.web.pages.visits import Writing

router = pages()


HERE = "/desk/drafts/{id}"
OF_POINT = HERE + "/points/{point}"


class Sent(BaseModel):
    """What every form on a draft carries: the version that was seen, and the queue that one came from."""

    model_config = ConfigDict(frozen=True)

    seen: Annotated[int, Field(ge=0, le=2**31)]
    trail: Annotated[str, Field(max_length=8_000)] = ""


class EditSent(Sent):
    """Another wording."""

    text: Words = ""


class DismissSent(Sent):
    """Why a point goes."""

    reason: Dismissal
    note: Line = ""


class AddSent(Sent):
    """A point of one's own."""

    kind: PointKind
    text: Words = ""
    quote: Words = ""
    criterion: Annotated[str, Field(max_length=64)] = ""


class ApproveSent(Sent):
    """The text that was seen, by its hash."""

    text_hash: Hash


class JudgeSent(Sent):
    """How the work stands on each criterion: keys, and in the same order judgements, of which empty ones are none."""

    key: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=50)] = []
    judged: Annotated[list[Standing | Literal[""]], Field(max_length=50)] = []

    def judgements(self) -> dict[str, Standing]:
        return {key: Standing(one) for key, one in zip(self.key, self.judged, strict=False) if one}


class NoteSent(Sent):
    """A word on why."""

    note: Line = ""


class RedraftSent(Sent):
    """A word on what to do differently."""

    instruction: Line = ""


class HandOverSent(Sent):
    """To whom."""

    to: Id


def _decide(
    visit: Writing,
    draft: str,
    sent: Sent,
    what: str,
    act: Callable[[dict[str, Any]], Any],
    *,
    typed: str = "",
    point: str = "",
    again: bool = True,
    then: str = "",
) -> Shown:
    """Do it, unless the draft has changed since it was seen; then show both. `then` is where to go, if not back."""
    clash = conflict.changed(visit.session, visit.actor, draft, seen=sent.seen, typed=typed, point=point, now=visit.now)
    if clash is not None:
        kept = sent.model_dump(mode="json", exclude={"seen"})
        return DraftConflictPage(
            draft=clash.draft,
            now=visit.now,
            trail=desk_trail.clean(sent.trail),
            action=str(visit.scope["path"]),
            fields=tuple((name, str(value)) for name, value in kept.items()),
            what=what,
            typed=typed,
            stands=clash.stands,
            edits=clash.edits,
            again=again,
        )
    act({"session": visit.session, "actor": visit.actor, "draft_id": draft, "version": sent.seen, "now": visit.now})
    return Goto(then or f"/desk/drafts/{draft}?{desk_trail.with_(sent.trail, decided=point)}")


def _onward(draft: str, sent: Sent) -> str:
    """To whatever waits next, with a way to undo this."""
    return f"/desk/next?{desk_trail.with_(sent.trail, done=draft)}"


@router.post(OF_POINT + "/accept")
def accept(visit: Writing, id: DraftId, point: PointId, sent: Annotated[Sent, Form()]) -> Shown:
    return _decide(
        visit, id, sent, "accept the point", lambda at: points.accept_point(**at, point_id=point), point=point
    )


@router.post(OF_POINT + "/edit")
def edit(visit: Writing, id: DraftId, point: PointId, sent: Annotated[EditSent, Form()]) -> Shown:
    return _decide(
        visit,
        id,
        sent,
        "edit the point",
        lambda at: points.edit_point(**at, point_id=point, text=sent.text),
        typed=sent.text,
        point=point,
    )


@router.post(OF_POINT + "/dismiss")
def dismiss(visit: Writing, id: DraftId, point: PointId, sent: Annotated[DismissSent, Form()]) -> Shown:
    why: dict[str, Any] = {"reason_code": sent.reason.value, "note": sent.note}
    return _decide(
        visit,
        id,
        sent,
        "dismiss the point",
        lambda at: points.dismiss_point(**at, point_id=point, **why),
        typed=sent.note,
        point=point,
    )


@router.post(HERE + "/points")
def add(visit: Writing, id: DraftId, sent: Annotated[AddSent, Form()]) -> Shown:
    wish = points.PointWish(sent.kind, sent.text, sent.quote, sent.criterion)
    return _decide(visit, id, sent, "add a point", lambda at: points.add_point(**at, wish=wish), typed=sent.text)


@router.post(HERE + "/summary")
def summary(visit: Writing, id: DraftId, sent: Annotated[EditSent, Form()]) -> Shown:
    return _decide(
        visit, id, sent, "change the summary", lambda at: points.set_summary(**at, text=sent.text), typed=sent.text
    )


@router.post(HERE + "/judge")
def judge(visit: Writing, id: DraftId, sent: Annotated[JudgeSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "judge how it stands", lambda at: points.judge(**at, criteria=sent.judgements()))


@router.post(HERE + "/approve")
def approve(visit: Writing, id: DraftId, sent: Annotated[ApproveSent, Form()]) -> Shown:
    undo = visit.services.undo

    def act(at: dict[str, Any]) -> None:
        claim.be_at(visit.session, visit.actor, id, now=visit.now)
        review.approve(**at, seen=sent.text_hash, undo=undo)

    return _decide(visit, id, sent, "approve it", act, again=False, then=_onward(id, sent))


@router.post(HERE + "/undo")
def undo(visit: Writing, id: DraftId, sent: Annotated[Sent, Form()]) -> Shown:
    return _decide(visit, id, sent, "undo the approval", lambda at: review.undo(**at))


@router.post(HERE + "/release")
def release_now(visit: Writing, id: DraftId, sent: Annotated[Sent, Form()]) -> Shown:
    return _decide(visit, id, sent, "release it", lambda at: release.release(**at), again=False)


@router.post(HERE + "/decline")
def decline(visit: Writing, id: DraftId, sent: Annotated[NoteSent, Form()]) -> Shown:
    return _decide(
        visit,
        id,
        sent,
        "give no feedback",
        lambda at: review.decline(**at, note=sent.note),
        typed=sent.note,
        then=_onward(id, sent),
    )


@router.post(HERE + "/reopen")
def reopen(visit: Writing, id: DraftId, sent: Annotated[Sent, Form()]) -> Shown:
    return _decide(visit, id, sent, "look at it again", lambda at: review.reopen(**at))


@router.post(HERE + "/redraft")
def redraft(visit: Writing, id: DraftId, sent: Annotated[RedraftSent, Form()]) -> Shown:
    return _decide(
        visit,
        id,
        sent,
        "have it drafted anew",
        lambda at: review.redraft(**at, instruction=sent.instruction),
        typed=sent.instruction,
        then=_onward(id, sent),
    )


@router.post(HERE + "/write")
def write(visit: Writing, id: DraftId, sent: Annotated[Sent, Form()]) -> Shown:
    return _decide(visit, id, sent, "write it by hand", lambda at: review.write(**at))


@router.post(HERE + "/retract")
def retract(visit: Writing, id: DraftId, sent: Annotated[NoteSent, Form()]) -> Shown:
    return _decide(visit, id, sent, "take it back", lambda at: release.retract(**at, reason=sent.note), typed=sent.note)


@router.post(HERE + "/hand-over")
def hand_it_over(visit: Writing, id: DraftId, sent: Annotated[HandOverSent, Form()]) -> Shown:
    return _decide(
        visit, id, sent, "hand it over", lambda at: hand_over.hand_over(**at, to=sent.to), then=_onward(id, sent)
    )


@router.post(HERE + "/open")
def open_it(visit: Writing, id: DraftId) -> None:
    claim.be_at(visit.session, visit.actor, id, now=visit.now)
    speed.opened(visit.session, visit.actor, id, now=visit.now)


@router.post(HERE + "/take-over")
def take_over(visit: Writing, id: DraftId, sent: Annotated[Sent, Form()]) -> Shown:
    claim.be_at(visit.session, visit.actor, id, take_over=True, now=visit.now)
    return Goto(f"/desk/drafts/{id}?{desk_trail.clean(sent.trail)}")


@router.post(HERE + "/hand-back")
def hand_back(visit: Writing, id: DraftId, sent: Annotated[Sent, Form()]) -> Shown:
    claim.let_go(visit.session, visit.actor, id)
    return Goto(f"/desk?{desk_trail.clean(sent.trail)}")
