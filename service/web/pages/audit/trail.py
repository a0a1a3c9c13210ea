"""The trail of who did what: to read, to take along, and whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import Query

from service.actions.audit import trail
from service.actions.audit.trail import TrailEntry
from service.domain.access.keys import KeyScope
from service.domain.audit import read_anchor
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Download, PageView
from service.web.pages.visits import ReadingVisit

router = pages(reads=KeyScope.ADMIN, writes=KeyScope.ADMIN)

EntryNumber = Annotated[int, Query(ge=0, le=2_000_000_000)]
MOST_FACTS = 200


@dataclass(frozen=True, slots=True)
class TrailRow:
    """An entry as it is shown."""

    entry: TrailEntry
    facts: str


@dataclass(frozen=True)
class TrailPage(PageView):
    """The last entries, and the anchor to keep."""

    template: ClassVar[str] = "audit/trail.html"
    rows: tuple[TrailRow, ...]
    anchor: str
    before: int | None


@dataclass(frozen=True)
class TrailCheckPage(PageView):
    """What checking the trail found."""

    template: ClassVar[str] = "audit/check.html"
    anchor: str
    kept: str
    faults: tuple[str, ...]


@router.get("/desk/settings/audit")
def show_trail(visit: ReadingVisit, before: EntryNumber | None = None) -> Shown:
    seen = trail.latest(visit.session, visit.actor, before=before)
    return TrailPage(tuple(TrailRow(one, _facts(one)) for one in seen.entries), str(seen.head), seen.before)


def _facts(entry: TrailEntry) -> str:
    said = ", ".join(f"{key.replace('_', ' ')}: {_words(value)}" for key, value in entry.facts.items())
    return said if len(said) <= MOST_FACTS else f"{said[:MOST_FACTS]}…"


def _words(value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case list():
            return " ".join(_words(one) for one in value) or "–"
        case dict():
            return " ".join(f"{key} {_words(one)}" for key, one in value.items()) or "–"
        case _:
            return str(value)


@router.get("/desk/settings/audit/check")
def check_trail(visit: ReadingVisit, anchor: Annotated[str, Query(max_length=100)] = "") -> Shown:
    anchors = [read_anchor(anchor)] if anchor.strip() else []
    end, faults = trail.check(visit.session, visit.actor, anchors)
    return TrailCheckPage(str(end), anchor.strip(), tuple(faults))


@router.get("/desk/settings/audit/audit.jsonl")
def take_lines(visit: ReadingVisit, after: EntryNumber = 0) -> Download:
    text = trail.as_lines(visit.session, visit.actor, after=after)
    return Download("audit.jsonl", "application/x-ndjson; charset=utf-8", text)


@router.get("/desk/settings/audit/audit.csv")
def take_table(visit: ReadingVisit, after: EntryNumber = 0) -> Download:
    return Download("audit.csv", "text/csv; charset=utf-8", trail.as_csv(visit.session, visit.actor, after=after))
