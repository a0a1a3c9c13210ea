"""Passages that work contradicts, on their way through the machine: read in one transaction, thought about in none,
kept in another. Keeps places, never words, and decides nothing.

A run is bounded: it compares as many documents as PAIRS allows, those first that were compared longest ago, and a later
run goes on with the others, until all were compared with the newest work. Vectors are those of the index, read at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from pipelines.differing import At, Differing, DifferingText
from pipelines.texts.language import language_of, tokens
from pipelines.texts.quoting import locate
from pipelines.values import Shelf, ShelfItem
from service.actions.questioned import signs
from service.actions.visibility.quotes import QuotePlace
from service.domain.questioned import QuestionedAct, QuestionedState, step
from service.domain.roles import Actor, require_desk
from service.domain.texts import digest
from service.store import audit, find, jobs, visible
from service.store.tables import (
    Consent,
    Document,
    DocumentVersion,
    Group,
    Job,
    Organization,
    PassageRow,
    Questioned,
    QuestionedBy,
    Revision,
    Submission,
)

MOST_WORK: Final = 5_000
"""Passages of work that documents are compared with, the latest."""
PAIRS: Final = 1_000_000
"""Passages of documents times passages of work that a run compares, if they are of more than one document: about ten
seconds where all are of one matter."""
AGAIN: Final = timedelta(hours=1)
"""After which a run goes on with the documents whose turn had not come."""
EVERY: Final = timedelta(days=1)
"""How often it is looked for unasked, where there is something new."""
UNCLEAR: Final = "unclear"
"""The kind of a passage that is asked about, where nothing was found to differ."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in its present version, cut into passages. `indexed`: the words that are embedded for each."""

    document: str
    language: str
    passages: tuple[DifferingText, ...]
    indexed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionedMaterial:
    """All that a run compares: the organization's documents whose turn it is, and work that machines may read now."""

    papers: tuple[Paper, ...]
    work: tuple[DifferingText, ...]
    indexed: tuple[str, ...]


def queue_search(session: Session, actor: Actor, *, now: datetime) -> None:
    """Have the documents compared with what people write. Raises NotAllowed for a learner."""
    require_desk(actor)
    _queue(session, actor.organization, now)
    audit.record(
        session,
        organization=actor.organization,
        actor=actor.name,
        act="questioned.look",
        subject=actor.organization,
        now=now,
    )


def _queue(session: Session, organization: str, now: datetime, after: timedelta = timedelta()) -> None:
    jobs.enqueue(
        session,
        organization=organization,
        kind="question",
        subject=organization,
        now=now,
        not_before=now + after,
        dedupe=f"question:{organization}" + (":rest" if after else ""),  # whoever asks does not wait for the rest
        priority=-10,
    )


def want(session: Session, organization: str | None = None, *, now: datetime) -> int:
    """Queue a look for each organization with documents and work newer than the last one, a day apart; how many."""
    last = dict(
        session.execute(
            select(Job.organization_id, func.max(Job.created_at))
            .where(find.within(Job.organization_id, organization), Job.kind == "question")
            .group_by(Job.organization_id)
        ).all()
    )
    news = (
        select(Revision.organization_id, func.max(Revision.submitted_at))
        .where(
            find.within(Revision.organization_id, organization),
            Revision.organization_id.in_(select(Document.organization_id).where(~visible.removed())),
        )
        .group_by(Revision.organization_id)
    )
    wanted = [
        owner
        for owner, newest in session.execute(news)
        if owner not in last or (newest > last[owner] and now - last[owner] >= EVERY)
    ]
    for owner in wanted:
        _queue(session, owner, now)
    return len(wanted)


def gather(session: Session, organization: str) -> QuestionedMaterial:
    """Everything to compare, in a constant number of statements."""
    own = session.get_one(Organization, organization).language
    work = [*_work(session, organization)]
    turn = _turn(session, organization, len(work))
    return QuestionedMaterial(
        tuple(_papers(session, organization, own, turn)), tuple(one for one, _ in work), tuple(said for _, said in work)
    )


