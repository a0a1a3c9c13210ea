"""Signs that a passage of a document is unclear or wrong: requests, approved questions, points dismissed as wrong.

Counted, not judged, and only of what was asked in groups that the actor reviews.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from pipelines.values import PointKind, Shelf, SourceKind
from service.actions.visibility.quotes import Quote, QuotePlace, of_documents
from service.domain.errors import NotAllowed
from service.domain.requests.need import RequestState
from service.domain.roles import Actor
from service.store.library import KEPT, TOLD
from service.store.tables import (
    Decision,
    Document,
    DocumentVersion,
    DraftRow,
    PassageForRequest,
    PointRow,
    PointState,
    Request,
    RoleGrant,
    SourceRow,
)

ASKED_ABOUT: Final = 2
"""Times that a passage must be asked about before it is said to be."""
WRONG: Final = "wrong"
"""The reason to dismiss a point that speaks against what the point rests on."""


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """A passage of a document in its present version that several people ask about: it may be unclear, or lack
    something. `questions`: approved points that ask a learner about it; `requests`: those that it lies nearest to;
    `dismissed`: points resting on it that were dismissed as wrong."""

    quote: Quote
    requests: int
    questions: int
    dismissed: int = 0


@dataclass(frozen=True, slots=True)
class Signs:
    """How often each place is asked about, by kind."""

    requests: Counter[QuotePlace]
    questions: Counter[QuotePlace]
    dismissed: Counter[QuotePlace]

    def often(self) -> list[QuotePlace]:
        """Places asked about at least ASKED_ABOUT times, the most first."""
        all_ = self.requests + self.questions + self.dismissed
        return [place for place, count in all_.most_common() if count >= ASKED_ABOUT]


def asked_about(session: Session, actor: Actor, *, limit: int = 10) -> list[AskedAbout]:
    """Passages of documents that several requests, or approved questions to learners, are about; most asked first.

    Raises NotAllowed for a learner and for a platform.
    """
    if actor.person is None or not actor.reviews:
        raise NotAllowed("Requests are read by facilitators and coordinators.")
    found = signs(session, actor.organization, actor.reviews)
    often = found.often()
    quotes = of_documents(session, often)
    return [
        AskedAbout(quotes[place], found.requests[place], found.questions[place], found.dismissed[place])
        for place in often
        if place in quotes
    ][:limit]


def signs(session: Session, organization: str, groups: Collection[str]) -> Signs:
    """All signs from these groups on documents in their present versions."""
    return Signs(
        _requests_by_place(session, organization, groups),
        Counter(_places(session.execute(_questions(organization, groups)).all())),
        Counter(_places(session.execute(_dismissed(organization, groups)).all())),
    )


def _requests_by_place(session: Session, organization: str, groups: Collection[str]) -> Counter[QuotePlace]:
    """The nearest passage of each request that was not closed by its author."""
    reviewed = select(RoleGrant.person_id).where(RoleGrant.group_id.in_(groups))
    rows = session.execute(
        select(PassageForRequest.request_id, PassageForRequest.owner_id, PassageForRequest.start, PassageForRequest.end)
        .join(Request, Request.id == PassageForRequest.request_id)
        .join(DocumentVersion, DocumentVersion.id == PassageForRequest.owner_id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(
            Request.organization_id == organization,
            Request.person_id.in_(reviewed),
            Request.state != RequestState.CLOSED,
            PassageForRequest.shelf == Shelf.CONTEXT.value,
            Document.version == DocumentVersion.number,
        )
        .order_by(PassageForRequest.position)
    )
    nearest: dict[str, QuotePlace] = {}
    for request, owner, start, end in rows:
        nearest.setdefault(request, QuotePlace(owner, start, end))
    return Counter(nearest.values())


def _resting(organization: str, groups: Collection[str]) -> Select[str, int]:
    """Points, as drafts stand now, that rest on a passage of a document in its present version: passage and count."""
    return (
        select(SourceRow.ref_id, func.count(PointRow.id.distinct()))
        .join(PointRow, PointRow.id == SourceRow.point_id)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .join(DocumentVersion, DocumentVersion.id == SourceRow.owner_id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(
            SourceRow.organization_id == organization,
            SourceRow.kind == SourceKind.CONTEXT,
            Document.version == DocumentVersion.number,
            DraftRow.group_id.in_(groups),
        )
        .group_by(SourceRow.ref_id)
    )


def _questions(organization: str, groups: Collection[str]) -> Select[str, int]:
    """Approved questions and next steps."""
    return _resting(organization, groups).where(
        PointRow.kind.in_((PointKind.QUESTION, PointKind.NEXT_STEP)),
        PointRow.state.in_(KEPT),
        PointRow.generation == DraftRow.generation,
        DraftRow.state.in_(TOLD),
    )


def _dismissed(organization: str, groups: Collection[str]) -> Select[str, int]:
    """Points that a facilitator dismissed as wrong, and did not take up again."""
    return (
        _resting(organization, groups)
        .join(Decision, Decision.point_id == PointRow.id)
        .where(PointRow.state == PointState.DISMISSED, Decision.act == "dismiss", Decision.reason_code == WRONG)
    )


def _places(rows: Collection[Any]) -> dict[QuotePlace, int]:
    return {place: count for ref, count in rows if (place := _place(ref)) is not None}


def _place(passage: str) -> QuotePlace | None:
    """Where a passage stands, by its id `owner@start-end`."""
    owner, _, span = passage.partition("@")
    start, _, end = span.partition("-")
    return QuotePlace(owner, int(start), int(end)) if start.isdigit() and end.isdigit() else None
