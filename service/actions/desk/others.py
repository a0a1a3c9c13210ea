"""Whose words a facilitator reads beside a draft of somebody else: peers' work, points that were decided on it, and the
prompt that quotes both. Told from what is shown, so that nothing is shown and not told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import Shelf, SourceKind
from service.actions.desk.draft import DeskDraft
from service.actions.desk.in_full import DraftInFull
from service.actions.desk.sheet import SheetSeen
from service.actions.desk.sources import OpenedSource
from service.domain.roles import Actor
from service.store.disclosures import Showing, at_desk
from service.store.tables import PointRow


def on_page(session: Session, actor: Actor, draft: DeskDraft) -> list[Showing]:
    """Of a draft as the desk shows it."""
    opened = [source for point in draft.points for source in point.sources]
    opened += [source for line in draft.sheet.readings for source in line.sources]
    return _beside(session, actor, draft.id, opened, draft.making.evidence if draft.making.prompt else ())


def on_sheet(session: Session, actor: Actor, sheet: SheetSeen) -> list[Showing]:
    """Of a draft's evidence sheet."""
    return _beside(session, actor, sheet.draft, [one for line in sheet.readings for one in line.sources], ())


def in_full(session: Session, actor: Actor, full: DraftInFull) -> list[Showing]:
    """Of a draft as a program reads it for a person."""
    row = full.seen.row
    opened = [
        OpenedSource(source.kind, source.ref_id, "", passage=source.quote)
        for point in full.points
        for source in point.sources
        if source.ref_id not in full.gone
    ]
    return _beside(session, actor, row.id, opened, row.evidence if full.prompt else ())


def _beside(
    session: Session, actor: Actor, draft: str, opened: Iterable[OpenedSource], sent: Iterable[Mapping[str, Any]]
) -> list[Showing]:
    said = [one for one in opened if one.shared and one.passage]
    peers = {one.id for one in said if one.kind is SourceKind.PEER}
    points = {one.id for one in said if one.kind is SourceKind.PRECEDENT}
    for one in sent:
        match one["shelf"]:
            case Shelf.WORK:
                peers.add(one["id"])
            case Shelf.PRECEDENTS:
                points.add(one["id"])
    return at_desk(
        actor.person, draft, {id_.partition("@")[0] for id_ in peers}, beside=draft, drafts=_drafts(session, points)
    )


def _drafts(session: Session, points: set[str]) -> set[str]:
    return set(session.scalars(select(PointRow.draft_id).where(PointRow.id.in_(points)))) if points else set()
