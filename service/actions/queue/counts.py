"""How many drafts there are of each kind, for the bar of filters. One statement counts, whatever there is to count.

Each count says what choosing it would show: it keeps to all other filters and leaves its own out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.values import Band
from service.actions.queue.filtering import QueueConditions, upwards
from service.domain.drafts import FOR_A_PERSON, NOT_MADE_YET, DraftState
from service.store.tables import Challenge, DraftRow

COUNTED = (*FOR_A_PERSON, *NOT_MADE_YET, DraftState.APPROVED)
"""States that are counted unasked: those in which somebody or something still has an act to do. What is done with grows
for ever; it is counted only where it is looked at."""


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """One value of a filter: as it stands in an address, in words, and how many it would show."""

    value: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What can be chosen, and how many the queue shows as it is. States and bands are in their own order, challenges
    and groups by name; a group counts with all below it. What would show nothing is left out, unless it is chosen."""

    total: int
    states: tuple[FilterChoice, ...]
    challenges: tuple[FilterChoice, ...]
    groups: tuple[FilterChoice, ...]
    bands: tuple[FilterChoice, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    state: DraftState
    challenge: str
    group: str
    band: Band | None
    count: int


Test = Callable[[_Cell], bool]


def count(session: Session, wanted: QueueConditions) -> Counts:
    """The counts; two statements."""
    cells = _cells(session, wanted)
    tests: dict[str, Test] = {
        "state": lambda cell: cell.state in wanted.filter.of_states,
        "challenge": lambda cell: wanted.challenge in (None, cell.challenge),
        "group": lambda cell: wanted.within is None or cell.group in wanted.within,
        "band": lambda cell: not wanted.filter.bands or cell.band in wanted.filter.bands,
    }

    def but(own: str) -> Iterable[_Cell]:
        others = [test for name, test in tests.items() if name != own]
        return (cell for cell in cells if all(test(cell) for test in others))

    return Counts(
        sum(cell.count for cell in but("")),
        _states(wanted, but("state")),
        _challenges(session, wanted, but("challenge")),
        _groups(wanted, but("group")),
        _bands(wanted, but("band")),
    )


def _cells(session: Session, wanted: QueueConditions) -> list[_Cell]:
    by = (DraftRow.state, DraftRow.challenge_id, DraftRow.group_id, DraftRow.band)
    states = {*COUNTED, *wanted.filter.of_states}
    rows = session.execute(
        select(*by, func.count()).where(*wanted.always, DraftRow.state.in_(states)).group_by(*by)
    ).all()
    return [_Cell(*row) for row in rows]


def _states(wanted: QueueConditions, cells: Iterable[_Cell]) -> tuple[FilterChoice, ...]:
    found: Counter[DraftState] = Counter()
    for cell in cells:
        found[cell.state] += cell.count
    chosen = wanted.filter.states
    ordered = [*COUNTED, *(state for state in DraftState if state not in COUNTED)]
    return tuple(
        FilterChoice(one.value, one.value, found[one], one in chosen) for one in ordered if found[one] or one in chosen
    )


def _bands(wanted: QueueConditions, cells: Iterable[_Cell]) -> tuple[FilterChoice, ...]:
    found: Counter[Band | None] = Counter()
    for cell in cells:
        found[cell.band] += cell.count
    chosen = wanted.filter.bands
    return tuple(
        FilterChoice(one.value, one.value, found[one], one in chosen) for one in Band if found[one] or one in chosen
    )


def _challenges(session: Session, wanted: QueueConditions, cells: Iterable[_Cell]) -> tuple[FilterChoice, ...]:
    found: Counter[str] = Counter()
    for cell in cells:
        found[cell.challenge] += cell.count
    ids = {*found, *([wanted.challenge] if wanted.challenge else [])}
    named = select(Challenge.id, Challenge.external_id, Challenge.title)
    rows = session.execute(named.where(Challenge.id.in_(ids))).all()
    made = [FilterChoice(row.external_id, row.title, found[row.id], row.id == wanted.challenge) for row in rows]
    return tuple(sorted(made, key=_by_name))


def _groups(wanted: QueueConditions, cells: Iterable[_Cell]) -> tuple[FilterChoice, ...]:
    found: Counter[str] = Counter()
    for cell in cells:
        for group in upwards(wanted.groups, cell.group):
            found[group] += cell.count
    chosen = wanted.filter.group
    made = [
        FilterChoice(one.external_id, one.name, found[one.id], one.external_id == chosen)
        for one in wanted.groups.values()
        if found[one.id] or one.external_id == chosen
    ]
    return tuple(sorted(made, key=_by_name))


def _by_name(one: FilterChoice) -> tuple[str, str]:
    return one.name.casefold(), one.value
