"""The map of solutions to a challenge: the approaches that were taken, for those who review the work.

Their own learners' work needs no consent to be shown to them; but what was taken back is not in it, nor what no machine
may read. Uses vectors that are stored already and loads no model.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.approaches import Approach, ApproachPlace, ApproachWork, Spot, approaches
from service.actions.work.lens import Lens
from service.actions.work.vectors import VectorsOfTexts, of_revisions
from service.domain.texts import digest
from service.store import visible
from service.store.names import told_apart
from service.store.tables import Consent, DraftRow, Person, Revision, Submission

MOST = 300
"""Solutions on a map; of more, a random sample that stays the same, since one sees no more and waits longer."""

KEPT = 16
"""Maps that a process remembers."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A piece of work on the map. `draft` is our own id, the others are those of the outside."""

    submission: str
    person: str
    name: str
    draft: str


@dataclass(frozen=True, slots=True)
class SolutionMap:
    """The approaches, the commonest first, by the ids of revisions; `solutions` say whose these are.

    Left out are: those beyond the sample (`beyond`), those that no machine may read (`unread`), and those whose vectors
    are still being made (`coming`). `by_meaning`: False where nothing has a vector, and words alone decide.
    """

    approaches: tuple[Approach, ...]
    solutions: Mapping[str, Solution]
    beyond: int
    unread: int
    coming: int
    by_meaning: bool

    @property
    def spots(self) -> list[tuple[Approach, Spot]]:
        return [(approach, spot) for approach in self.approaches for spot in approach.spots]


@dataclass(frozen=True, slots=True)
class _Row:
    """A revision that may be on the map."""

    revision: str
    text: str
    solution: Solution


def solution_map(session: Session, lens: Lens) -> SolutionMap:
    """Of the latest revisions in these groups, in four statements."""
    rows = _readable(session, lens)
    all_, barred = counts(session, lens)
    model, vectors = of_revisions(session, lens.challenge.organization_id, {row.revision: row.text for row in rows})
    placed = [row for row in rows if row.revision in vectors] if vectors else rows
    works = [ApproachWork(row.revision, row.text) for row in placed]
    return SolutionMap(
        approaches=_KEEPER.arranged(model, works, vectors),
        solutions={row.revision: row.solution for row in placed},
        beyond=all_ - barred - len(rows),
        unread=barred,
        coming=len(rows) - len(placed),
        by_meaning=bool(vectors),
    )


def counts(session: Session, lens: Lens) -> tuple[int, int]:
    """How many there are, and how many of them no machine may read."""
    row = session.execute(
        select(func.count(), func.count().filter(visible.barred()))
        .select_from(Submission)
        .join(Revision, visible.latest_text())
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(*lens.here, ~visible.withdrawn())
    ).one()
    return row[0], row[1]


def _readable(session: Session, lens: Lens) -> list[_Row]:
    """By the random number that is each draft's for good, so that a sample stays the same."""
    rows = session.execute(
        select(Revision.id, Revision.text, Submission.external_id, Person.external_id, told_apart(), DraftRow.id)
        .select_from(Submission)
        .join(Revision, visible.latest_text())
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .join(Person, Person.id == Submission.person_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(*lens.here, ~visible.withdrawn(), ~visible.barred())
        .order_by(DraftRow.shuffle, DraftRow.id)
        .limit(MOST)
    )
    return [_Row(id_, text, Solution(*whose)) for id_, text, *whose in rows]


class _Keeper:
    """Remembers the latest maps of this process by the revisions in them, which never change. What may be on a map is
    asked of the rows each time, so nothing that was taken back is ever found here again."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Approach, ...]] = OrderedDict()

    def arranged(self, model: str, works: Sequence[ApproachWork], vectors: VectorsOfTexts) -> tuple[Approach, ...]:
        key = digest(" ".join([model, *sorted(work.id for work in works)]))
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        made = approaches(works, vectors)
        with self._lock:
            self._known[key] = made
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return made


_KEEPER = _Keeper(KEPT)

__all__ = ["Approach", "ApproachPlace", "Solution", "SolutionMap", "solution_map"]
