"""Every showing of somebody's work to somebody else is written down here, before it is out: the one place that does.

What is let out (a gallery, an introduction) is written down in the transaction that lets it out. What is read by
looking (a brief, others' work at the desk, a file of the network) is written down before the answer leaves: what cannot
be written down is not shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
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
    rows = [one for showing in showings for one in missing(session, showing)]
    if rows:
        made = [{"id": new_id(), "at": now, **row} for row in rows]
        session.execute(insert(session, Disclosure).values(made).on_conflict_do_nothing())


def missing(session: Session, showing: Showing) -> list[dict[str, Any]]:
    """The entries that it is still to have, in one statement for work and one for people. Changes nothing."""
    rows: list[Row[Any]] = []
    if showing.revisions or showing.drafts:
        rows += session.execute(_of_work(showing)).all()
    if showing.people:
        rows += session.execute(_of_people(showing)).all()
    if showing.told.kind.once:
        rows = list({row.person_id: row for row in reversed(rows)}.values())
    return [_entry(row, showing.told) for row in rows]


def _of_work(showing: Showing) -> Any:
    drafts = select(DraftRow.revision_id).where(DraftRow.id.in_(showing.drafts))
    query = (
        select(Revision.id, Submission.person_id, Submission.organization_id)
        .join(Submission, Submission.id == Revision.submission_id)
        .where(
            or_(Revision.id.in_(showing.revisions), Revision.id.in_(drafts)),
            *_of_another(Submission.person_id, showing),
        )
        .order_by(Revision.id)
    )
    if showing.told.kind.once:
        query = query.where(~_told_before(Submission.person_id, showing.told))
    return query


def _of_people(showing: Showing) -> Any:
    told = showing.told
    query = select(Person.id.label("person_id"), Person.organization_id).where(
        Person.id.in_(showing.people), *_of_another(Person.id, showing)
    )
    if showing.since is not None:
        since = [Disclosure.reader_id == told.reader_id, Disclosure.at >= showing.since]
        query = query.where(~_told_before(Person.id, told, *since))
    return query.order_by(Person.id)


def _of_another(person: Any, showing: Showing) -> list[ColumnElement[bool]]:
    """Nobody is told of what they read themselves, nor that their work stood beside their own."""
    found = [person != (showing.told.reader_id or "")]
    if showing.beside:
        own = select(Submission.person_id).join(DraftRow, DraftRow.submission_id == Submission.id)
        found.append(person.not_in(own.where(DraftRow.id == showing.beside)))
    return found


def _told_before(person: Any, told: DisclosedTo, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    same = (Disclosure.subject_id == told.subject, Disclosure.kind == told.kind, Disclosure.person_id == person)
    return select(Disclosure.id).where(*same, *more).exists()


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
