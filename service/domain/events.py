"""What the outside is told about, by name. An event carries ids and states, never a learner's words."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """Names of outgoing events; they are part of the API and do not change."""

    DRAFT_READY = "draft.ready"
    DRAFT_TO_JUDGE = "draft.to_judge"
    DRAFT_STUCK = "draft.stuck"
    DRAFT_DECLINED = "draft.declined"
    DRAFT_HANDED_OVER = "draft.handed_over"
    FEEDBACK_RELEASED = "feedback.released"
    FEEDBACK_RETRACTED = "feedback.retracted"
    FEEDBACK_READ = "feedback.read"
    ASK_OPENED = "ask.opened"
    ASK_ANSWERED = "ask.answered"
    COMMITMENT_DUE = "commitment.due"
    REMINDER_SENT = "reminder.sent"
    SUBMISSION_UNANSWERED = "submission.unanswered"
    SUBMISSION_WITHDRAWN = "submission.withdrawn"
    IMPORT_FINISHED = "import.finished"
    JOB_FAILED = "job.failed"
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