def _turn(session: Session, organization: str, work: int) -> list[str]:
    """Documents to compare now, at least one: those never compared, then those compared longest ago."""
    rows = session.execute(
        select(Document.id, func.count(PassageRow.id))
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .join(PassageRow, PassageRow.owner_id == DocumentVersion.id)
        .where(
            Document.organization_id == organization,
            ~visible.removed(),
            Document.version == DocumentVersion.number,
        )
        .group_by(Document.id)
        .order_by(Document.compared_at.is_not(None), Document.compared_at, Document.id)
    ).all()
    sums = accumulate(passages * work for _, passages in rows)
    return [
        document for at, ((document, _), pairs) in enumerate(zip(rows, sums, strict=True)) if not at or pairs <= PAIRS
    ]


def _papers(session: Session, organization: str, own: str, turn: Sequence[str]) -> Iterable[Paper]:
    rows = session.execute(
        select(Document.id, Document.title, DocumentVersion.id, DocumentVersion.text, PassageRow)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .join(PassageRow, PassageRow.owner_id == DocumentVersion.id)
        .where(
            Document.organization_id == organization,
            ~visible.removed(),
            Document.version == DocumentVersion.number,
            Document.id.in_(turn),
        )
        .order_by(Document.id, PassageRow.start)
    )
    found: dict[str, tuple[str, list[DifferingText], list[str]]] = {}
    for document, title, version, text, row in rows:
        _, passages, indexed = found.setdefault(document, (text, [], []))
        passages.append(DifferingText(version, text[row.start : row.end], row.start))
        item = ShelfItem(row.id, Shelf.CONTEXT, passages[-1].text, version, title=title, heading=row.heading)
        indexed.append(item.indexed)
    for document, (text, passages, indexed) in found.items():
        yield Paper(document, language_of(text) or own, tuple(passages), tuple(indexed))


def _work(session: Session, organization: str) -> Iterable[tuple[DifferingText, str]]:
    """The latest texts that machines may read and nobody took back."""
    rows = session.execute(
        select(Revision.id, Revision.text, Submission.person_id, Submission.group_id, PassageRow)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .join(PassageRow, PassageRow.owner_id == Revision.id)
        .where(Revision.organization_id == organization, *readable())
        .order_by(Revision.submitted_at.desc(), Revision.id, PassageRow.start)
        .limit(MOST_WORK)
    )
    for revision, text, person, group, row in rows:
        said = text[row.start : row.end]
        item = ShelfItem(row.id, Shelf.WORK, said, revision, heading=row.heading)
        yield DifferingText(revision, said, row.start, person, group), item.indexed


def readable() -> tuple[ColumnElement[bool], ...]:
    """Conditions on a revision, its submission and its author's consent: it stands, and machines may read it now."""
    return (visible.latest(), visible.machines_may())


def wording(text: str) -> str:
    """The hash of a passage's words, whatever their case and spacing: a decision holds for these."""
    return digest(" ".join(tokens(text)))


def finish(session: Session, organization: str, found: Mapping[str, Sequence[Differing]], *, now: datetime) -> None:
    """Keep what was found, by document, with an entry for each that was compared; of these, what is no longer found and
    nobody decided on goes. What was said to be fine, or will be changed, stays as it was decided."""
    session.scalar(select(Organization.id).where(Organization.id == organization).with_for_update(key_share=True))
    rows = list(session.scalars(select(Questioned).where(Questioned.organization_id == organization)))
    texts = _texts(session, organization)
    for row in rows:
        _follow(session, row, texts)
    fine = {(row.document_id, row.wording) for row in rows if row.state is QuestionedState.FINE}
    known = {(row.document_id, row.wording, row.kind, row.instead): row for row in rows}
    there = _still(session, organization)
    kept: set[str] = set()
    waits = {document for document, _ in texts.values()} - found.keys()
    for document, one in [*_told(found), *_unclear(session, organization, texts)]:
        key = (document, wording(one.document.quote), one.kind, one.instead)
        before = known.get(key)
        if one.document.owner not in texts or (before is None and key[:2] in fine):
            continue
        work = [at for at in one.work if at.owner in there]
        kept.add(_kept(session, organization, key, before, replace(one, work=tuple(work)), now))
    for row in rows:
        if (
            row.id not in kept
            and row.state is QuestionedState.OPEN
            and (row.kind == UNCLEAR or row.document_id not in waits)
        ):
            session.delete(row)
    session.flush()
    _go_on(session, organization, found, now)


