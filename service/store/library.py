"""The Library on SQL: the organization's texts as they stand now, read under a scope. It writes nothing.

Rules 3 and 4 are here and nowhere after: what `read` leaves out no step of a pipeline ever sees. Consent is read anew
with every call, so what a learner took back is gone at once, whatever an index still holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from pipelines.texts.saying_back import without_mention
from pipelines.values import AI, PastPoint, Reviewed, Scope, Shelf, ShelfItem, Standing
from service.domain.memory.consistency import OF_WORDING
from service.store import visible
from service.store.session import Sessions
from service.store.tables import (
    Consent,
    Document,
    DocumentVersion,
    DraftRow,
    PassageRow,
    Person,
    PointRow,
    PointState,
    Revision,
    Submission,
)
from service.store.visible import KEPT as KEPT
from service.store.visible import TOLD as TOLD
from service.store.visible import judged, latest_text, machines_may, peers_may, precedent

MOST_IDS = 5000
"""Ids in one statement; SQLite takes 32,766 parameters, PostgreSQL 65,535."""

Query = Select[*tuple[Any, ...]]

_MACHINES = (Revision.ai.label("text_ai"), Consent.ai.label("author_ai"))
"""What the author lets machines do with this text, and with all of theirs; see `_allowed`."""


class SqlLibrary:
    """pipelines.ports.Library. Each call is one snapshot of the database."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def fingerprint(self, shelf: Shelf, scope: Scope) -> str:
        """A hash of which texts may be seen, in which version; texts themselves are not read."""
        seal = hashlib.sha256(f"{shelf} {scope.organization} {scope.challenge}".encode())
        with self._sessions.reading() as session:
            for statement in _marks(shelf, scope):
                for row in session.execute(statement):
                    seal.update(repr(tuple(row)).encode())
        return seal.hexdigest()

    def read(self, shelf: Shelf, scope: Scope, ids: Sequence[str] | None = None) -> list[ShelfItem]:
        """The items that the scope may see, of `ids` in their order, or all in the order of their owners' ids."""
        with self._sessions.reading() as session:
            return read_in(session, shelf, scope, ids)

    def visible(self, shelf: Shelf, scope: Scope) -> set[str]:
        """Ids of all that the scope may see, in one statement."""
        if shelf is Shelf.WORK and not scope.peers:
            return set()
        with self._sessions.reading() as session:
            return set(session.scalars(_ids(shelf, scope)))

    def reviewed(self, scope: Scope, limit: int) -> list[Reviewed]:
        """Others' work on the challenge that a facilitator has judged, the most recently handed in first.

        It teaches the assessment and is never quoted, so it needs no consent to be shown, but it needs one to machines.
        """
        with self._sessions.reading() as session:
            rows = session.execute(_judged(scope).limit(limit)).all()
            said = _said(session, [row.draft_id for row in rows])
        return [_reviewed(row, said) for row in rows]


def read_in(session: Session, shelf: Shelf, scope: Scope, ids: Sequence[str] | None = None) -> list[ShelfItem]:
    """`SqlLibrary.read` in a transaction that is open already."""
    if ids is None:
        return _read(session, shelf, scope, None)
    wanted = list(dict.fromkeys(ids))
    found = {item.id: item for chunk in _chunks(wanted) for item in _read(session, shelf, scope, chunk)}
    return [found[id_] for id_ in ids if id_ in found]


def _read(session: Session, shelf: Shelf, scope: Scope, ids: Sequence[str] | None) -> list[ShelfItem]:
    match shelf:
        case Shelf.WORK:
            return _work(session, scope, ids)
        case Shelf.CONTEXT:
            return _context(session, scope, ids)
        case Shelf.PRECEDENTS:
            return _precedents(session, scope, ids)


def _marks(shelf: Shelf, scope: Scope) -> list[Query]:
    """Statements whose rows change whenever what `read` gives changes. A passage's text follows from its owner."""
    match shelf:
        case Shelf.WORK if not scope.peers:
            return []
        case Shelf.WORK:
            owners = _visible_work(scope).subquery()
        case Shelf.CONTEXT:
            owners = _visible_context(scope).subquery()
        case Shelf.PRECEDENTS:
            columns = (PointRow.id, PointRow.state, PointRow.decided_at, DraftRow.version, _Decider.name, *_MACHINES)
            return [_visible_precedents(scope).with_only_columns(*columns)]
    passages = _passages(shelf, scope, owners).with_only_columns(PassageRow.id, PassageRow.heading)
    return [select(owners).order_by(owners.c.owner_id), passages]


