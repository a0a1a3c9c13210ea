"""All that can be said to one person now, of whichever kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from service.actions.notifications import for_desks, for_learners
from service.actions.notifications.lines import Looking, NotificationLine, Reader
from service.domain.notifications.kinds import NotificationKind
from service.store.tables import Notification

_KIND = NotificationKind
LOOKS: Final[Mapping[NotificationKind, Looking]] = {
    _KIND.FEEDBACK_THERE: for_learners.feedback_there,
    _KIND.FEEDBACK_TAKEN_BACK: for_learners.feedback_taken_back,
    _KIND.QUESTION_ANSWERED: for_learners.question_answered,
    _KIND.GALLERY_SHOWN: for_learners.gallery_shown,
    _KIND.INTRODUCTION_ASKED: for_learners.introduction,
    _KIND.INTRODUCED: for_learners.introduction,
    _KIND.DID_YOU_MEET: for_learners.introduction,
    _KIND.REQUEST_ANSWERED: for_learners.request_answered,
    _KIND.REMINDED: for_learners.reminded,
    _KIND.STEP_DUE: for_learners.step_due,
    _KIND.WORK_WAITS: for_desks.work_waits,
    _KIND.GALLERY_WAITS: for_desks.gallery_waits,
    _KIND.INTRODUCTION_WAITS: for_desks.introduction_waits,
    _KIND.REQUEST_WAITS: for_desks.request_waits,
    _KIND.DECISIONS_DIFFER: for_desks.decisions_differ,
    _KIND.QUESTION_ASKED: for_desks.question_asked,
    _KIND.HANDED_OVER: for_desks.handed_over,
    _KIND.NOBODY_THERE: for_desks.work_waits,
    _KIND.WAITS_TOO_LONG: for_desks.waits_too_long,
    _KIND.JOBS_GIVEN_UP: for_desks.jobs_given_up,
    _KIND.INTEGRATION_FAILS: for_desks.integration_fails,
    _KIND.KEY_ENDS: for_desks.key_ends,
    _KIND.ADDRESS_BOUNCED: for_desks.address_bounced,
}


def lines(reader: Reader, rows: Sequence[Notification]) -> dict[str, NotificationLine]:
    """What each row (all of the reader's own) says now, by its id. Of the same told twice, the later one alone."""
    by_kind: dict[NotificationKind, dict[str, Notification]] = {}
    for row in sorted(rows, key=lambda row: (row.at, row.id)):
        by_kind.setdefault(row.kind, {})[row.subject_id] = row
    found: dict[str, NotificationLine] = {}
    for kind, of_subject in by_kind.items():
        said = LOOKS[kind](reader, kind, list(of_subject))
        found |= {row.id: said[subject] for subject, row in of_subject.items() if subject in said}
    return found
