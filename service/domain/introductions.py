"""The life of one introduction, as a table and one function, and the rules of who may be introduced. No I/O, no clock.

INTRODUCED is reached only by the second of two yeses, a yes only after both were asked, and both are asked only about a
text that a facilitator approved; every act that changes the text leads back to SUGGESTED. A no is silent: the other
person sees what they would have seen if nobody had answered. WITHDRAWN absorbs: nothing leads out of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service.domain import lifecycle
from service.domain.lifecycle import Lifecycle, table
from service.domain.texts import digest

LOAD_LIMIT: Final = 2
"""Introductions that one person is asked about within LOAD_WINDOW, unless the organization says otherwise."""
LOAD_WINDOW: Final = timedelta(days=28)
ANSWER_WITHIN: Final = timedelta(days=14)
"""After that, a question that was not answered by both is closed."""
SUGGESTION_KEEPS: Final = timedelta(days=30)
"""What was work in progress a month ago is no reason to meet any more; the matcher may suggest it anew."""
ASK_HOW_IT_WENT_AFTER: Final = timedelta(days=10)


class IntroductionState(StrEnum):
    """Where an introduction is. The two people are its first and its second, in the order it was stored with."""

    SUGGESTED = "suggested"  # a facilitator decides
    APPROVED = "approved"  # exactly this text, and the undo window is open
    ASKED = "asked"  # both have the question, separately
    FIRST_AGREED = "first_agreed"  # and the second has not answered
    SECOND_AGREED = "second_agreed"
    INTRODUCED = "introduced"  # both said yes, and know of each other
    MET = "met"  # one of them says so
    MISSED = "missed"  # they have not met, so far
    DISMISSED = "dismissed"  # a facilitator decided against it
    DECLINED = "declined"  # one of them said no, and only that person knows
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # one of them took the consent back


class IntroductionAct(StrEnum):
    """What can happen to an introduction."""

    REVISE = "revise"  # change the text
    APPROVE = "approve"
    UNDO = "undo"
    DISMISS = "dismiss"
    ASK = "ask"  # send both their question
    AGREE = "agree"
    DECLINE = "decline"
    EXPIRE = "expire"
    MEET = "meet"  # "we met"
    MISS = "miss"  # "we did not, so far"
    RATE = "rate"  # "it was useful", or not
    WITHDRAW = "withdraw"


class IntroductionActor(StrEnum):
    """Who acts."""

    FACILITATOR = "facilitator"
    FIRST = "first"
    SECOND = "second"
    CLOCK = "clock"


_PERSON, _FIRST, _SECOND, _CLOCK = (
    IntroductionActor.FACILITATOR,
    IntroductionActor.FIRST,
    IntroductionActor.SECOND,
    IntroductionActor.CLOCK,
)
_BOTH = (_FIRST, _SECOND)
_UNANSWERED = (IntroductionState.ASKED, IntroductionState.FIRST_AGREED, IntroductionState.SECOND_AGREED)

OPEN = frozenset({IntroductionState.SUGGESTED, IntroductionState.APPROVED, *_UNANSWERED})
"""Something is still to be decided."""
TOGETHER = frozenset({IntroductionState.INTRODUCED, IntroductionState.MET, IntroductionState.MISSED})
"""Both said yes: the two may see each other's names and words."""

