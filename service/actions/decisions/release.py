"""The moment a text becomes visible, its way back, and what a learner may read of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import SourceKind
from service.actions.approvals import approving
from service.actions.approvals.deciding import Deciding
from service.actions.decisions.hold import decide, open_draft
from service.actions.drafts import outdated
from service.actions.work import consequences, submit
from service.domain.access.organization_settings import OUTDATED
from service.domain.drafts import DraftAct, DraftActor, DraftState, step
from service.domain.errors import NotFound
from service.domain.events import Event
from service.domain.roles import Actor
from service.domain.texts import feedback_digest
from service.store import names as store_names
from service.store.tables import Approval, DraftRow, Organization, PointRow, Release, Revision, SourceRow, Submission
from service.store.visible import vanished


@dataclass(frozen=True, slots=True)
class ShownSource:
    """What a learner sees of a source: its kind and title; no peer's words."""

    kind: SourceKind
    title: str
    version: int | None
    quote: str
    shared: bool  # False: it is no longer shared, and is shown as that
    valid: bool = True  # False: its document no longer says so, and the organization lets learners know


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """A released point, at its place in the learner's own text."""

    id: str
    kind: str
    criterion: str
    text: str
    quote: str
    start: int
    end: int
    sources: tuple[ShownSource, ...]


@dataclass(frozen=True, slots=True)
class ReleasedFeedback:
    """What a learner may read: the approved text, who approved it, and that a machine drafted it."""

    submission: str
    revision: int
    summary: str
    points: tuple[ShownPoint, ...]
    approved_by: str
    approved_at: datetime
    released_at: datetime
    drafted_by_machine: bool
    text_hash: str


def release_due(session: Session, draft_id: str, *, now: datetime) -> bool:
    """The undo window has passed: release, if it still stands approved. False: nothing to release any more, or yet."""
    draft = session.get(DraftRow, draft_id, with_for_update={"key_share": True})
    approval = approving.due(session, approving.DRAFT, draft, now=now) if draft is not None else None
    if draft is None or approval is None:
        return False
    if outdated.outdated(session, draft):
        outdated.mark(session, draft, now=now)
        return False
    make_visible(session, draft, approval, DraftActor.CLOCK, now=now)
    return True


def release(at: Deciding) -> DraftRow:
    """A facilitator releases what is approved without waiting for the undo window. Raises NotNow, ChangedSince,
    Invalid where a point quotes a document that no longer says so."""
    draft, _ = open_draft(at)
    step(draft.state, DraftAct.RELEASE, DraftActor.FACILITATOR)
    outdated.require_said(at.session, draft)
    approval = approving.in_force(at.session, approving.DRAFT, draft.id)
    if approval is None:
        raise NotFound("There is no approval to release.")
    make_visible(at.session, draft, approval, DraftActor.FACILITATOR, now=at.now)
    return draft


def make_visible(session: Session, draft: DraftRow, approval: Approval, by: DraftActor, *, now: datetime) -> None:
    """The one way in which a draft is released."""
    corrected = _was_taken_back(session, draft)
    consequences.touch(draft, step(draft.state, DraftAct.RELEASE, by), now=now)
    approving.let_out(session, approving.DRAFT, draft, approval, by.value, now=now)
    consequences.told_of(session, draft, Event.FEEDBACK_RELEASED, now=now)
    if corrected:
        consequences.told_of(session, draft, Event.FEEDBACK_CORRECTED, now=now)


def _was_taken_back(session: Session, draft: DraftRow) -> bool:
    """Whether other feedback on the same text was released before, and taken back."""
    before = select(Release.id).join(DraftRow, DraftRow.id == Release.draft_id)
    same = before.where(DraftRow.revision_id == draft.revision_id, Release.retracted_at.is_not(None))
    return session.scalars(same.limit(1)).first() is not None


def retract(at: Deciding, *, reason: str = "") -> DraftRow:
    """Take released feedback back: the learner no longer reads it. It can be reopened and approved again."""
    draft, person = open_draft(at)
    consequences.touch(draft, step(draft.state, DraftAct.RETRACT, DraftActor.FACILITATOR), now=at.now)
    for row in at.session.scalars(select(Release).where(Release.draft_id == draft.id, Release.retracted_at.is_(None))):
        row.retracted_at, row.retracted_reason = at.now, reason
    approving.end(at.session, approving.DRAFT, draft, now=at.now)
    decide(at.session, draft, person, "retract", now=at.now, note=reason)
    consequences.told_of(at.session, draft, Event.FEEDBACK_RETRACTED, now=at.now)
    return draft