def _visible_work(scope: Scope) -> Query:
    """Others' latest revisions that the scope may see."""
    statement = (
        select(
            Revision.id.label("owner_id"),
            Submission.person_id.label("author"),
            Revision.number.label("version"),
            *_MACHINES,
        )
        .join(Submission, latest_text())
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(
            Submission.organization_id == scope.organization,
            Submission.challenge_id == scope.challenge,
            Submission.person_id != scope.author,
            machines_may(),
            peers_may(),
        )
    )
    return statement.where(Submission.group_id.in_(scope.groups)) if scope.groups else statement


def _visible_context(scope: Scope) -> Query:
    """The latest versions of the organization's documents that were not removed."""
    return (
        select(
            DocumentVersion.id.label("owner_id"), Document.title.label("title"), DocumentVersion.number.label("version")
        )
        .join(Document, and_(Document.id == DocumentVersion.document_id, Document.version == DocumentVersion.number))
        .where(Document.organization_id == scope.organization, ~visible.removed())
    )


def _ids(shelf: Shelf, scope: Scope) -> Select[str]:
    match shelf:
        case Shelf.WORK:
            owners = _visible_work(scope)
        case Shelf.CONTEXT:
            owners = _visible_context(scope)
        case Shelf.PRECEDENTS:
            return _visible_precedents(scope).order_by(None).with_only_columns(PointRow.id)
    return _passages(shelf, scope, owners.subquery()).order_by(None).with_only_columns(PassageRow.id)


def _passages(shelf: Shelf, scope: Scope, owners: Any) -> Query:
    part = scope.challenge if shelf is Shelf.WORK else scope.organization
    return (
        select(PassageRow.id, PassageRow.owner_id, PassageRow.start, PassageRow.end, PassageRow.heading, *owners.c[1:])
        .join(owners, owners.c.owner_id == PassageRow.owner_id)
        .where(PassageRow.organization_id == scope.organization, PassageRow.shelf == shelf, PassageRow.part_id == part)
        .order_by(PassageRow.owner_id, PassageRow.start, PassageRow.end, PassageRow.id)
    )


def _work(session: Session, scope: Scope, ids: Sequence[str] | None) -> list[ShelfItem]:
    if not scope.peers:
        return []
    rows = _rows(session, _passages(Shelf.WORK, scope, _visible_work(scope).subquery()), PassageRow.id, ids)
    texts = _texts(session, Revision, rows)
    return [
        _passage_item(Shelf.WORK, row, texts, version=row.version, author=row.author, ai=_allowed(row)) for row in rows
    ]


def _allowed(row: Row[Any]) -> AI:
    allowed: AI = row.text_ai.and_(row.author_ai)
    return allowed


def _context(session: Session, scope: Scope, ids: Sequence[str] | None) -> list[ShelfItem]:
    rows = _rows(session, _passages(Shelf.CONTEXT, scope, _visible_context(scope).subquery()), PassageRow.id, ids)
    texts = _texts(session, DocumentVersion, rows)
    return [_passage_item(Shelf.CONTEXT, row, texts, version=row.version, title=row.title) for row in rows]


def _passage_item(shelf: Shelf, row: Row[Any], texts: dict[str, str], **more: Any) -> ShelfItem:
    return ShelfItem(
        id=row.id,
        shelf=shelf,
        text=texts[row.owner_id][row.start : row.end],
        document=row.owner_id,
        start=row.start,
        end=row.end,
        heading=row.heading,
        **more,
    )


_Decider = aliased(Person)


def _visible_precedents(scope: Scope) -> Query:
    """Points decided on others' work: kept ones once they were approved, dismissed ones at once.

    The passage a point is about is matched by machines, so its author must let them; nobody is shown it as peers' work.
    """
    return (
        select(
            PointRow,
            DraftRow.revision_id,
            Submission.person_id,
            Revision.number,
            _Decider.name.label("decided_by"),
            *_MACHINES,
        )
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .outerjoin(_Decider, _Decider.id == PointRow.decided_by)
        .where(
            PointRow.organization_id == scope.organization,
            DraftRow.organization_id == scope.organization,
            DraftRow.challenge_id == scope.challenge,
            Submission.person_id != scope.author,
            precedent(),
        )
        .order_by(PointRow.id)
    )