LIFE: Final[Lifecycle[IntroductionState, IntroductionAct, IntroductionActor]] = Lifecycle(
    a="An introduction",
    first=IntroductionState.SUGGESTED,
    approved=IntroductionState.APPROVED,
    undo=(IntroductionAct.UNDO, IntroductionActor.FACILITATOR),
    out=frozenset({*_UNANSWERED, *TOGETHER}),
    ends=frozenset(
        {
            *TOGETHER,
            IntroductionState.DISMISSED,
            IntroductionState.DECLINED,
            IntroductionState.EXPIRED,
            IntroductionState.WITHDRAWN,
        }
    ),
    table=table(
        (
            (IntroductionState.SUGGESTED, IntroductionAct.REVISE, IntroductionState.SUGGESTED, _PERSON),
            (IntroductionState.SUGGESTED, IntroductionAct.APPROVE, IntroductionState.APPROVED, _PERSON),
            (IntroductionState.SUGGESTED, IntroductionAct.DISMISS, IntroductionState.DISMISSED, _PERSON),
            (IntroductionState.SUGGESTED, IntroductionAct.EXPIRE, IntroductionState.EXPIRED, _CLOCK),
            (IntroductionState.APPROVED, IntroductionAct.REVISE, IntroductionState.SUGGESTED, _PERSON),
            (IntroductionState.APPROVED, IntroductionAct.UNDO, IntroductionState.SUGGESTED, _PERSON),
            (IntroductionState.APPROVED, IntroductionAct.DISMISS, IntroductionState.DISMISSED, _PERSON),
            (IntroductionState.APPROVED, IntroductionAct.ASK, IntroductionState.ASKED, _PERSON, _CLOCK),
            (IntroductionState.ASKED, IntroductionAct.AGREE, IntroductionState.FIRST_AGREED, _FIRST),
            (IntroductionState.ASKED, IntroductionAct.AGREE, IntroductionState.SECOND_AGREED, _SECOND),
            (IntroductionState.FIRST_AGREED, IntroductionAct.AGREE, IntroductionState.FIRST_AGREED, _FIRST),
            (IntroductionState.FIRST_AGREED, IntroductionAct.AGREE, IntroductionState.INTRODUCED, _SECOND),
            (IntroductionState.SECOND_AGREED, IntroductionAct.AGREE, IntroductionState.INTRODUCED, _FIRST),
            (IntroductionState.SECOND_AGREED, IntroductionAct.AGREE, IntroductionState.SECOND_AGREED, _SECOND),
            *((state, IntroductionAct.DECLINE, IntroductionState.DECLINED, *_BOTH) for state in _UNANSWERED),
            *((state, IntroductionAct.DISMISS, IntroductionState.DISMISSED, _PERSON) for state in _UNANSWERED),
            *((state, IntroductionAct.EXPIRE, IntroductionState.EXPIRED, _CLOCK) for state in _UNANSWERED),
            # Whoever is asked may go on answering, so that nobody can tell from it that the other has said no.
            (IntroductionState.DECLINED, IntroductionAct.AGREE, IntroductionState.DECLINED, *_BOTH),
            (IntroductionState.DECLINED, IntroductionAct.DECLINE, IntroductionState.DECLINED, *_BOTH),
            (IntroductionState.INTRODUCED, IntroductionAct.MEET, IntroductionState.MET, *_BOTH),
            (IntroductionState.INTRODUCED, IntroductionAct.MISS, IntroductionState.MISSED, *_BOTH),
            (IntroductionState.MISSED, IntroductionAct.MEET, IntroductionState.MET, *_BOTH),
            (IntroductionState.MISSED, IntroductionAct.MISS, IntroductionState.MISSED, *_BOTH),
            (IntroductionState.MET, IntroductionAct.MEET, IntroductionState.MET, *_BOTH),
            (
                IntroductionState.MET,
                IntroductionAct.MISS,
                IntroductionState.MET,
                *_BOTH,
            ),  # the answers differ; both are kept
            (IntroductionState.MET, IntroductionAct.RATE, IntroductionState.MET, *_BOTH),
            *((state, IntroductionAct.WITHDRAW, IntroductionState.WITHDRAWN, *_BOTH) for state in IntroductionState),
        )
    ),
)
"""What follows, by who acts: the same yes leads elsewhere when the other person has said it before."""

step, possible = LIFE.step, LIFE.possible


# What was approved