def feedback_of(session: Session, actor: Actor, external_id: str) -> ReleasedFeedback:
    """The released feedback on a submission's latest revision that has any. Raises NotFound.

    A text is shown only if its hash is still the approved one; anything else is treated as not there.
    """
    submission = submit.get(session, actor, external_id)
    found = read_out(session, submission, readable(session, submission)[:1])
    if not found:
        raise NotFound("There is no released feedback on this yet. It appears here once a facilitator has approved it.")
    return found[0]


@dataclass(frozen=True, slots=True)
class Readable:
    """Released feedback that a learner may read now, as rows."""

    release: Release
    approval: Approval
    draft: DraftRow
    revision: Revision

    @property
    def point_ids(self) -> list[str]:
        return [point["id"] for point in self.approval.body["points"]]


def readable(session: Session, submission: Submission) -> list[Readable]:
    """What was released on a submission, is not taken back, and is what was approved; the latest revision's first.

    Nothing of one that was withdrawn, since its drafts are no longer released.
    """
    return readable_of(session, [submission.id])


def readable_of(session: Session, submissions: Collection[str]) -> list[Readable]:
    """The same of several submissions (our ids), in one statement."""
    rows = session.execute(
        select(Release, Approval, DraftRow, Revision)
        .join(Approval, Approval.id == Release.approval_id)
        .join(DraftRow, DraftRow.id == Release.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .where(
            DraftRow.submission_id.in_(submissions),
            DraftRow.state == DraftState.RELEASED,
            Release.retracted_at.is_(None),
        )
        .order_by(Revision.number.desc(), Release.id.desc())
    ).all()
    latest: dict[str, Readable] = {}
    for row in rows:
        latest.setdefault(row[2].id, Readable(*row))
    return [one for one in latest.values() if _is_what_was_approved(one.approval)]


def read_out(session: Session, submission: Submission, found: Sequence[Readable]) -> list[ReleasedFeedback]:
    """These feedbacks as a learner reads them, in the same order."""
    names = store_names.names_of(session, (one.approval.facilitator_id for one in found))
    shown = {
        point.id: point for point in _shown_points(session, [p for one in found for p in one.approval.body["points"]])
    }
    return [
        ReleasedFeedback(
            submission=submission.external_id,
            revision=one.revision.number,
            summary=one.approval.body["summary"],
            points=tuple(shown[id_] for id_ in one.point_ids),
            approved_by=names.get(one.approval.facilitator_id, ""),
            approved_at=one.approval.approved_at,
            released_at=one.release.released_at,
            drafted_by_machine=bool(one.draft.model),
            text_hash=one.approval.text_hash,
        )
        for one in found
    ]


def _is_what_was_approved(approval: Approval) -> bool:
    return feedback_digest(approval.body["summary"], approval.body["points"]) == approval.text_hash


def _shown_points(session: Session, points: list[dict[str, Any]]) -> tuple[ShownPoint, ...]:
    rows = session.scalars(
        select(SourceRow)
        .join(PointRow, PointRow.id == SourceRow.point_id)
        .where(SourceRow.point_id.in_([point["id"] for point in points]))
        .order_by(SourceRow.point_id, SourceRow.position)
    ).all()
    gone = vanished(session, [(row.kind, row.ref_id) for row in rows])
    old = {(row.point_id, row.position) for row in _outdated(session, rows)}
    return tuple(
        ShownPoint(
            **point,
            sources=tuple(
                _shown(row, row.ref_id not in gone, (row.point_id, row.position) not in old)
                for row in rows
                if row.point_id == point["id"]
            ),
        )
        for point in points
    )


def _outdated(session: Session, rows: Sequence[SourceRow]) -> list[SourceRow]:
    """What documents no longer say, where the organization lets learners know of it."""
    if not rows or session.get_one(Organization, rows[0].organization_id).settings.get(OUTDATED) is not True:
        return []
    return outdated.no_longer_said(session, rows)


def _shown(row: SourceRow, shared: bool, valid: bool) -> ShownSource:
    """A peer's or a precedent's words stay with the facilitator: a learner sees peers' work in galleries only."""
    open_words = row.kind in (SourceKind.SUBMISSION, SourceKind.CONTEXT, SourceKind.CRITERION)
    quote = row.quote if shared and open_words else ""
    title = row.title if shared and open_words else ""
    return ShownSource(row.kind, title, row.version, quote, shared, valid)
