"""One draft with all that a facilitator reads to decide: its text, marks, advice, and what is no longer shared.

Only reads, and takes rows that a caller was already allowed to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from pipelines.values import Shelf, SourceKind
from service.actions.desk import advice
from service.actions.drafts import outward
from service.actions.drafts.outward import DraftSeen
from service.actions.drafts.points import current_points
from service.actions.memory import alerts
from service.domain.drafts import DraftState
from service.domain.roles import Actor
from service.store import external_ids
from service.store.tables import DraftRow, Person, PointRow, Revision
from service.store.visible import vanished


@dataclass(frozen=True, slots=True)
class DraftInFull:
    """What a facilitator reads to decide. `gone` are ids of sources and evidence that are no longer shared.

    Of a submission that was taken back nothing is left to read: neither text, nor points on it, nor the prompt. The
    prompt quotes all evidence, so it goes as soon as any of that is gone.
    """

    seen: DraftSeen
    text: str
    points: tuple[PointRow, ...]
    prompt: str
    people: dict[str, str]
    gone: frozenset[str]
    marks: tuple[alerts.PointMark, ...] = ()
    advice: Mapping[str, list[advice.PointAdvice]] = field(default_factory=dict)


def draft(session: Session, actor: Actor, row: DraftRow) -> DraftInFull:
    """One draft with the submission's text, who decided, and which sources are to be shown without their words."""
    taken_back = row.state is DraftState.WITHDRAWN
    points = () if taken_back else tuple(current_points(row))
    used = {(SourceKind.PEER if e["shelf"] == Shelf.WORK else SourceKind.CONTEXT, e["id"]) for e in _passages(row)}
    rested_on = {(source.kind, source.ref_id) for point in points for source in point.sources}
    gone = vanished(session, used | rested_on)
    readable = not taken_back and gone.isdisjoint(id_ for _, id_ in used)
    return DraftInFull(
        outward.drafts(session, actor, [row])[0],
        text="" if taken_back else session.get_one(Revision, row.revision_id).text,
        points=points,
        prompt=row.prompt_rendered if readable else "",
        people=external_ids.of(session, Person, (point.decided_by for point in points)),
        gone=frozenset(gone),
        marks=tuple(alerts.marks(session, row)),
        advice=advice.on_draft(session, row),
    )


def _passages(row: DraftRow) -> list[dict[str, Any]]:
    return [one for one in row.evidence if one["shelf"] in (Shelf.WORK, Shelf.CONTEXT)]
