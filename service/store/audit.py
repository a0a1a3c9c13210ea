"""The audit trail: who did what, when, to what. Written in the transaction that it tells of; never holds a text.

What is recorded joins its organization's chain as the last thing before the commit (`_seal`), so that the end of the
chain is held for one round of writing, by whoever waits for nothing else any more: nobody can wait in a circle.
"""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain import audit
from service.domain.audit import PERSON, PSEUDONYM, Anchor, ChainedEntry, KeptEntry
from service.domain.ids import new_id
from service.store.session import at_the_end, insert
from service.store.tables import AuditEntry, AuditHead, Person, Pseudonym

_RECORDED = "audit"
_ID = re.compile(f"({PERSON})?[0-9a-f]{{32}}")
AT_ONCE = 1000
"""Entries read at once when all are."""


def record(
    session: Session, *, organization: str, actor: str, act: str, subject: str, now: datetime, **facts: object
) -> None:
    """Add an entry. `actor` is `credential:…`, `person:…`, `operator`, `machine` or `clock`; facts hold no text.

    A person is written `person:` and our own id, in the actor, the subject or a fact, and kept by pseudonym.
    """
    entry = AuditEntry(id=new_id(), organization_id=organization, actor=actor, act=act, subject=subject, at=now)
    entry.facts = {name: audit.plain(fact) for name, fact in facts.items()}
    session.add(entry)
    recorded: dict[str, list[AuditEntry]] = session.info.setdefault(_RECORDED, defaultdict(list))
    recorded[organization].append(entry)
    at_the_end(session, _seal)


def _seal(session: Session) -> None:
    """Put what was recorded into the chains, organization by organization."""
    recorded: dict[str, list[AuditEntry]] = session.info.pop(_RECORDED)
    session.flush()
    for organization, entries in sorted(recorded.items()):
        kept = [one for one in entries if one in session]  # not what a savepoint took back
        if kept:
            _chain(session, organization, kept)


def _chain(session: Session, organization: str, entries: Sequence[AuditEntry]) -> None:
    head = _held(session, organization)
    names = _named(session, organization, {text for one in entries for text in _said(one) if _ID.fullmatch(text)})
    at = Anchor(head.number, head.hash)
    for one in entries:
        one.actor, one.subject = names.get(one.actor, one.actor), names.get(one.subject, one.subject)
        one.facts = _renamed(one.facts, names)
        one.number, one.previous_hash = at.number + 1, at.hash
        one.hash = audit.chained(_as_chained(one, one.number), at.hash)
        at = Anchor(one.number, one.hash)
    head.number, head.hash = at.number, at.hash
    session.flush()


def _held(session: Session, organization: str) -> AuditHead:
    """The end of the chain, held until the commit. No row refers to it, so that it stands in nobody else's way."""
    row = session.get(AuditHead, organization, with_for_update={"key_share": True}, populate_existing=True)
    if row is not None:
        return row
    start = audit.beginning(organization)
    begun = insert(session, AuditHead).values(organization_id=organization, number=start.number, hash=start.hash)
    session.execute(begun.on_conflict_do_nothing())
    return session.get_one(AuditHead, organization, with_for_update={"key_share": True}, populate_existing=True)


def _said(entry: AuditEntry) -> Iterator[str]:
    yield from (entry.actor, entry.subject, *_texts(entry.facts))


def _texts(fact: Any) -> Iterator[str]:
    if isinstance(fact, str):
        yield fact
    elif isinstance(fact, dict | list):
        for one in fact.values() if isinstance(fact, dict) else fact:
            yield from _texts(one)


def _renamed(fact: Any, names: dict[str, str]) -> Any:
    if isinstance(fact, dict):
        return {key: _renamed(one, names) for key, one in fact.items()}
    if isinstance(fact, list):
        return [_renamed(one, names) for one in fact]
    return names.get(fact, fact) if isinstance(fact, str) else fact