def wording_digest(wording: Mapping[str, str]) -> str:
    """The hash that an approval names: of every text that either person would read, by its name."""
    return digest(json.dumps(dict(wording), ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def require_seen(seen: str, wording: Mapping[str, str]) -> str:
    """The hash of the present text. Raises ChangedSince unless it is the one that was seen."""
    changed = "The introduction's text has changed since you saw it. Read the new text, then decide."
    return lifecycle.require_seen(seen, wording_digest(wording), changed)


# What each person sees


class OwnIntroductionState(StrEnum):
    """What one of the two people is shown."""

    NOTHING = "nothing"
    QUESTION = "question"
    WAITING = "waiting"  # for the other's answer
    TOGETHER = "together"
    CLOSED = "closed"


class IntroductionReply(StrEnum):
    """One person's answer to the question."""

    NONE = "none"
    YES = "yes"
    NO = "no"


def seen_by(
    state: IntroductionState, own: IntroductionReply, *, asked_at: datetime | None, now: datetime
) -> OwnIntroductionState:
    """What a person with this own answer is shown; the same after the other's no as while nothing is said."""
    if asked_at is None or state in (IntroductionState.SUGGESTED, IntroductionState.APPROVED):
        return OwnIntroductionState.NOTHING
    if state in TOGETHER:
        return OwnIntroductionState.TOGETHER
    late = now >= asked_at + ANSWER_WITHIN
    if (
        own is IntroductionReply.NO
        or late
        or state in (IntroductionState.DISMISSED, IntroductionState.EXPIRED, IntroductionState.WITHDRAWN)
    ):
        return OwnIntroductionState.CLOSED
    return OwnIntroductionState.WAITING if own is IntroductionReply.YES else OwnIntroductionState.QUESTION


# Who may be introduced


@dataclass(frozen=True, slots=True)
class PastIntroduction:
    """An introduction that was suggested before. `asked_at`: None if nobody was ever asked."""

    people: frozenset[str]
    state: IntroductionState
    asked_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether these two are not suggested to each other again. What faded before anybody was asked may come back,
        and so may what a withdrawn consent stopped before that."""
        return self.asked_at is not None or self.state not in (IntroductionState.EXPIRED, IntroductionState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many introductions a person within so long."""

    count: int = LOAD_LIMIT
    window: timedelta = LOAD_WINDOW


class IntroductionHindrance(StrEnum):
    """Why two people are not introduced; for the facilitator's eyes, since it may tell of one what the other may not
    know."""

    SAME = "same"
    CONSENT = "consent"
    REPEATED = "repeated"
    LOAD = "load"


def load(person: str, past: Iterable[PastIntroduction], now: datetime, window: timedelta = LOAD_WINDOW) -> int:
    """Introductions that weigh on this person: approved and about to be asked, or asked within the window."""
    return sum(person in one.people and _weighs(one, now, window) for one in past)


def _weighs(one: PastIntroduction, now: datetime, window: timedelta) -> bool:
    if one.asked_at is None:
        return one.state is IntroductionState.APPROVED
    return one.state in _UNANSWERED or one.asked_at > now - window


def partners(person: str, past: Iterable[PastIntroduction]) -> frozenset[str]:
    """Everybody who is not to be suggested to this person again."""
    return frozenset(other for one in past if person in one.people and one.counts for other in one.people - {person})


def hindrance(
    first: str, second: str, consents: Mapping[str, bool], past: Iterable[PastIntroduction], limit: Limit, now: datetime
) -> IntroductionHindrance | None:
    """Why a new introduction of these two may not be made or asked about now; None if it may.

    `consents`: whether a person allows to be introduced, as it stands now; nobody who is not in it does. When asking
    about an introduction that exists, leave it out of `past`.
    """
    past = list(past)
    if first == second:
        return IntroductionHindrance.SAME
    if not (consents.get(first, False) and consents.get(second, False)):
        return IntroductionHindrance.CONSENT
    if second in partners(first, past):
        return IntroductionHindrance.REPEATED
    if any(load(person, past, now, limit.window) >= limit.count for person in (first, second)):
        return IntroductionHindrance.LOAD
    return None
