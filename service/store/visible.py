"""Which sources are no longer to be shown, as consent, withdrawal and removal stand now."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import SourceKind
from service.domain.visibility import ShowWork
from service.store.tables import Consent, Document, DocumentVersion, Revision, Submission


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
            .where(
                Revision.id.in_(revisions),
                Submission.withdrawn_at.is_(None),
                Consent.show_work != ShowWork.NO,
            )
        )
    )


def _kept(session: Session, versions: Collection[str]) -> set[str]:
    if not versions:
        return set()
    return set(
        session.scalars(
            select(DocumentVersion.id)
            .join(Document, Document.id == DocumentVersion.document_id)
            .where(DocumentVersion.id.in_(versions), Document.removed_at.is_(None))
        )
    )
