"""What people are told of: the one table from what happened to who is told which kind of thing.

`TOLD`, `SAID_BY_CLOCK` and `UNTOLD` together name every event that there is; a test counts them. Nobody's words are in
a notification: it holds what it is about by our own id, and is worded anew from the rows whenever it is read or sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.domain.events import Event
from service.domain.notifications.timing import Rhythm
from service.domain.roles import Role


class NotificationTopic(StrEnum):
    """What kinds have in common, and what a person chooses a rhythm for."""

    FEEDBACK = "feedback"
    MEETINGS = "meetings"
    REMINDERS = "reminders"
    WORK = "work"
    QUESTIONS = "questions"
    ORGANIZATION = "organization"


class NotificationKind(StrEnum):
    """What somebody is told of."""

    FEEDBACK_THERE = "feedback_there"
    FEEDBACK_TAKEN_BACK = "feedback_taken_back"
    QUESTION_ANSWERED = "question_answered"
    GALLERY_SHOWN = "gallery_shown"
    INTRODUCTION_ASKED = "introduction_asked"
    INTRODUCED = "introduced"
    DID_YOU_MEET = "did_you_meet"
    REQUEST_ANSWERED = "request_answered"
    REMINDED = "reminded"
    STEP_DUE = "step_due"
    WORK_WAITS = "work_waits"
    GALLERY_WAITS = "gallery_waits"
    INTRODUCTION_WAITS = "introduction_waits"
    REQUEST_WAITS = "request_waits"
    DECISIONS_DIFFER = "decisions_differ"
    QUESTION_ASKED = "question_asked"
    HANDED_OVER = "handed_over"
    NOBODY_THERE = "nobody_there"
    WAITS_TOO_LONG = "waits_too_long"
    JOBS_GIVEN_UP = "jobs_given_up"
    INTEGRATION_FAILS = "integration_fails"
    KEY_ENDS = "key_ends"
    ADDRESS_BOUNCED = "address_bounced"


class Audience(StrEnum):
    """Who is told. Nobody is told of own work as the one who decides on it."""

    AUTHOR = "author"  # whose work, question, request or next step it is
    NAMED = "named"  # people whom the event itself names
    FACILITATORS = "facilitators"  # of the group, or of one above it
    COORDINATORS = "coordinators"  # likewise
    LEADERS = "leaders"  # who coordinate the whole organization


@dataclass(frozen=True, slots=True)
class Tell:
    """Who is told what. `gathered`: once a day, however many there are. `otherwise` is told to the coordinators of the
    group where nobody of the audience is there."""

    kind: NotificationKind
    audience: Audience
    gathered: bool = False
    otherwise: NotificationKind | None = None


_KIND, _WHO, _TOPIC = NotificationKind, Audience, NotificationTopic
_WAITS: Final = Tell(_KIND.WORK_WAITS, _WHO.FACILITATORS, gathered=True, otherwise=_KIND.NOBODY_THERE)
_GALLERY: Final = Tell(_KIND.GALLERY_WAITS, _WHO.FACILITATORS, gathered=True)

TOLD: Final[Mapping[Event, Tell]] = {
    Event.FEEDBACK_RELEASED: Tell(_KIND.FEEDBACK_THERE, _WHO.AUTHOR),
    Event.FEEDBACK_RETRACTED: Tell(_KIND.FEEDBACK_TAKEN_BACK, _WHO.AUTHOR),
    Event.ASK_ANSWERED: Tell(_KIND.QUESTION_ANSWERED, _WHO.AUTHOR),
    Event.GALLERY_SHOWN: Tell(_KIND.GALLERY_SHOWN, _WHO.AUTHOR),
    Event.INTRODUCTION_ASKED: Tell(_KIND.INTRODUCTION_ASKED, _WHO.NAMED),
    Event.INTRODUCTION_MADE: Tell(_KIND.INTRODUCED, _WHO.NAMED),
    Event.INTRODUCTION_DID_YOU_MEET: Tell(_KIND.DID_YOU_MEET, _WHO.NAMED),
    Event.REQUEST_ANSWERED: Tell(_KIND.REQUEST_ANSWERED, _WHO.AUTHOR),
    Event.REMINDER_SENT: Tell(_KIND.REMINDED, _WHO.AUTHOR),
    Event.COMMITMENT_DUE: Tell(_KIND.STEP_DUE, _WHO.AUTHOR),
    Event.DRAFT_READY: _WAITS,
    Event.DRAFT_TO_JUDGE: _WAITS,
    Event.DRAFT_STUCK: _WAITS,
    Event.DRAFT_HANDED_OVER: Tell(_KIND.HANDED_OVER, _WHO.NAMED),
    Event.ASK_OPENED: Tell(_KIND.QUESTION_ASKED, _WHO.FACILITATORS, otherwise=_KIND.QUESTION_ASKED),
    Event.GALLERY_READY: _GALLERY,
    Event.GALLERY_STUCK: _GALLERY,
    Event.REQUEST_STATED: Tell(_KIND.REQUEST_WAITS, _WHO.FACILITATORS),
    Event.SUBMISSION_UNANSWERED: Tell(_KIND.WAITS_TOO_LONG, _WHO.COORDINATORS, gathered=True),
    Event.JOB_FAILED: Tell(_KIND.JOBS_GIVEN_UP, _WHO.LEADERS, gathered=True),
    Event.INTEGRATION_FAILED: Tell(_KIND.INTEGRATION_FAILS, _WHO.LEADERS, gathered=True),
}

UNTOLD: Final[Mapping[Event, str]] = {
    Event.DRAFT_DECLINED: "there is nothing to read; the learner's page says so beside the work",
    Event.FEEDBACK_CORRECTED: "that it is released is told",
    Event.FEEDBACK_READ: "it is the reader's own act, and nobody waits for it",
    Event.SUBMISSION_WITHDRAWN: "whoever takes work back owes nobody a word",
    Event.CONSENT_CHANGED: "whoever changes it sees it changed",
    Event.IMPORT_FINISHED: "whoever imports looks at the import",
    Event.INTRODUCTION_ENDED: "a no, or silence, is told to nobody",
    Event.ERASED: "nothing is said of what is gone",
    Event.PERSON_ERASED: "nothing is said of who is gone",
}

SAID_BY_CLOCK: Final[Mapping[NotificationKind, Audience]] = {
    _KIND.INTRODUCTION_WAITS: _WHO.FACILITATORS,
    _KIND.DECISIONS_DIFFER: _WHO.FACILITATORS,
    _KIND.KEY_ENDS: _WHO.LEADERS,
    _KIND.ADDRESS_BOUNCED: _WHO.COORDINATORS,
}
"""What no event tells of: states, looked at every hour, and an address, when mail to it is refused."""

SETTLES: Final[Mapping[Event, tuple[NotificationKind, ...]]] = {
    Event.FEEDBACK_READ: (_KIND.FEEDBACK_THERE,),
    Event.FEEDBACK_RETRACTED: (_KIND.FEEDBACK_THERE,),
    Event.FEEDBACK_RELEASED: (_KIND.FEEDBACK_TAKEN_BACK,),
    Event.INTRODUCTION_MADE: (_KIND.INTRODUCTION_ASKED,),
    Event.INTRODUCTION_ENDED: (_KIND.INTRODUCTION_ASKED, _KIND.INTRODUCED, _KIND.DID_YOU_MEET),
    Event.REQUEST_ANSWERED: (_KIND.REQUEST_WAITS,),
}
"""What is over with an event: nobody needs to read that any more. An answer is not among them: another question on the
same feedback may be open."""

TOPIC: Final[Mapping[NotificationKind, NotificationTopic]] = {
    _KIND.FEEDBACK_THERE: _TOPIC.FEEDBACK,
    _KIND.FEEDBACK_TAKEN_BACK: _TOPIC.FEEDBACK,
    _KIND.QUESTION_ANSWERED: _TOPIC.FEEDBACK,
    _KIND.GALLERY_SHOWN: _TOPIC.MEETINGS,
    _KIND.INTRODUCTION_ASKED: _TOPIC.MEETINGS,
    _KIND.INTRODUCED: _TOPIC.MEETINGS,
    _KIND.DID_YOU_MEET: _TOPIC.MEETINGS,
    _KIND.REQUEST_ANSWERED: _TOPIC.MEETINGS,
    _KIND.REMINDED: _TOPIC.REMINDERS,
    _KIND.STEP_DUE: _TOPIC.REMINDERS,
    _KIND.WORK_WAITS: _TOPIC.WORK,
    _KIND.GALLERY_WAITS: _TOPIC.WORK,
    _KIND.INTRODUCTION_WAITS: _TOPIC.WORK,
    _KIND.REQUEST_WAITS: _TOPIC.WORK,
    _KIND.DECISIONS_DIFFER: _TOPIC.WORK,
    _KIND.QUESTION_ASKED: _TOPIC.QUESTIONS,
    _KIND.HANDED_OVER: _TOPIC.QUESTIONS,
    _KIND.NOBODY_THERE: _TOPIC.ORGANIZATION,
    _KIND.WAITS_TOO_LONG: _TOPIC.ORGANIZATION,
    _KIND.JOBS_GIVEN_UP: _TOPIC.ORGANIZATION,
    _KIND.INTEGRATION_FAILS: _TOPIC.ORGANIZATION,
    _KIND.KEY_ENDS: _TOPIC.ORGANIZATION,
    _KIND.ADDRESS_BOUNCED: _TOPIC.ORGANIZATION,
}

ROLES: Final[Mapping[NotificationTopic, frozenset[Role]]] = {
    _TOPIC.FEEDBACK: frozenset({Role.LEARNER}),
    _TOPIC.MEETINGS: frozenset({Role.LEARNER}),
    _TOPIC.REMINDERS: frozenset({Role.LEARNER}),
    _TOPIC.WORK: frozenset({Role.FACILITATOR}),
    _TOPIC.QUESTIONS: frozenset({Role.FACILITATOR, Role.COORDINATOR}),  # coordinators are asked where nobody else is
    _TOPIC.ORGANIZATION: frozenset({Role.COORDINATOR}),
}
"""Whose topic it is: nobody chooses a rhythm for what they are never told of."""

DEFAULTS: Final[Mapping[NotificationTopic, Rhythm]] = {
    _TOPIC.FEEDBACK: Rhythm.AT_ONCE,
    _TOPIC.MEETINGS: Rhythm.DAILY,
    _TOPIC.REMINDERS: Rhythm.DAILY,
    _TOPIC.WORK: Rhythm.DAILY,
    _TOPIC.QUESTIONS: Rhythm.DAILY,
    _TOPIC.ORGANIZATION: Rhythm.DAILY,
}
"""Where a person has chosen nothing: one letter a day, but for feedback, which is best acted on while the work is
fresh."""
