"""Pairs of revisions whose first has released feedback, as everybody's choice stands now, and what is stored of each.

A pair is a revision with feedback that stands, and the one after it. It is `stored` where exactly this approval and
this later revision were compared by the present method; `barred` where no machine may read one of the texts, whatever
was stored before. Reads; compares nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, select
from sqlalchemy.orm import Session, aliased

from pipelines.values import Band, PointKind
from service.domain.drafts import DraftState
from service.domain.following.uptake import METHOD, AskingPoint, UptakeVerdict, spoken, uptake
from service.domain.overview.statistics import FEWEST
from service.domain.texts.worddiff import words
from service.store import visible
from service.store.tables import (
    Approval,
    Consent,
    DraftRow,
    Release,
    Revision,
    Submission,
    Uptake,
    UptakeCount,
)

UptakeCounts = Mapping[tuple[UptakeVerdict, Band], int]
"""How many points became what, and how sure that is."""

NEW = aliased(Revision)
BARRED = visible.barred(Revision, NEW)
STORED = and_(
    Uptake.draft_id == DraftRow.id,
    Uptake.approval_id == Release.approval_id,
    Uptake.after_id == NEW.id,
    Uptake.method == METHOD,
)


@dataclass(frozen=True, slots=True)
class Later:
    """A revision with released points, and the one that came after it."""

    draft: str
    approval: str
    after_id: str
    month: str
    before: str
    after: str
    language: str
    points: tuple[AskingPoint, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """What is stored of one challenge: `pairs` of revisions, of which some are not compared yet (`pending`) or must not
    be (`barred`). `as_of` is when the newest was compared."""

    pairs: int = 0
    pending: int = 0
    barred: int = 0
    as_of: datetime | None = None
    months: Mapping[str, UptakeCounts] = field(default_factory=dict)  # by when the later revision was handed in

    @property
    def became(self) -> UptakeCounts:
        return summed(self.months)


NOTHING = Figure()
"""Of a challenge on which nobody handed in again."""


def pairs(*what: Any) -> Select[Any]:
    """These columns of each pair."""
    return (
        select(*what)
        .select_from(Release)
        .join(DraftRow, DraftRow.id == Release.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(NEW, and_(NEW.submission_id == Submission.id, NEW.number == Revision.number + 1))
        .join(Consent, Consent.person_id == Submission.person_id)
        .outerjoin(Uptake, STORED)
        .where(~visible.withdrawn(), Release.retracted_at.is_(None), DraftRow.state == DraftState.RELEASED)
    )


def pending() -> ColumnElement[bool]:
    """That a pair is not stored, and may be compared."""
    return and_(Uptake.draft_id.is_(None), not_(BARRED))


def figures(session: Session, where: Sequence[ColumnElement[bool]]) -> dict[str, Figure]:
    """What is stored, by challenge (our id), in two statements and without any text."""
    rows = session.execute(
        pairs(
            Submission.challenge_id,
            func.count(),
            func.count().filter(pending()),
            func.count().filter(BARRED),
            func.max(Uptake.reckoned_at),
        )
        .where(*where)
        .group_by(Submission.challenge_id)
    ).all()
    months = _months(session, where) if rows else {}
    return {row[0]: _figure(row, months.get(row[0], {})) for row in rows}


def _figure(row: Any, months: Mapping[str, UptakeCounts]) -> Figure:
    _, pairs_, pending_, barred, as_of = row
    return Figure(pairs_, pending_, barred, as_of, months)


def _months(session: Session, where: Sequence[ColumnElement[bool]]) -> dict[str, dict[str, UptakeCounts]]:
    of = (Submission.challenge_id, Uptake.month, UptakeCount.verdict, UptakeCount.sure)
    rows = session.execute(
        pairs(*of, func.sum(UptakeCount.points))
        .join(UptakeCount, UptakeCount.draft_id == Uptake.draft_id)
        .where(not_(BARRED), *where)
        .group_by(*of)
        .order_by(*of)
    )
    found: dict[str, dict[str, dict[tuple[UptakeVerdict, Band], int]]] = {}
    for challenge, month, verdict, sure, points in rows:
        found.setdefault(challenge, {}).setdefault(month, {})[verdict, sure] = int(points)
    return {challenge: dict(by_month) for challenge, by_month in found.items()}


def texts(session: Session, where: Sequence[ColumnElement[bool]], limit: int) -> list[Later]:
    """Pairs that are not stored yet, to be compared; the latest first."""
    columns = (DraftRow.id, Release.approval_id, NEW.id, NEW.submitted_at, Revision.text, NEW.text, NEW.language)
    rows = session.execute(
        pairs(*columns, Approval.body)
        .join(Approval, Approval.id == Release.approval_id)
        .where(pending(), *where)
        .order_by(NEW.submitted_at.desc(), NEW.id)
        .limit(limit)
    )
    return [_later(*row) for row in rows]


def _later(
    draft: str, approval: str, after_id: str, at: datetime, before: str, after: str, language: str, body: Any
) -> Later:
    points = (AskingPoint(PointKind(one["kind"]), one["text"], one["quote"]) for one in body["points"])
    asked = tuple(one for one in points if one.kind is not PointKind.STRENGTH)
    return Later(draft, approval, after_id, f"{at:%Y-%m}", before, after, spoken(language, after), asked)


def compared(one: Later) -> UptakeCounts:
    """What became of its points. Compares words, not meanings; see `domain.following.uptake` for how sure that is."""
    pieces = tuple(words(one.before, one.after)) if one.points else ()
    found = (uptake(said, pieces, language=one.language) for said in one.points)
    return Counter((each.verdict, each.sure) for each in found)


def summed(months: Mapping[str, UptakeCounts]) -> UptakeCounts:
    """Of all months together."""
    found: Counter[tuple[UptakeVerdict, Band]] = Counter()
    for counts in months.values():
        found.update(counts)
    return found


def points_of(counts: UptakeCounts) -> int:
    """How many points these are."""
    return sum(counts.values())


def of_verdict(counts: UptakeCounts, verdict: UptakeVerdict) -> int:
    """How many became this, however sure that is."""
    return sum(number for (found, _), number in counts.items() if found is verdict)


def told(counts: UptakeCounts) -> int:
    """Of how many it can be told what became of them."""
    return points_of(counts) - of_verdict(counts, UptakeVerdict.CANNOT_TELL)


def share(counts: UptakeCounts) -> float | None:
    """The share taken up of those of which it can be told; None where it can be of few."""
    return taken_up(counts) / told(counts) if told(counts) >= FEWEST else None


def taken_up(counts: UptakeCounts) -> int:
    """How many were taken up, however sure that is."""
    return of_verdict(counts, UptakeVerdict.TAKEN_UP)