def _named(session: Session, organization: str, said: Collection[str]) -> dict[str, str]:
    """How people are called in the trail, by what was said: `person:…`, or an id of ours that turns out to be one of a
    person. Who is not there (any more) is called so once and never again."""
    ids = sorted({one.removeprefix(PERSON) for one in said})
    known = _pseudonyms(session, ids)
    new = sorted(id_ for id_, name in known.items() if name is None)
    if new:
        rows = [{"person_id": id_, "organization_id": organization, "name": _random()} for id_ in new]
        session.execute(insert(session, Pseudonym).values(rows).on_conflict_do_nothing())
        known |= _pseudonyms(session, new)
    called = {id_: known.get(id_) or _random() for id_ in ids}
    people = {one: one.removeprefix(PERSON) for one in said if one.startswith(PERSON) or one in known}
    return {one: f"{PSEUDONYM}{called[id_]}" for one, id_ in people.items()}


def _pseudonyms(session: Session, ids: Sequence[str]) -> dict[str, str | None]:
    """By id, those that are of a person, with their pseudonym where there is one."""
    if not ids:
        return {}
    rows = select(Person.id, Pseudonym.name).outerjoin(Pseudonym, Pseudonym.person_id == Person.id)
    return dict(session.execute(rows.where(Person.id.in_(ids))).all())


def _random() -> str:
    return secrets.token_hex(16)


def pseudonym(session: Session, organization: str, person: str) -> str:
    """How this person (our own id) is called in the trail, to say of what was done to them after they are gone."""
    return _named(session, organization, [f"{PERSON}{person}"])[f"{PERSON}{person}"]


def _as_chained(row: AuditEntry, number: int) -> ChainedEntry:
    return ChainedEntry(row.organization_id, number, row.at, row.actor, row.act, row.subject, row.facts)


def page(session: Session, organization: str, *, after: int, limit: int) -> Sequence[AuditEntry]:
    """Entries numbered above `after`, in order."""
    query = select(AuditEntry).where(AuditEntry.organization_id == organization, AuditEntry.number > after)
    return session.scalars(query.order_by(AuditEntry.number).limit(limit)).all()


def latest(session: Session, organization: str, *, before: int | None, limit: int) -> Sequence[AuditEntry]:
    """Entries numbered below `before`, the last first."""
    query = select(AuditEntry).where(AuditEntry.organization_id == organization, AuditEntry.number.is_not(None))
    query = query if before is None else query.where(AuditEntry.number < before)
    return session.scalars(query.order_by(AuditEntry.number.desc()).limit(limit)).all()


def head(session: Session, organization: str) -> Anchor:
    """The end of the organization's chain."""
    row = session.get(AuditHead, organization)
    return audit.beginning(organization) if row is None else Anchor(row.number, row.hash)


def verify(session: Session, organization: str, anchors: Iterable[Anchor] = ()) -> list[str]:
    """What is wrong with the organization's trail, in words; nothing if nothing is. Reads all of it, a part at a time.

    Run it in one snapshot: entries that come meanwhile are not in it.
    """
    start = audit.beginning(organization)
    found = audit.faults(_kept(session, organization), start, head(session, organization), anchors)
    loose = select(AuditEntry.id).where(AuditEntry.organization_id == organization, AuditEntry.number.is_(None))
    outside = [
        f"Entry {id_} stands outside of the chain: it was not written by Peerloom." for id_ in session.scalars(loose)
    ]
    return found + outside[: audit.MOST_FAULTS]


def _kept(session: Session, organization: str) -> Iterator[KeptEntry]:
    after = cast("int | None", -(2**31))
    while after is not None:
        rows = page(session, organization, after=after, limit=AT_ONCE)
        for row in rows:
            yield KeptEntry(_as_chained(row, row.number or 0), row.previous_hash or "", row.hash or "")
        after = rows[-1].number if len(rows) == AT_ONCE else None
        session.expunge_all()


def people(session: Session, organization: str, names: Iterable[str]) -> dict[str, Person]:
    """By how they are called in the trail, the people who are still there."""
    wanted = {one.removeprefix(PSEUDONYM) for one in names if one.startswith(PSEUDONYM)}
    rows = session.execute(
        select(Pseudonym.name, Person)
        .join(Person, Person.id == Pseudonym.person_id)
        .where(Pseudonym.name.in_(wanted), Pseudonym.organization_id == organization)
    )
    return {f"{PSEUDONYM}{name}": person for name, person in rows}
