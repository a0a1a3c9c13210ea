"""Points that quote what the organization's documents no longer say: found, told to the facilitator, and kept from
being approved until somebody has reworded or dismissed them. Only words are compared; no judgement is guessed at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from pipelines.values import SourceKind
from service.actions.approvals import approving
from service.actions.drafts.points import standing_points
from service.actions.work import consequences
from service.domain.drafts import FOR_A_PERSON, DraftAct, DraftActor, DraftState, step
from service.domain.errors import Invalid
from service.store import visible
from service.store.tables import Challenge, Document, DocumentVersion, DraftRow, FindingRow, PointRow, SourceRow

CODE: Final = "document_changed"
SAID: Final = "It quotes “{title}”, which no longer says so. Reword or dismiss the point, or have it drafted anew."
REFUSED: Final = (
    "A point quotes a document that was removed or no longer says so. "
    "Reword or dismiss that point, or have it drafted anew."
)
_WORD: Final = re.compile(r"\w+")
CARRIED: Final = 5
"""Words in a row of a quotation from which a wording still carries it."""
MARKED: Final = (
    *FOR_A_PERSON,
    DraftState.APPROVED,
    DraftState.DECLINED,
    DraftState.RETRACTED,
    DraftState.SUPERSEDED,
)
"""Whatever may still be approved. What is released stays as it was approved, and is told of where it is read."""


def no_longer_said(session: Session, sources: Iterable[SourceRow]) -> list[SourceRow]:
    """Those of these sources that are words of a document which was removed, or does not hold them any more."""
    there = [one for one in sources if one.kind is SourceKind.CONTEXT]
    said = _said_now(session, {one.owner_id for one in there}) if there else {}
    return [one for one in there if not _stands(one.quote, said.get(one.owner_id))]


def _stands(quote: str, said: str | None) -> bool:
    return said is not None and (not quote.strip() or _words(quote) in said)


def _said_now(session: Session, versions: set[str]) -> Mapping[str, str]:
    """What the document of each of these versions says now; nothing of one that was removed."""
    cited = select(DocumentVersion.id, DocumentVersion.document_id).where(DocumentVersion.id.in_(versions)).subquery()
    rows = session.execute(
        select(cited.c.id, DocumentVersion.text)
        .join(Document, Document.id == cited.c.document_id)
        .join(
            DocumentVersion,
            (DocumentVersion.document_id == Document.id) & (DocumentVersion.number == Document.version),
        )
        .where(~visible.removed())
    )
    return {id_: _words(text) for id_, text in rows}


def _words(text: str) -> str:
    return " ".join(("", *_WORD.findall(text.casefold()), ""))


def outdated(session: Session, draft: DraftRow) -> dict[str, list[SourceRow]]:
    """By point: the sources of what a learner would read that are no longer said."""
    gone = no_longer_said(session, [source for point in standing_points(draft) for source in point.sources])
    found: dict[str, list[SourceRow]] = {}
    for one in gone:
        found.setdefault(one.point_id, []).append(one)
    return found


def require_said(session: Session, draft: DraftRow) -> None:
    """Raises Invalid where a point quotes what is no longer said, as documents stand at this moment."""
    if outdated(session, draft):
        raise Invalid(REFUSED)


def document_changed(session: Session, document: Document, *, now: datetime) -> None:
    """A document has a new text, or is gone: whatever quotes it and may still be approved is marked, each draft held.

    A draft that is being approved meanwhile is waited for, and then taken back, or has seen the new document."""
    cites = (
        select(PointRow.draft_id)
        .join(SourceRow, SourceRow.point_id == PointRow.id)
        .join(DocumentVersion, DocumentVersion.id == SourceRow.owner_id)
        .where(SourceRow.kind == SourceKind.CONTEXT, DocumentVersion.document_id == document.id)
    )
    for draft in consequences.drafts_held(session, DraftRow.id.in_(cites)):
        if draft.state in MARKED:
            mark(session, draft, now=now)


def mark(session: Session, draft: DraftRow, *, now: datetime) -> None:
    """Bring the draft's findings, its being stale and its approval to what documents say now."""
    found, told = outdated(session, draft), _told(session, draft)
    if found.keys() == told:
        return
    tell(session, draft, found)
    if found and draft.state is DraftState.APPROVED:
        take_back(session, draft, now=now)
    else:
        consequences.touch(draft, draft.state, now=now)


def _told(session: Session, draft: DraftRow) -> set[str | None]:
    return set(session.scalars(select(FindingRow.point_id).where(*_own(draft))))


def tell(session: Session, draft: DraftRow, found: Mapping[str, Sequence[SourceRow]]) -> None:
    """These are the points that quote what is no longer said; what was told of others holds no more."""
    session.execute(delete(FindingRow).where(*_own(draft)))
    session.add_all(_finding(draft, point, found[point]) for point in sorted(found))
    changed = draft.challenge_version < session.get_one(Challenge, draft.challenge_id).version
    draft.stale = bool(found) or changed
    session.flush()
    session.expire(draft, ["findings"])


def _own(draft: DraftRow) -> tuple[ColumnElement[bool], ...]:
    return (
        FindingRow.draft_id == draft.id,
        FindingRow.generation == draft.generation,
        FindingRow.code == CODE,
    )


def _finding(draft: DraftRow, point: str, sources: Sequence[SourceRow]) -> FindingRow:
    return FindingRow(
        organization_id=draft.organization_id,
        draft_id=draft.id,
        generation=draft.generation,
        point_id=point,
        code=CODE,
        message=SAID.format(title=sources[0].title or "A document"),
    )


def take_back(session: Session, draft: DraftRow, *, now: datetime) -> None:
    """What was approved is not let out: a facilitator decides anew."""
    approving.end(session, approving.DRAFT, draft, now=now)
    consequences.touch(draft, step(draft.state, DraftAct.RECONSIDER, DraftActor.CLOCK), now=now)


def reworded(session: Session, draft: DraftRow, point: PointRow) -> None:
    """The point has new words: it rests no more on what is no longer said, unless it still carries those words."""
    gone = [one for one in no_longer_said(session, point.sources) if not carries(point.text, one.quote)]
    if gone:
        point.sources = [one for one in point.sources if one not in gone]
        session.flush()
    settled(session, draft)


def settled(session: Session, draft: DraftRow) -> None:
    """A point was decided on: what was told of it may hold no more."""
    if _told(session, draft):
        tell(session, draft, outdated(session, draft))


def carries(text: str, quote: str) -> bool:
    """Whether a wording still has some words in a row of a quotation, or all of a shorter one."""
    said, words = _words(text), _words(quote).split()
    size = min(CARRIED, len(words)) or 1
    runs = (words[at : at + size] for at in range(len(words) - size + 1))
    return any(" ".join(("", *run, "")) in said for run in runs)
