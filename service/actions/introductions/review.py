"""Decisions on an introduction: other words, fewer quotations, approval, undo, dismissal. Each names what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service.actions.approvals import approving
from service.actions.approvals.deciding import Deciding
from service.actions.introductions.common import (
    UNANSWERED,
    hindered,
    over,
    tell,
    texts,
    to_decide,
)
from service.domain.errors import Invalid, NotNow
from service.domain.events import Event
from service.domain.introductions import (
    IntroductionAct,
    IntroductionActor,
    IntroductionHindrance,
    IntroductionState,
    require_seen,
    step,
)
from service.store import audit
from service.store.tables import Introduction


class IntroductionDismissalReason(StrEnum):
    """Why a facilitator decides against an introduction."""

    KNOW_EACH_OTHER = "know_each_other"
    NOT_USEFUL = "not_useful"
    WRONG_TIME = "wrong_time"
    WRONG_READING = "wrong_reading"
    OTHER = "other"


def revise(at: Deciding, *, wording: Mapping[str, str]) -> Introduction:
    """Change what the two would read; an approval ends with it. Raises Invalid for an empty or an unknown text."""
    row, _, person = to_decide(at)
    unknown = sorted(set(wording) - set(WORDS))
    if unknown:
        raise Invalid(f"An introduction has no text '{unknown[0]}'.")
    new = {**row.wording, **{name: text.strip() for name, text in wording.items()}}
    if empty := [name for name in WORDS if not new.get(name)]:
        raise Invalid(f"'{empty[0]}' is empty. Say something, or dismiss the introduction.")
    state = step(row.state, IntroductionAct.REVISE, IntroductionActor.FACILITATOR)
    approving.end(at.session, approving.INTRODUCTION, row, now=at.now)
    row.wording = new
    return _decided(at, row, person, "revise", state)


def drop_quotes(at: Deciding) -> Introduction:
    """Introduce them without anybody's words from their work."""
    row, _, person = to_decide(at)
    state = step(row.state, IntroductionAct.REVISE, IntroductionActor.FACILITATOR)
    approving.end(at.session, approving.INTRODUCTION, row, now=at.now)
    row.passages = []
    return _decided(at, row, person, "revise", state)


def approve(at: Deciding, *, seen: str, undo: timedelta = approving.UNDO) -> Introduction:
    """Approve exactly the text whose hash is `seen`; both are asked when the undo window has passed.

    Raises ChangedSince for another text, NotNow where one of the two may not be asked now, saying why.
    """
    row, open_to, person = to_decide(at)
    state = step(row.state, IntroductionAct.APPROVE, IntroductionActor.FACILITATOR)
    text_hash = require_seen(seen, texts(row))
    if (why := hindered(at.session, row, open_to, at.now)) is not None:
        raise NotNow(f"Nobody can be asked now: {HINDRANCES[why]}.")
    approving.give(at.session, approving.INTRODUCTION, row, person, (text_hash, texts(row)), undo=undo, now=at.now)
    return _changed(row, person, state)


def undo(at: Deciding) -> Introduction:
    """Take an approval back before anybody was asked."""
    row, _, person = to_decide(at)
    return approving.undo(at, approving.INTRODUCTION, (row, person), _decided)


def dismiss(at: Deciding, *, reason: IntroductionDismissalReason, note: str = "") -> Introduction:
    """Decide against it; these two are not suggested to each other again. Where both were asked, it closes for both."""
    row, _, person = to_decide(at)
    state = step(as_told_outside(row, at.now), IntroductionAct.DISMISS, IntroductionActor.FACILITATOR)
    row.reason_code, row.note, row.ended_at = reason.value, note, at.now
    if row.asked_at is None:
        approving.end(at.session, approving.INTRODUCTION, row, now=at.now)
    else:
        tell(at.session, row, Event.INTRODUCTION_ENDED, now=at.now)
    if row.state is IntroductionState.DECLINED:  # a no that somebody said stays what it was
        state = row.state
    return _decided(at, row, person, "dismiss", state, reason=reason.value)


def _changed(row: Introduction, person: str, state: IntroductionState) -> Introduction:
    row.state, row.version, row.decided_by = state, row.version + 1, person
    return row


def _decided(
    at: Deciding, row: Introduction, person: str, act: str, state: IntroductionState, **facts: object
) -> Introduction:
    organization, by, act = row.organization_id, f"person:{person}", f"introduction.{act}"
    audit.record(at.session, organization=organization, actor=by, act=act, subject=row.id, now=at.now, **facts)
    return _changed(row, person, state)


WORDS: Final = ("reason", "first_brings", "second_brings", "step", "message_to_first", "message_to_second")
"""What a facilitator may change."""


HINDRANCES: Final[Mapping[IntroductionHindrance, str]] = {
    IntroductionHindrance.CONSENT: "one of the two does not want to be introduced any more",
    IntroductionHindrance.LOAD: "one of the two has enough introductions for now",
    IntroductionHindrance.REPEATED: "these two were asked about each other before",
    IntroductionHindrance.SAME: "this is one person",
}


def as_told_outside(row: Introduction, now: datetime) -> IntroductionState:
    """The state that a facilitator acts on: who was asked and said no looks like who was asked."""
    if row.state in (*UNANSWERED, IntroductionState.DECLINED):
        return IntroductionState.EXPIRED if over(row, now) else IntroductionState.ASKED
    return row.state
