"""The organization's trail, read by whoever leads it. Names stand beside pseudonyms for as long as the person is kept;
what is taken along holds pseudonyms only, so that it need not be erased with anybody."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from pipelines import network
from service.domain.audit import PSEUDONYM, Anchor
from service.domain.roles import Actor, require_lead
from service.store import audit
from service.store.tables import AuditEntry

MOST_AT_ONCE = 50_000
"""Entries in one file; the next begins after its last."""
HEAD = ("number", "at", "actor", "act", "subject", "facts", "previous_hash", "hash")


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """An entry. `who` and `whom` are names of people who are still there, else empty; `somebody` is gone."""

    number: int
    at: datetime
    actor: str
    who: str
    act: str
    subject: str
    whom: str
    facts: dict[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """Some of the trail, the last entry first, and where it ends. `before` asks for those that came earlier."""

    entries: tuple[TrailEntry, ...]
    head: Anchor
    before: int | None


def read(session: Session, actor: Actor, *, after: int, limit: int) -> list[TrailEntry]:
    """Entries numbered above `after`, in order. Raises NotAllowed."""
    require_lead(actor)
    return _told(session, actor, audit.page(session, actor.organization, after=after, limit=limit))


def latest(session: Session, actor: Actor, *, before: int | None = None, limit: int = 100) -> AuditTrail:
    """The last entries, or those before a number. Raises NotAllowed."""
    require_lead(actor)
    rows = audit.latest(session, actor.organization, before=before, limit=limit + 1)
    shown = _told(session, actor, rows[:limit])
    more = shown[-1].number if len(rows) > limit else None
    return AuditTrail(tuple(shown), audit.head(session, actor.organization), more)


def check(session: Session, actor: Actor, anchors: Iterable[Anchor] = ()) -> tuple[Anchor, list[str]]:
    """Where the trail ends, and what is wrong with it; nothing if nothing is. Reads all of it. Raises NotAllowed."""
    require_lead(actor)
    end = audit.head(session, actor.organization)
    return end, audit.verify(session, actor.organization, anchors)


def as_lines(session: Session, actor: Actor, *, after: int = 0, limit: int = MOST_AT_ONCE) -> str:
    """Entries above a number as JSON lines (NDJSON), each with all that its hash is made of. Raises NotAllowed."""
    rows = _rows(session, actor, after, limit)
    return "".join(f"{json.dumps(dict(zip(HEAD, one, strict=True)), ensure_ascii=False)}\n" for one in rows)


def as_csv(session: Session, actor: Actor, *, after: int = 0, limit: int = MOST_AT_ONCE) -> str:
    """The same as a table that a spreadsheet opens as text. Raises NotAllowed."""
    rows = _rows(session, actor, after, limit)
    return network.table(HEAD, [(*one[:5], json.dumps(one[5], ensure_ascii=False), *one[6:]) for one in rows])


def _rows(session: Session, actor: Actor, after: int, limit: int) -> list[tuple[Any, ...]]:
    require_lead(actor)
    found = audit.page(session, actor.organization, after=after, limit=min(limit, MOST_AT_ONCE))
    return [
        (
            row.number,
            row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.actor,
            row.act,
            row.subject,
            row.facts,
            row.previous_hash,
            row.hash,
        )
        for row in found
    ]


def _told(session: Session, actor: Actor, rows: Sequence[AuditEntry]) -> list[TrailEntry]:
    said = {name for row in rows for name in (row.actor, row.subject)}
    names = {key: one.name for key, one in audit.people(session, actor.organization, said).items()}
    return [
        TrailEntry(
            row.number or 0,
            row.at,
            row.actor,
            _name(row.actor, names),
            row.act,
            row.subject,
            _name(row.subject, names),
            row.facts,
            row.previous_hash or "",
            row.hash or "",
        )
        for row in rows
    ]


def _name(said: str, names: dict[str, str]) -> str:
    return names.get(said, "") if said.startswith(PSEUDONYM) else ""
