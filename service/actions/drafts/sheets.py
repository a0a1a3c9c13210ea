"""A draft's evidence sheet and what people read on it: rows as values, and evidence opened again under the scope.

What is no longer visible is not on the sheet any more, whatever was found once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from pipelines.values import Evidence, PersonsReading, Scope, SheetLine, SheetPlace, Shelf
from service.store import library
from service.store.tables import CriterionReadingRow, DraftRow


def said(draft: DraftRow) -> tuple[PersonsReading, ...]:
    """How people read the work."""
    return tuple(_reading(row) for row in draft.readings)


def _reading(row: CriterionReadingRow) -> PersonsReading:
    return PersonsReading(row.criterion, row.standing, row.start, row.end, nowhere=row.start is None)


def lines(draft: DraftRow) -> dict[str, SheetLine]:
    """The sheet's lines, by criterion."""
    return {kept["criterion"]: _line(kept) for kept in draft.sheet}


def _line(kept: dict[str, Any]) -> SheetLine:
    places = tuple(SheetPlace(**place) for place in kept["places"])
    return SheetLine(**{**kept, "places": places, "precedents": tuple(kept["precedents"])})


def evidence(session: Session, draft: DraftRow, scope: Scope) -> tuple[Evidence, ...]:
    """What was found for the draft and may still be seen, by its labels."""
    texts = {
        item.id: item for shelf in Shelf for item in library.read_in(session, shelf, scope, _ids(draft.evidence, shelf))
    }
    return tuple(
        Evidence(one["label"], texts[one["id"]], one["dense"], one["lexical"], one["fused"])
        for one in draft.evidence
        if one["id"] in texts
    )


def _ids(kept: Iterable[dict[str, Any]], shelf: Shelf) -> Sequence[str]:
    return [one["id"] for one in kept if one["shelf"] == shelf]
