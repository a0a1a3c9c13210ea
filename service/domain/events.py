"""What the outside is told about, by name. An event carries ids and states, never a learner's words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Event(StrEnum):
    """Names of outgoing events; they are part of the API and do not change."""

    DRAFT_READY = "draft.ready"
    DRAFT_TO_JUDGE = "draft.to_judge"
    DRAFT_STUCK = "draft.stuck"
    DRAFT_DECLINED = "draft.declined"
    DRAFT_HANDED_OVER = "draft.handed_over"
    FEEDBACK_RELEASED = "feedback.released"
    FEEDBACK_CORRECTED = "feedback.corrected"
    FEEDBACK_RETRACTED = "feedback.retracted"
    FEEDBACK_READ = "feedback.read"
    ASK_OPENED = "ask.opened"
    ASK_ANSWERED = "ask.answered"
    COMMITMENT_DUE = "commitment.due"
    REMINDER_SENT = "reminder.sent"
    SUBMISSION_UNANSWERED = "submission.unanswered"
    SUBMISSION_WITHDRAWN = "submission.withdrawn"
    CONSENT_CHANGED = "consent.changed"
    IMPORT_FINISHED = "import.finished"
    JOB_FAILED = "job.failed"
    INTEGRATION_FAILED = "integration.failed"
    INTRODUCTION_ASKED = "introduction.asked"
    INTRODUCTION_MADE = "introduction.made"
    INTRODUCTION_DID_YOU_MEET = "introduction.did_you_meet"
    INTRODUCTION_ENDED = "introduction.ended"
    REQUEST_STATED = "request.stated"
    REQUEST_ANSWERED = "request.answered"
    GALLERY_READY = "gallery.ready"
    GALLERY_SHOWN = "gallery.shown"
    GALLERY_STUCK = "gallery.stuck"
    ERASED = "erased"
    PERSON_ERASED = "person.erased"


@dataclass(frozen=True, slots=True)
class EventFacts:
    """When it is told; which fact names its subject (what is told of one subject has an order that matters); and the
    names of all facts that it may carry."""

    when: str
    subject: str
    facts: frozenset[str]


def _told(when: str, subject: str, *more: str) -> EventFacts:
    return EventFacts(when, subject, frozenset({subject, *more}))


_ENDED: Final = "the work was taken back, somebody said no or did not answer, or a facilitator ended it"

EVENTS: Final[Mapping[Event, EventFacts]] = {
    Event.DRAFT_READY: _told("a draft waits for a facilitator", "submission", "draft"),
    Event.DRAFT_TO_JUDGE: _told("work waits to be judged before anything is drafted", "submission", "draft"),
    Event.DRAFT_STUCK: _told("no draft can be made; a facilitator writes", "submission", "draft", "reason"),
    Event.DRAFT_DECLINED: _told("a facilitator decided that there is no feedback", "submission", "draft"),
    Event.DRAFT_HANDED_OVER: _told("a draft was given to a colleague, `to`", "submission", "draft", "to"),
    Event.FEEDBACK_RELEASED: _told("the learner can read the feedback", "submission", "draft"),
    Event.FEEDBACK_CORRECTED: _told(
        "told with `feedback.released` where feedback on the same text was taken back before",
        "submission",
        "draft",
    ),
    Event.FEEDBACK_RETRACTED: _told("feedback was taken back: show it no longer", "submission", "draft"),
    Event.FEEDBACK_READ: _told("the learner opened the feedback, the first time", "submission", "draft"),
    Event.ASK_OPENED: _told("the learner asks something about the feedback", "submission", "draft"),
    Event.ASK_ANSWERED: _told("that question is answered", "submission", "draft"),
    Event.COMMITMENT_DUE: _told("the day of a learner's next step has come", "commitment", "person", "due_on"),
    Event.REMINDER_SENT: _told(
        "a facilitator sent a word of reminder", "reminder", "person", "challenge", "kind", "submission"
    ),
    Event.SUBMISSION_UNANSWERED: _told(
        "work has waited longer than is promised", "submission", "draft", "challenge", "group", "since"
    ),
    Event.SUBMISSION_WITHDRAWN: _told("the work was taken back", "submission"),
    Event.CONSENT_CHANGED: _told("a person allows something else than before", "person"),
    Event.IMPORT_FINISHED: _told("all lines of an import were read", "import", "kept", "failed"),
    Event.JOB_FAILED: _told("a job was given up", "job", "kind", "subject"),
    Event.INTEGRATION_FAILED: _told("what is connected does not answer any more", "trouble", "integration"),
    Event.INTRODUCTION_ASKED: _told("two people are asked whether they want to meet", "introduction", "people"),
    Event.INTRODUCTION_MADE: _told("both said yes", "introduction", "people"),
    Event.INTRODUCTION_DID_YOU_MEET: _told("it is time to ask whether they met", "introduction", "people"),
    Event.INTRODUCTION_ENDED: _told(_ENDED, "introduction", "people"),
    Event.REQUEST_STATED: _told("a learner says what they need", "request", "person"),
    Event.REQUEST_ANSWERED: _told("that request is answered", "request"),
    Event.GALLERY_READY: _told("a gallery waits for a facilitator", "gallery", "submission"),
    Event.GALLERY_SHOWN: _told("the learner can see how others solved it", "gallery", "submission"),
    Event.GALLERY_STUCK: _told("no gallery can be chosen; a facilitator does", "gallery", "submission", "reason"),
    Event.ERASED: _told("something is erased, and can be read by nobody any more", "erasure", "kind"),
    Event.PERSON_ERASED: _told(
        "told with `erased` where it is a person; only whoever asked for the erasure knows whose it is",
        "erasure",
    ),
}
"""Every event. `service.store.outbox` refuses a fact that is not here, so that nothing slips out unseen."""


def unknown_facts(event: Event, facts: Collection[str]) -> list[str]:
    """Facts that this event may not carry, and its subject if that is missing."""
    known = EVENTS[event]
    missing = {known.subject} - set(facts)
    return sorted((set(facts) - known.facts) | missing)
