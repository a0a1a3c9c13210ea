"""Every showing of somebody's work to somebody else is written down here, before it is out: the one place that does.

What is let out (a gallery, an introduction) is written down in the transaction that lets it out. What is read by
looking (a brief, others' work at the desk, a file of the network) is written down before the answer leaves: what cannot
be written down is not shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.domain.ids import new_id
from service.store.session import insert
from service.store.tables import Disclosure, DisclosureKind, DraftRow, Person, Revision, Submission


@dataclass(frozen=True, slots=True)
class DisclosedTo:
    """In what it was shown, to whom (a person's id, or a model's name), and who let it."""

    kind: DisclosureKind
    subject: str
    reader_id: str | None = None
    reader: str = ""
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Showing:
    """What of whom is shown at once: texts by the ids of their revisions, or of the drafts on them, and people who are
    named without their work. `beside`: the draft on whose author's work it stands; that is no showing of theirs.
    `since`: people are not told again of what the same reader was shown from then on."""

    told: DisclosedTo
    revisions: frozenset[str] = frozenset()
    drafts: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    beside: str = ""
    since: datetime | None = None


def record(session: Session, revisions: Iterable[str], told: DisclosedTo, *, now: datetime) -> None:
    """These revisions were shown: one entry each. Nobody's own work is disclosed to themselves."""
    keep(session, [Showing(told, frozenset(revisions))], now=now)


def keep(session: Session, showings: Iterable[Showing], *, now: datetime) -> None:
    """Write down what is not written down yet: one statement, however much it is, and none for nothing. Of two who do
    so at the same moment one does."""
    rows = missing(session, showings)
    if rows:
        made = [{"id": new_id(), "at": now, **row} for row in rows]
        session.execute(insert(session, Disclosure).values(made).on_conflict_do_nothing())


def missing(session: Session, showings: Iterable[Showing]) -> list[dict[str, Any]]:
    """The entries that these are still to have, in as many statements for a list as for one. Changes nothing."""
    seen = list(showings)
    works = _works(session, seen)
    before = _told_before(session, seen, works)
    found = []
    for one in seen:
        rows = [row for row in works.of(one) if _mark(one, row) not in before]
        if one.told.kind.once:
            rows = list({row.person_id: row for row in reversed(rows)}.values())
        if one.people:
            rows += session.execute(_of_people(one)).all()
        found += [_entry(row, one.told) for row in rows]
    return found


@dataclass(frozen=True, slots=True)
class _Works:
    """Whose revisions these are, by their ids and by those of drafts on them."""

    by_revision: Mapping[str, Row[Any]]
    by_draft: Mapping[str, Row[Any]]

    def of(self, one: Showing) -> list[Row[Any]]:
        """The revisions that are shown. Nobody is told of what they read themselves, nor that their work stood beside
        their own."""
        found = {id_: self.by_revision[id_] for id_ in one.revisions if id_ in self.by_revision}
        found |= {row.id: row for id_ in one.drafts if (row := self.by_draft.get(id_)) is not None}
        own = self.by_draft.get(one.beside)
        but = {one.told.reader_id, own.person_id if own is not None else None}
        return [row for _, row in sorted(found.items()) if row.person_id not in but]


def _works(session: Session, showings: Sequence[Showing]) -> _Works:
    revisions = {id_ for one in showings for id_ in one.revisions}
    drafts = {id_ for one in showings for id_ in (*one.drafts, one.beside) if id_}
    query: Any = select(Revision.id, Submission.person_id, Submission.organization_id).join(
        Submission, Submission.id == Revision.submission_id
    )
    of_drafts = query.add_columns(DraftRow.id.label("draft")).join(DraftRow, DraftRow.revision_id == Revision.id)
    return _Works(
        {row.id: row for row in session.execute(query.where(Revision.id.in_(revisions)))} if revisions else {},
        {row.draft: row for row in session.execute(of_drafts.where(DraftRow.id.in_(drafts)))} if drafts else {},
    )


_Mark = tuple[str, str, str | None]


def _mark(one: Showing, row: Row[Any]) -> _Mark:
    """What an author is told of once."""
    return (one.told.kind, one.told.subject, row.person_id)


def _told_before(session: Session, showings: Sequence[Showing], works: _Works) -> set[_Mark]:
    marks = {_mark(one, row) for one in showings if one.told.kind.once for row in works.of(one)}
    if not marks:
        return set()
    kinds, subjects, people = (set(part) for part in zip(*marks, strict=True))
    rows = session.execute(
        select(Disclosure.kind, Disclosure.subject_id, Disclosure.person_id).where(
            Disclosure.person_id.in_(people), Disclosure.subject_id.in_(subjects), Disclosure.kind.in_(kinds)
        )
    )
    return {(kind, subject, person) for kind, subject, person in rows}


def _of_people(showing: Showing) -> Any:
    told = showing.told
    query = select(Person.id.label("person_id"), Person.organization_id).where(
        Person.id.in_(showing.people), Person.id != (told.reader_id or "")
    )
    if showing.since is not None:
        before = select(Disclosure.id).where(
            Disclosure.subject_id == told.subject,
            Disclosure.kind == told.kind,
            Disclosure.person_id == Person.id,
            Disclosure.reader_id == told.reader_id,
            Disclosure.at >= showing.since,
        )
        query = query.where(~before.exists())
    return query.order_by(Person.id)


def _entry(row: Row[Any], told: DisclosedTo) -> dict[str, Any]:
    return {
        "organization_id": row.organization_id,
        "person_id": row.person_id,
        "revision_id": getattr(row, "id", None),
        "kind": told.kind,
        "subject_id": told.subject,
        "reader_id": told.reader_id,
        "reader": told.reader[:255],
        "approved_by": told.approved_by,
    }


def at_desk(
    person: str | None, subject: str, revisions: Collection[str], *, beside: str = "", drafts: Collection[str] = ()
) -> list[Showing]:
    """Others' work before the eyes of a facilitator who has something of somebody else's to decide on. Nothing for a
    platform: what it is given is its organization's own copy, of which its own pages tell."""
    if person is None or not (revisions or drafts):
        return []
    told = DisclosedTo(DisclosureKind.DESK, subject, person)
    return [Showing(told, frozenset(revisions), frozenset(drafts), beside=beside)]
