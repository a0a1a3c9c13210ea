"""What may be read and shown, as consent, withdrawal and removal stand now: the one place where the database is asked.

The conditions are on a revision, its submission and its author's consent, and on a point and its draft; whoever uses
one joins these tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from pipelines.values import AI, SourceKind
from service.domain.drafts import DraftState
from service.domain.visibility import ShowWork
from service.store.tables import (
    Consent,
    CriterionReadingRow,
    Document,
    DocumentVersion,
    DraftRow,
    PointRow,
    PointState,
    Request,
    Revision,
    Submission,
)

KEPT = (PointState.ACCEPTED, PointState.EDITED, PointState.ADDED)
TOLD = (DraftState.APPROVED, DraftState.RELEASED)


def withdrawn(work: type[Submission] = Submission) -> ColumnElement[bool]:
    """Work that its author took back. Where an outer join finds no work, none was."""
    return work.withdrawn_at.is_not(None)


def removed() -> ColumnElement[bool]:
    """A context document that was taken out of the library."""
    return Document.removed_at.is_not(None)


def no_machine(said: type[Revision | Request | Consent]) -> ColumnElement[bool]:
    """That no machine may read it, by one word alone: what was said of a text or a request, or by a person of all that
    is theirs. As `service.domain.visibility.no_machine`."""
    return said.ai == AI.NONE


def barred(*texts: type[Revision | Request]) -> ColumnElement[bool]:
    """What no machine may read: its author says so of this text (or of one of these texts), or of all."""
    return or_(*(no_machine(one) for one in texts or (Revision,)), no_machine(Consent))


def machines_may() -> ColumnElement[bool]:
    """Work that was not taken back, and that its author lets machines read: the text itself, and all of theirs."""
    return and_(~withdrawn(), ~barred())


def peers_may() -> ColumnElement[bool]:
    """Work that was not taken back, and that its author lets others see."""
    return and_(~withdrawn(), Consent.show_work != ShowWork.NO)


def latest() -> ColumnElement[bool]:
    """The text of a submission that counts: its latest."""
    return Submission.latest == Revision.number


def latest_text() -> ColumnElement[bool]:
    """What joins a submission to the text of it that counts."""
    return and_(Revision.submission_id == Submission.id, latest())


def decided() -> ColumnElement[bool]:
    """A point that was dismissed, or is part of what was approved. What an earlier generation of the draft held was not
    part of it."""
    kept = and_(PointRow.state.in_(KEPT), PointRow.generation == DraftRow.generation, DraftRow.state.in_(TOLD))
    return or_(kept, PointRow.state == PointState.DISMISSED)


def read_by_a_person() -> ColumnElement[bool]:
    """That a facilitator read how the draft's work stands on a criterion."""
    return DraftRow.id.in_(select(CriterionReadingRow.draft_id))


def judged() -> ColumnElement[bool]:
    """That people judged the draft's work: with feedback that was approved, or criterion by criterion, which holds
    whatever becomes of the feedback."""
    said = or_(DraftRow.standing.is_not(None), DraftRow.score.is_not(None), DraftRow.judgements != {})
    return or_(and_(DraftRow.state.in_(TOLD), said), read_by_a_person())


def precedent() -> ColumnElement[bool]:
    """A decided point that machines may match by the passage it is about; one that is about none matches nothing."""
    return and_(machines_may(), decided(), PointRow.quote != "")


def vanished(session: Session, sources: Iterable[tuple[SourceKind, str]]) -> set[str]:
    """Those ids (of kind and id) whose text may no longer be shown. A document counts at any of its versions."""
    there = set(sources)
    peers = {ref: ref.partition("@")[0] for kind, ref in there if kind is SourceKind.PEER}
    context = {ref: ref.partition("@")[0] for kind, ref in there if kind is SourceKind.CONTEXT}
    seen = _shared(session, peers.values()) | _kept(session, context.values())
    return {ref for ref, owner in (peers | context).items() if owner not in seen}


def _shared(session: Session, revisions: Collection[str]) -> set[str]:
    if not revisions:
        return set()
    return set(
        session.scalars(
            select(Revision.id)
            .join(Submission, Submission.id == Revision.submission_id)
            .join(Consent, Consent.person_id == Submission.person_id)
            .where(Revision.id.in_(revisions), peers_may())
        )
    )


def _kept(session: Session, versions: Collection[str]) -> set[str]:
    if not versions:
        return set()
    return set(
        session.scalars(
            select(DocumentVersion.id)
            .join(Document, Document.id == DocumentVersion.document_id)
            .where(DocumentVersion.id.in_(versions), ~removed())
        )
    )