def _precedents(session: Session, scope: Scope, ids: Sequence[str] | None) -> list[ShelfItem]:
    return [_precedent(row) for row in _rows(session, _visible_precedents(scope), PointRow.id, ids)]


def _precedent(row: Row[Any]) -> ShelfItem:
    """What it says of the work that it was made on is left out: it is nothing of the one it is looked for."""
    point: PointRow = row.PointRow
    dismissed = point.state is PointState.DISMISSED
    past = PastPoint(
        kind=point.kind,
        text=without_mention(point.text),
        quote=point.quote,
        criterion=point.criterion,
        dismissed=dismissed,
        reason=(point.reason or point.reason_code) if dismissed else "",
        decided_by=row.decided_by or "",
        matter=point.reason_code not in OF_WORDING,
        of=row.revision_id,
        ai=_allowed(row),
    )
    return ShelfItem(
        id=point.id,
        shelf=Shelf.PRECEDENTS,
        text=point.quote,
        document=row.revision_id,
        start=point.start,
        end=point.end,
        version=row.number,
        author=row.person_id,
        past=past,
        ai=past.ai,
    )


def _judged(scope: Scope) -> Query:
    """The latest revision of each submission that has a facilitator's judgement."""
    latest = func.row_number().over(partition_by=Submission.id, order_by=Revision.number.desc()).label("latest")
    found = (
        select(DraftRow.id.label("draft_id"), Revision.id.label("revision_id"), Submission.person_id, latest)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(
            DraftRow.organization_id == scope.organization,
            DraftRow.challenge_id == scope.challenge,
            judged(),
            Submission.person_id != scope.author,
            machines_may(),
        )
        .subquery()
    )
    return (
        select(found.c.draft_id, found.c.person_id, DraftRow, Revision.id, Revision.text)
        .join(DraftRow, DraftRow.id == found.c.draft_id)
        .join(Revision, Revision.id == found.c.revision_id)
        .where(found.c.latest == 1)
        .options(selectinload(DraftRow.readings))
        .order_by(Revision.submitted_at.desc(), Revision.id.desc())
    )


def _said(session: Session, drafts: Sequence[str]) -> dict[str, list[str]]:
    """What the approved points of these drafts say, in their order."""
    said: dict[str, list[str]] = {}
    for chunk in _chunks(drafts):
        rows = session.execute(
            select(PointRow.draft_id, PointRow.text)
            .join(DraftRow, and_(DraftRow.id == PointRow.draft_id, DraftRow.generation == PointRow.generation))
            .where(PointRow.draft_id.in_(chunk), PointRow.state.in_(KEPT))
            .order_by(PointRow.position, PointRow.id)
        )
        for draft, text in rows:
            said.setdefault(draft, []).append(text)
    return said


def _reviewed(row: Row[Any], said: dict[str, list[str]]) -> Reviewed:
    draft: DraftRow = row.DraftRow
    places = {one.criterion: (one.start, one.end) for one in draft.readings if one.start is not None and one.end}
    if draft.state not in TOLD:
        read = {one.criterion: one.standing for one in draft.readings}
        return Reviewed(row.id, row.text, criteria=read, author=row.person_id, places=places)
    return Reviewed(
        id=row.id,
        text=row.text,
        standing=draft.standing,
        score=draft.score,
        criteria={key: Standing(standing) for key, standing in draft.judgements.items()},
        author=row.person_id,
        feedback="\n".join(part for part in (draft.summary, *said.get(draft.id, ())) if part),
        places=places,
    )


def _rows(session: Session, statement: Query, id_: Any, ids: Sequence[str] | None) -> Sequence[Row[Any]]:
    return session.execute(statement if ids is None else statement.where(id_.in_(ids))).all()


def _texts(session: Session, model: type[Revision | DocumentVersion], rows: Iterable[Row[Any]]) -> dict[str, str]:
    """The owners' texts, each read once however many passages it has."""
    owners = list(dict.fromkeys(row.owner_id for row in rows))
    return {
        owner: text
        for chunk in _chunks(owners)
        for owner, text in session.execute(select(model.id, model.text).where(model.id.in_(chunk)))
    }


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + MOST_IDS] for at in range(0, len(ids), MOST_IDS))