def _go_on(session: Session, organization: str, compared: Iterable[str], now: datetime) -> None:
    """Note which documents had their turn; go on later if others were not compared with the newest work."""
    session.execute(update(Document).where(Document.id.in_(compared)).values(compared_at=now))
    newest = session.scalar(select(func.max(Revision.submitted_at)).where(Revision.organization_id == organization))
    if newest is None:  # nobody has handed in, or all of it was erased
        return
    text = exists().where(
        DocumentVersion.document_id == Document.id,
        DocumentVersion.number == Document.version,
        PassageRow.owner_id == DocumentVersion.id,
    )
    waiting = select(Document.id).where(
        Document.organization_id == organization,
        ~visible.removed(),
        or_(Document.compared_at.is_(None), Document.compared_at < newest),
        text,
    )
    if session.scalar(waiting.limit(1)) is not None:
        _queue(session, organization, now, AGAIN)


def _told(found: Mapping[str, Sequence[Differing]]) -> Iterable[tuple[str, Differing]]:
    return [(document, one) for document, ones in found.items() for one in ones]


def _texts(session: Session, organization: str) -> dict[str, tuple[str, str]]:
    """(document, text) by the id of each document's present version."""
    rows = session.execute(
        select(DocumentVersion.id, DocumentVersion.document_id, DocumentVersion.text)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(
            Document.organization_id == organization,
            ~visible.removed(),
            Document.version == DocumentVersion.number,
        )
    )
    return {version: (document, text) for version, document, text in rows}


def _follow(session: Session, row: Questioned, texts: Mapping[str, tuple[str, str]]) -> None:
    """Move the place to the present version, where the words still stand; else the passage was changed."""
    if row.version_id in texts and row.state is not QuestionedState.CHANGED:
        return
    version, text = next(((id_, text) for id_, (of, text) in texts.items() if of == row.document_id), ("", ""))
    before = session.scalar(select(DocumentVersion.text).where(DocumentVersion.id == row.version_id)) or ""
    place = locate(before[row.start : row.end], text, max(0, row.start - 200)) if version else None
    if place is not None:
        row.version_id, (row.start, row.end) = version, place
        act = QuestionedAct.RETURN if row.state is QuestionedState.CHANGED else None
    else:
        act = QuestionedAct.CHANGE if row.state in (QuestionedState.OPEN, QuestionedState.TO_CHANGE) else None
    if act is not None:
        row.state = step(row.state, act)
        row.version += 1


def _still(session: Session, organization: str) -> set[str]:
    """Revisions that may still be read: consent may have been taken back while it was thought about."""
    return set(
        session.scalars(
            select(Revision.id)
            .join(Submission, Submission.id == Revision.submission_id)
            .join(Consent, Consent.person_id == Submission.person_id)
            .where(Revision.organization_id == organization, *readable())
        )
    )


def _unclear(session: Session, organization: str, texts: Mapping[str, tuple[str, str]]) -> list[tuple[str, Differing]]:
    """Passages that are asked about, as if they were found."""
    groups = list(session.scalars(select(Group.id).where(Group.organization_id == organization)))
    places = signs.signs(session, organization, groups).often()
    return [
        (texts[place.owner][0], Differing(UNCLEAR, "", "", _at(place, texts[place.owner][1]), (), 0))
        for place in places
        if place.owner in texts
    ]


def _at(place: QuotePlace, text: str) -> At:
    return At(place.owner, place.start, place.end, text[place.start : place.end])


def _kept(
    session: Session,
    organization: str,
    key: tuple[str, str, str, str],
    row: Questioned | None,
    one: Differing,
    now: datetime,
) -> str:
    """The row for what was found, with its sentences; its id."""
    if row is None:
        document, words, kind, instead = key
        row = Questioned(
            organization_id=organization,
            document_id=document,
            version_id=one.document.owner,
            start=one.document.start,
            end=one.document.end,
            wording=words,
            kind=kind,
            says=one.says[:64],
            instead=instead[:64],
            found_at=now,
        )
        session.add(row)
        session.flush()
    session.execute(delete(QuestionedBy).where(QuestionedBy.questioned_id == row.id))
    for at in {at.owner: at for at in one.work}.values():
        session.add(
            QuestionedBy(
                questioned_id=row.id,
                revision_id=at.owner,
                organization_id=organization,
                start=at.start,
                end=at.end,
            )
        )
    return row.id
