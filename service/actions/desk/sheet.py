"""A draft's evidence sheet as a facilitator reads it: for each criterion, where the work speaks of it, what the
organization and its people say on it, and who says how it stands. Reads; changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from pipelines.values import PointKind, SheetLine, Source, SourceKind, Standing, TrackRecord
from service.actions.desk import sources as desk_sources
from service.actions.desk.sources import OpenedSource
from service.actions.drafts import earlier, read, sheets
from service.actions.drafts.points import source_row
from service.domain import assessed
from service.domain.drafts import DraftState
from service.domain.roles import Actor
from service.store import names
from service.store.tables import Challenge, CriterionReadingRow, DraftRow, Person, Revision, SourceRow
from service.store.visible import vanished


@dataclass(frozen=True, slots=True)
class PlaceSeen:
    """A passage of the work. `near`: how near it is to what a criterion asks, a cosine."""

    start: int
    end: int
    quote: str
    near: float


@dataclass(frozen=True, slots=True)
class CriterionReadingSeen:
    """How a person reads the work on a criterion; no offsets: nowhere. `person` is an external id, `who` a name."""

    standing: Standing
    start: int | None
    end: int | None
    quote: str
    person: str | None
    who: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """A point that was released on an earlier version, and what `became` of its place: see `EarlierVersion`."""

    kind: PointKind
    text: str
    became: str


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion. `number` is its place on the page, from 1; `machine` is what the machine says of it, if it does;
    `record` what entitles it to that; `before` what was said on it of an earlier version."""

    number: int
    criterion: str
    text: str
    question: str
    places: tuple[PlaceSeen, ...]
    sources: tuple[OpenedSource, ...]
    machine: Standing | None
    record: TrackRecord | None
    reading: CriterionReadingSeen | None
    judged: Standing | None
    before: tuple[SaidBefore, ...] = ()

    @property
    def differs(self) -> bool:
        """The person and the machine say otherwise."""
        return bool(self.reading and self.machine and self.reading.standing is not self.machine)

    @property
    def where(self) -> list[tuple[int, int]]:
        """Where in the work it is to be read: the person's place, else the passages found."""
        if self.reading is None:
            return [(one.start, one.end) for one in self.places]
        there = self.reading.start is not None and self.reading.end is not None
        return [(self.reading.start or 0, self.reading.end or 0)] if there else []


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """The sheet. `laid_out`: a machine looked for places; else nobody has looked yet."""

    draft: str
    version: int
    state: DraftState
    readings: tuple[CriterionLine, ...]
    laid_out: bool

    @property
    def read(self) -> int:
        """How many criteria a person has read."""
        return sum(one.reading is not None for one in self.readings)

    @property
    def next(self) -> CriterionLine | None:
        """The first criterion that nobody has read."""
        return next((one for one in self.readings if one.reading is None), None)


def sheet(session: Session, actor: Actor, draft_id: str) -> SheetSeen:
    """The sheet. Raises NotFound, also for a draft that the actor may not see."""
    return of(session, actor, read.draft(session, actor, draft_id))


def of(session: Session, actor: Actor, row: DraftRow) -> SheetSeen:
    """The sheet of a draft that the actor may see."""
    challenge = session.get_one(Challenge, row.challenge_id)
    taken_back = row.state is DraftState.WITHDRAWN
    revision = session.get_one(Revision, row.revision_id)
    text = "" if taken_back else revision.text
    before = _before(session, revision) if not taken_back else {}
    lines = {} if taken_back else sheets.lines(row)
    opened = _opened(session, actor, row, lines)
    readings = {one.criterion: one for one in row.readings}
    who = names.names_of(session, (one.person_id for one in row.readings))
    outside = _outside(session, row)
    machine = {one["criterion"]: one for one in row.assessment.get("criteria", ())}

    def seen(number: int, key: str, asks: str, question: str) -> CriterionLine:
        line, said = lines.get(key, SheetLine(key)), machine.get(key, {})
        record = assessed.record_of(said)
        places = tuple(
            PlaceSeen(one.start, one.end, text[one.start : one.end], round(one.near, 4)) for one in line.places
        )
        reading = _reading(readings[key], text, outside, who) if key in readings else None
        judged = row.judgements.get(key)
        return CriterionLine(
            number,
            key,
            asks,
            question,
            places,
            opened.get(key, ()),
            assessed.standing_of(said) if record else None,
            record,
            reading,
            Standing(judged) if judged else None,
            tuple(before.get(key, ())),
        )

    told = tuple(seen(n, one.key, one.text, one.question) for n, one in enumerate(challenge.criteria, start=1))
    return SheetSeen(row.id, row.version, row.state, told, bool(row.sheet))


def _before(session: Session, revision: Revision) -> dict[str, list[SaidBefore]]:
    """What was released on the version before, by criterion."""
    said: dict[str, list[SaidBefore]] = {}
    version = earlier.earlier(session, revision)
    for one in version.points if version else ():
        said.setdefault(one.criterion, []).append(SaidBefore(one.kind, one.text, one.became))
    return said


def _reading(
    row: CriterionReadingRow, text: str, outside: Mapping[str, str], who: Mapping[str, str]
) -> CriterionReadingSeen:
    quote = text[row.start : row.end] if row.start is not None else ""
    by = row.person_id or ""
    return CriterionReadingSeen(
        row.standing, row.start, row.end, quote, outside.get(by), who.get(by, read.SOMEBODY), row.read_at
    )


def _outside(session: Session, row: DraftRow) -> dict[str, str]:
    """External ids of those who read."""
    people = (session.get(Person, one.person_id) for one in row.readings if one.person_id)
    return {person.id: person.external_id for person in people if person is not None}


def _opened(
    session: Session, actor: Actor, row: DraftRow, lines: Mapping[str, SheetLine]
) -> dict[str, tuple[OpenedSource, ...]]:
    """What the organization and its people say on each criterion, as far as it may be read now."""
    found = {one["label"]: one["id"] for one in row.evidence}
    rows = {key: _rows(row, line, found) for key, line in lines.items()}
    gone = vanished(session, [(one.kind, one.ref_id) for some in rows.values() for one in some])
    opened = desk_sources.opened_rows(session, actor, row, rows, gone)
    return {key: tuple(one for one in some if one.shared) for key, some in opened.items()}


def _rows(row: DraftRow, line: SheetLine, found: Mapping[str, str]) -> list[SourceRow]:
    there = []
    if line.document in found:
        owner = found[line.document].partition("@")[0]
        there.append(Source(SourceKind.CONTEXT, f"{owner}@{line.start}-{line.end}"))
    there += [Source(SourceKind.PRECEDENT, found[label]) for label in line.precedents if label in found]
    return [source_row(row.organization_id, at, one) for at, one in enumerate(there)]
