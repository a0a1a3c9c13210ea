"""A draft's points as rows: which stand, the text that a learner would read and its hash, and what each rests on."""

from __future__ import annotations

from typing import Any

from pipelines import values
from pipelines.values import SourceKind
from service.domain.texts import feedback_digest
from service.store.tables import (
    DraftRow,
    PointRow,
    PointState,
    SourceRow,
)


def source_row(organization: str, position: int, source: values.Source) -> SourceRow:
    """A source as it is stored; `owner_id` says whose text it is in, so that a withdrawal finds it."""
    passage = source.kind in (SourceKind.CONTEXT, SourceKind.PEER, SourceKind.SUBMISSION)
    return SourceRow(
        organization_id=organization,
        position=position,
        kind=source.kind,
        ref_id=source.id,
        owner_id=source.id.partition("@")[0][:32] if passage else "",
        quote=source.quote,
        start=source.start,
        end=source.end,
        title=source.title,
        version=source.version,
    )


def current_points(draft: DraftRow) -> list[PointRow]:
    """The points of the draft's present generation, dismissed ones too, in order."""
    return [point for point in draft.points if point.generation == draft.generation]


def standing_points(draft: DraftRow) -> list[PointRow]:
    """The points that a learner would read."""
    return [point for point in current_points(draft) if point.state is not PointState.DISMISSED]


def text_to_approve(draft: DraftRow) -> tuple[str, dict[str, Any]]:
    """What a learner would read, and its hash."""
    points = [
        {
            "id": point.id,
            "kind": point.kind.value,
            "criterion": point.criterion,
            "text": point.text,
            "quote": point.quote,
            "start": point.start,
            "end": point.end,
        }
        for point in standing_points(draft)
    ]
    return feedback_digest(draft.summary, points), {"summary": draft.summary, "points": points}
