"""What learners are told of, as it stands now. Each looks at all of its kind that one person was told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import func, select

from service.actions.decisions.release import readable_of
from service.actions.introductions import own
from service.actions.learners import commitments, reminders
from service.actions.notifications.lines import LinesBySubject, NotificationLine, Reader, path
from service.actions.visibility.in_galleries import shared_now
from service.domain.drafts import DraftState
from service.domain.galleries import GalleryState
from service.domain.introductions import OwnIntroductionState
from service.domain.notifications.kinds import NotificationKind
from service.domain.requests.need import RequestState
from service.store import visible
from service.store.tables import AskRow, Challenge, DraftRow, FeedbackReading, Gallery, Release, Request, Submission


def feedback_there(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """Only what its learner may read: released, not taken back, and exactly what was approved."""
    own = _own_drafts(reader, subjects)
    submissions = {submission.id for _, submission, _ in own}
    there = {one.draft.id: one.release.id for one in readable_of(reader.session, submissions)}
    read = set(
        reader.session.scalars(select(FeedbackReading.release_id).where(FeedbackReading.release_id.in_(there.values())))
    )
    before = dict(
        reader.session.execute(
            select(Release.draft_id, func.count()).where(Release.draft_id.in_(there)).group_by(Release.draft_id)
        ).all()
    )
    return {
        draft.id: NotificationLine(
            kind, _work(submission), title, again=before[draft.id] > 1, done=there[draft.id] in read
        )
        for draft, submission, title in own
        if draft.id in there
    }


def feedback_taken_back(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    return {
        draft.id: NotificationLine(kind, _work(submission), title)
        for draft, submission, title in _own_drafts(reader, subjects)
        if draft.state is DraftState.RETRACTED
    }


def question_answered(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    answered = select(AskRow.draft_id).where(AskRow.draft_id.in_(subjects), AskRow.answered_at.is_not(None))
    there = set(reader.session.scalars(answered))
    return {
        draft.id: NotificationLine(kind, _work(submission), title)
        for draft, submission, title in _own_drafts(reader, subjects)
        if draft.id in there
    }


_Own = list[tuple[DraftRow, Submission, str]]


def _own_drafts(reader: Reader, subjects: Sequence[str]) -> _Own:
    """On own work that was not taken back, with its challenge's title."""
    rows = reader.session.execute(
        select(DraftRow, Submission, Challenge.title)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Challenge, Challenge.id == DraftRow.challenge_id)
        .where(DraftRow.id.in_(subjects), Submission.person_id == reader.person, ~visible.withdrawn())
    )
    return [(draft, submission, title) for draft, submission, title in rows]


def _work(submission: Submission) -> str:
    return path("learn", "work", submission.external_id)


def gallery_shown(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """Only while some of the works in it are shared."""
    rows = reader.session.execute(
        select(Gallery, Submission.external_id, Challenge.title)
        .join(Submission, Submission.id == Gallery.submission_id)
        .join(Challenge, Challenge.id == Gallery.challenge_id)
        .where(
            Gallery.id.in_(subjects),
            Gallery.person_id == reader.person,
            Gallery.state == GalleryState.SHOWN,
            ~visible.withdrawn(),
        )
    ).all()
    now = shared_now(reader.session, [gallery for gallery, _, _ in rows], now=reader.now, texts=False)
    return {
        gallery.id: NotificationLine(kind, path("learn", "work", submission, "others"), title)
        for gallery, submission, title in rows
        if any(work.shared for work in now[gallery.id].works)
    }


_SEEN: Final[Mapping[NotificationKind, OwnIntroductionState]] = {
    NotificationKind.INTRODUCTION_ASKED: OwnIntroductionState.QUESTION,
    NotificationKind.INTRODUCED: OwnIntroductionState.TOGETHER,
    NotificationKind.DID_YOU_MEET: OwnIntroductionState.TOGETHER,
}


def introduction(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """What the person's own page of introductions shows, and no more: nobody is named who may not be."""
    found: LinesBySubject = {}
    for one in own.mine(reader.session, reader.actor, now=reader.now).items:
        asks = kind is not NotificationKind.DID_YOU_MEET or one.ask_how
        if one.id in subjects and one.seen is _SEEN[kind] and asks:
            found[one.id] = NotificationLine(kind, path("learn", "introductions"), who=one.other)
    return found


def request_answered(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """Not what the person settled themselves."""
    rows = reader.session.scalars(
        select(Request.id).where(
            Request.id.in_(subjects),
            Request.person_id == reader.person,
            Request.state == RequestState.ANSWERED,
            Request.answered_by.is_distinct_from(reader.person),
        )
    )
    return {id_: NotificationLine(kind, path("learn", "requests")) for id_ in rows}


def reminded(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """Until it was acted on, or set aside."""
    found: LinesBySubject = {}
    for one in reminders.of_person(reader.session, reader.person):
        if one.row.id in subjects:
            work = one.submission
            where = path("learn", "work", work) if work else path("learn", "challenges", one.challenge)
            found[one.row.id] = NotificationLine(kind, where, one.title, who=one.by, words=one.row.text)
    return found


def step_due(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """Until its learner has said what became of it. Its words are the learner's own."""
    return {
        one.row.id: NotificationLine(kind, path("learn"), words=one.row.text)
        for one in commitments.of_person(reader.session, reader.person, now=reader.now)
        if one.due and one.row.id in subjects
    }
