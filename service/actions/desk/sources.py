"""What the points of a draft rest on, opened for the facilitator: passages in their documents, peers' work, precedents.

A fixed number of statements, however many sources there are. What is no longer shared has no words left to show.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.texts.saying_back import without_mention
from pipelines.values import SourceKind
from service.domain.roles import Actor, may_see_group
from service.domain.visibility import ShowWork
from service.store import names as store_names
from service.store import visible
from service.store.tables import (
    Challenge,
    Consent,
    Document,
    DocumentVersion,
    DraftRow,
    Person,
    PointRow,
    PointState,
    Revision,
    SourceRow,
    Submission,
)

AROUND = 240
"""Characters shown before and after a passage, so that it is read where it stands."""


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """A source with its surroundings. `title` says what it is; `of` is the external id of the document or submission.

    `before`, `passage` and `after` are one stretch of text. `shared` False: it is not to be read any more.
    """

    kind: SourceKind
    id: str
    title: str
    shared: bool = True
    of: str = ""
    version: int | None = None
    start: int | None = None
    end: int | None = None
    before: str = ""
    passage: str = ""
    after: str = ""
    who: str = ""
    at: datetime | None = None
    dismissed: bool = False


@dataclass(frozen=True, slots=True)
class _Text:
    """The text that a passage is cut from."""

    text: str
    title: str
    of: str
    version: int | None
    who: str = ""


def opened(
    session: Session, actor: Actor, draft: DraftRow, points: Sequence[PointRow], gone: Collection[str]
) -> dict[str, tuple[OpenedSource, ...]]:
    """By point id, the sources of these points in order."""
    return opened_rows(session, actor, draft, {point.id: point.sources for point in points}, gone)


def opened_rows(
    session: Session, actor: Actor, draft: DraftRow, by: Mapping[str, Sequence[SourceRow]], gone: Collection[str]
) -> dict[str, tuple[OpenedSource, ...]]:
    """These sources, under the same keys."""
    rows = [source for some in by.values() for source in some]
    owners = {kind: {row.owner_id for row in rows if row.kind is kind} for kind in SourceKind}
    texts = {**_documents(session, owners[SourceKind.CONTEXT]), **_work(session, actor, owners[SourceKind.PEER])}
    precedents = _precedents(session, actor, [row.ref_id for row in rows if row.kind is SourceKind.PRECEDENT])
    criteria = {one.key: one.text for one in session.get_one(Challenge, draft.challenge_id).criteria}

    def one(row: SourceRow) -> OpenedSource:
        if row.ref_id in gone:
            return OpenedSource(row.kind, row.ref_id, "", shared=False)
        match row.kind:
            case SourceKind.SUBMISSION:
                return OpenedSource(row.kind, row.ref_id, "", start=row.start, end=row.end, passage=row.quote)
            case SourceKind.CRITERION:
                return OpenedSource(row.kind, row.ref_id, row.title, passage=criteria.get(row.ref_id, row.title))
            case SourceKind.PRECEDENT:
                return precedents.get(row.ref_id, OpenedSource(row.kind, row.ref_id, "", shared=False))
            case _:
                return _cut(row, texts.get(row.owner_id))

    return {key: tuple(one(row) for row in some) for key, some in by.items()}


def _cut(row: SourceRow, held: _Text | None) -> OpenedSource:
    """The passage in its text."""
    if held is None:
        return OpenedSource(row.kind, row.ref_id, "", shared=False)
    start, end = _span(row.ref_id)
    return OpenedSource(
        row.kind,
        row.ref_id,
        held.title,
        of=held.of,
        version=held.version,
        start=start,
        end=end,
        before=held.text[max(0, start - AROUND) : start],
        passage=held.text[start:end],
        after=held.text[end : end + AROUND],
        who=held.who,
    )


def _span(passage: str) -> tuple[int, int]:
    """Offsets in a passage's id, `owner@start-end`."""
    start, _, end = passage.partition("@")[2].partition("-")
    return int(start), int(end)


def _documents(session: Session, versions: Collection[str]) -> dict[str, _Text]:
    if not versions:
        return {}
    rows = session.execute(
        select(DocumentVersion, Document.title, Document.external_id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(DocumentVersion.id.in_(versions))
    )
    return {row.id: _Text(row.text, title, name, row.number) for row, title, name in rows}


def _work(session: Session, actor: Actor, revisions: Collection[str]) -> dict[str, _Text]:
    """Peers' work; by name only where the author said so, or in a group that the facilitator reviews anyway."""
    if not revisions:
        return {}
    rows = session.execute(
        select(Revision, Submission.external_id, Submission.group_id, Person.name, Consent.show_work)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .join(Consent, Consent.person_id == Person.id)
        .where(Revision.id.in_(revisions))
    )
    found = {}
    for row, submission, group, name, shown in rows:
        named = shown is ShowWork.WITH_NAME or may_see_group(actor, group)
        reads = submission if may_see_group(actor, group) else ""
        found[row.id] = _Text(row.text, "", reads, row.number, name if named else "")
    return found


def _precedents(session: Session, actor: Actor, ids: Sequence[str]) -> dict[str, OpenedSource]:
    """Points decided before: what was said, but for the words of the work that it was said of, who decided, and, of a
    group that the actor reviews, about which words."""
    if not ids:
        return {}
    rows = session.execute(
        select(PointRow, DraftRow.group_id, Submission.external_id)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(PointRow.id.in_(ids), ~visible.withdrawn())
    ).all()
    names = store_names.names_of(session, (row.PointRow.decided_by for row in rows))
    return {point.id: _precedent(actor, point, group, name, names) for point, group, name in rows}


def _precedent(actor: Actor, point: PointRow, group: str, submission: str, names: dict[str, str]) -> OpenedSource:
    seen = may_see_group(actor, group)
    return OpenedSource(
        SourceKind.PRECEDENT,
        point.id,
        without_mention(point.text),
        of=submission if seen else "",
        passage=point.quote if seen else "",
        who=names.get(point.decided_by or "", ""),
        at=point.decided_at,
        dismissed=point.state is PointState.DISMISSED,
    )


def places(sources: Iterable[OpenedSource]) -> list[tuple[int, int]]:
    """Where the submission itself is quoted."""
    return [
        (one.start, one.end)
        for one in sources
        if one.kind is SourceKind.SUBMISSION and one.start is not None and one.end is not None
    ]
