"""What was hidden goes: rows, and its words wherever others' rows repeat them. In steps, so that nobody waits long.

A step is looked up in one snapshot (`plan`), since it reads all that was ever written in the organization, and carried
out in a short transaction (`carry_out`), which reads anew the few rows that it changes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from service.actions.approvals import approving
from service.actions.erasure.reach import Reach, reach
from service.actions.galleries import wanted
from service.actions.work import consequences
from service.domain.drafts import DraftAct, DraftActor, DraftState, step
from service.domain.erasure.erased import ErasureKind, ErasureState, Traces, strings
from service.domain.galleries import GalleryAct, GalleryActor, GalleryState
from service.domain.galleries import step as gallery_step
from service.store.erasure import rows
from service.store.session import changed_rows
from service.store.tables import (
    Approval,
    AskRow,
    AssessmentFit,
    Challenge,
    CriterionRow,
    Disclosure,
    Document,
    DocumentVersion,
    DraftRow,
    Erasure,
    Gallery,
    GalleryApproval,
    ImportChunk,
    ImportRun,
    PointRow,
    Release,
    Revision,
    Submission,
)

AT_ONCE: Final = 100
"""Pieces of work in one step."""
REASON: Final = "Words in it were erased, since they were somebody else's. Look at it again, then approve it anew."


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """One step: work that goes, what it is known by, and in which rows of others there are traces of it. `last`: no
    work is left, and the thing itself goes."""

    traces: Traces
    work: tuple[str, ...] = ()
    traced: rows.Changed = field(default_factory=dict)
    parts: frozenset[str] = frozenset()  # challenges whose part of the index it is in
    last: bool = False


def plan(session: Session, erasure: Erasure) -> ErasurePlan | None:
    """The next step; None where nothing is left to do."""
    if erasure.state is not ErasureState.HIDDEN:
        return None
    far = reach(session, erasure.kind, erasure.subject_id)
    work = tuple(session.scalars(select(Submission.id).where(far.work).order_by(Submission.id).limit(AT_ONCE)))
    whole = erasure.kind is ErasureKind.ORGANIZATION
    if not work:
        traces = Traces.of(names=[erasure.name], external=[erasure.external_id], own=[erasure.subject_id])
        named = erasure.kind in (ErasureKind.PERSON, ErasureKind.GROUP, ErasureKind.CHALLENGE)
        traced = rows.traced(session, erasure.organization_id, traces) if named else {}
        return ErasurePlan(traces, traced=traced, last=True)
    traces = _traces(session, work, erasure)
    parts = frozenset(session.scalars(select(Submission.challenge_id).where(Submission.id.in_(work))))
    if not whole:
        traces = traces.without(_still_said(session, erasure.organization_id, parts, work))
    traced = {} if whole else rows.traced(session, erasure.organization_id, traces)
    return ErasurePlan(traces, work, traced, parts)


def _traces(session: Session, work: Collection[str], erasure: Erasure) -> Traces:
    ids: set[str] = {*work}
    of_draft = DraftRow.submission_id.in_(work)
    drafts = select(DraftRow.id).where(of_draft)
    for query in (
        select(Revision.id).where(Revision.submission_id.in_(work)),
        drafts,
        select(PointRow.id).where(PointRow.draft_id.in_(drafts)),
        select(Gallery.id).where(Gallery.submission_id.in_(work)),
        select(AskRow.id).where(AskRow.draft_id.in_(drafts)),
    ):
        ids.update(session.scalars(query))
    texts = session.scalars(select(Revision.text).where(Revision.submission_id.in_(work)))
    external = [*session.scalars(select(Submission.external_id).where(Submission.id.in_(work))), erasure.external_id]
    return Traces.of(list(texts), external=external, own=ids)


def _still_said(session: Session, organization: str, parts: Collection[str], work: Collection[str]) -> Iterator[str]:
    """What others still say: documents, the challenges' own words, and other people's work on them."""
    yield from session.scalars(
        select(DocumentVersion.text)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(Document.organization_id == organization)
    )
    for challenge in session.scalars(select(Challenge).where(Challenge.id.in_(parts))):
        yield from (challenge.title, challenge.prompt, challenge.outcome, challenge.reference, challenge.notes)
    for criterion in session.scalars(select(CriterionRow).where(CriterionRow.challenge_id.in_(parts))):
        yield from (criterion.text, criterion.question)
        for form in criterion.forms or ():
            yield from (form["clause"], form["topic"])
    yield from session.scalars(
        select(Revision.text)
        .join(Submission, Submission.id == Revision.submission_id)
        .where(Submission.challenge_id.in_(parts), Submission.id.not_in(work))
        .execution_options(yield_per=rows.AT_ONCE)
    )


def carry_out(session: Session, erasure: Erasure, step_: ErasurePlan, *, now: datetime) -> None:
    """Take these rows and words away, and let what was approved of them be looked at again."""
    organization = erasure.organization_id
    rows.delete_loose(session, organization, step_.traces.own)
    gone = rows.delete_rows(session, "submissions", step_.work)
    changed = rows.scrub(session, organization, step_.traces, step_.traced)
    rows.delete_replies(session, organization, step_.traces)
    _clear_imports(session, organization, step_.traces)
    _look_again(session, changed, now=now)
    parts = {*erasure.counts.get("parts", ()), *step_.parts}
    erasure.counts = {
        "submissions": erasure.counts.get("submissions", 0) + gone,
        "rows of others": erasure.counts.get("rows of others", 0) + sum(len(one) for one in changed.values()),
        "parts": sorted(parts),
    }
    if step_.last:
        _take_the_thing(session, erasure, now=now)
    session.flush()


def _take_the_thing(session: Session, erasure: Erasure, *, now: datetime) -> None:
    far = reach(session, erasure.kind, erasure.subject_id)
    kind, subject = erasure.kind, erasure.subject_id
    erasure.state = ErasureState.GONE
    erasure.subject_id = erasure.name = erasure.external_id = ""  # before the files are written anew
    session.flush()
    match kind:
        case ErasureKind.PERSON:
            _take_person(session, subject)
        case ErasureKind.GROUP:
            _take_groups(session, far)
        case ErasureKind.CHALLENGE:
            erasure.counts = {**erasure.counts, "parts": sorted({*erasure.counts["parts"], subject})}
            rows.delete_rows(session, "challenges", far.challenges)
        case ErasureKind.ORGANIZATION:
            parts = session.scalars(select(Challenge.id).where(Challenge.organization_id == erasure.organization_id))
            erasure.counts = {**erasure.counts, "parts": sorted({*erasure.counts["parts"], *parts})}
            session.flush()
            rows.delete_rows(session, "organizations", [subject])
    if kind is not ErasureKind.ORGANIZATION:
        changed_rows(session, delete(AssessmentFit).where(AssessmentFit.organization_id == erasure.organization_id))
        consequences.learn_later(session, erasure.organization_id, now=now)


def _take_person(session: Session, person: str) -> None:
    """The row itself stays without a name where approvals rest on it: they stay approved by a former facilitator."""
    if not rows.held(session, "people", person):
        rows.delete_rows(session, "people", [person])
        return
    for column in (Disclosure.person_id, Disclosure.reader_id):
        changed_rows(session, update(Disclosure).where(column == person).values({column.key: None}))
    rows.take_away(session, "people", [person], only={"pseudonyms"})  # the erasure itself was told by one


def _take_groups(session: Session, far: Reach) -> None:
    """Challenges that were set to these groups only go before them, or they would be set to everybody."""
    rows.delete_rows(session, "challenges", far.challenges)
    rows.delete_rows(session, "groups", far.groups)


def _clear_imports(session: Session, organization: str, traces: Traces) -> None:
    """Lines that wait and tell of what is gone are not taken in."""
    runs = select(ImportRun.id).where(ImportRun.organization_id == organization)
    for chunk in session.scalars(select(ImportChunk).where(ImportChunk.import_id.in_(runs))):
        lines = chunk.body.split("\n")
        left = ["" if traces.in_any(_words(line)) else line for line in lines]
        if left != lines:
            chunk.body = "\n".join(left)


def _words(line: str) -> Iterator[str]:
    try:
        yield from strings(json.loads(line))
    except ValueError:
        yield line


def _look_again(session: Session, changed: rows.Changed, *, now: datetime) -> None:
    """What was approved with these words is not what was approved any more: nobody reads it until it is again."""
    drafts = rows.ids(changed, "drafts") | _drafts_of(session, changed)
    for draft in consequences.drafts_held(session, DraftRow.id.in_(drafts)) if drafts else ():
        _reopen(session, draft, _approval_of(session, Approval.draft_id == draft.id, changed), now=now)
    galleries = rows.ids(changed, "galleries") | set(
        session.scalars(
            select(GalleryApproval.gallery_id).where(GalleryApproval.id.in_(rows.ids(changed, "gallery_approvals")))
        )
    )
    for row in session.scalars(select(Gallery).where(Gallery.id.in_(galleries)).with_for_update(key_share=True)):
        _reopen_gallery(session, row, now=now)


def _drafts_of(session: Session, changed: rows.Changed) -> set[str]:
    of_points = select(PointRow.draft_id).where(PointRow.id.in_(rows.ids(changed, "points")))
    of_approvals = select(Approval.draft_id).where(Approval.id.in_(rows.ids(changed, "approvals")))
    return {*session.scalars(of_points), *session.scalars(of_approvals)}


def _approval_of(session: Session, of: Any, changed: rows.Changed) -> bool:
    touched = and_(of, Approval.id.in_(rows.ids(changed, "approvals")), Approval.undone_at.is_(None))
    return session.scalar(select(Approval.id).where(touched).limit(1)) is not None


def _reopen(session: Session, draft: DraftRow, approved: bool, *, now: datetime) -> None:
    state = draft.state
    if approved and state is DraftState.RELEASED:
        state = step(state, DraftAct.RETRACT, DraftActor.FACILITATOR)
        for row in session.scalars(select(Release).where(Release.draft_id == draft.id, Release.retracted_at.is_(None))):
            row.retracted_at, row.retracted_reason = now, REASON
    elif approved and state is DraftState.APPROVED:
        state = step(state, DraftAct.UNDO, DraftActor.FACILITATOR)
    if approved:
        approving.end(session, approving.DRAFT, draft, now=now)
    consequences.touch(draft, state, now=now)


def _reopen_gallery(session: Session, row: Gallery, *, now: datetime) -> None:
    state = row.state
    if state is GalleryState.SHOWN:
        state = gallery_step(state, GalleryAct.DISMISS, GalleryActor.FACILITATOR)
        row.reason = REASON
    elif state is GalleryState.APPROVED:
        state = gallery_step(state, GalleryAct.UNDO, GalleryActor.FACILITATOR)
    if state is not row.state:
        approving.end(session, approving.GALLERY, row, now=now)
    wanted.touch(row, state, now=now)


def done(session: Session, erasures: Collection[str], left: str, *, now: datetime) -> None:
    """Their bytes are gone, but for what is left."""
    for row in session.scalars(select(Erasure).where(Erasure.id.in_(erasures))):
        counts = {name: count for name, count in row.counts.items() if name != "parts"}
        row.state, row.left, row.done_at, row.counts = ErasureState.DONE, left, now, counts
