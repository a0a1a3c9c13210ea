"""Brings the vector index to equal the rows: for some revisions, context documents and decided points, or for all.

What should be there is read from the rows, written, read back from the index, and compared with the rows once more in
the transaction that ends the job: whoever changed a row meanwhile is seen, and the job goes round again. Withdrawal,
removal and a "no" to machines are the same loop with nothing wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipelines import indexing
from pipelines.indexing import Holding
from pipelines.ports import IndexUnavailable
from pipelines.retrieval import pieces_of
from pipelines.texts.passages import cut
from pipelines.values import Passage, Shelf, ShelfItem
from service.jobs.indexed import IndexShare, everything, wanted
from service.jobs.tools import JobTools
from service.store import jobs
from service.store.tables import Challenge, Job, PassageRow

log = structlog.get_logger(__name__)

ROUNDS = 5
"""How often a job goes round because rows changed under it, before it is left to its next attempt."""

AT_ONCE = 200
"""Subjects in one round of a rebuild."""


def run(tools: JobTools, owner: str, claimed: Sequence[Job]) -> None:
    """Do these jobs together. Raises IndexUnavailable if a later read does not show what was written."""
    by_organization: dict[str, list[Job]] = {}
    for job in claimed:
        by_organization.setdefault(job.organization_id, []).append(job)
    for organization, mine in by_organization.items():
        _until_settled(tools, owner, organization, mine)


def _until_settled(tools: JobTools, owner: str, organization: str, mine: list[Job]) -> None:
    for _ in range(ROUNDS):
        written = bring(tools, organization, [job.subject_id for job in mine])
        mine = _settle(tools, owner, organization, mine, written)
        mine = _without_erased(tools, organization, mine, written)
        if not mine:
            return
    raise IndexUnavailable(f"{len(mine)} entries of the index keep changing; they are looked at again later.")


def _settle(
    tools: JobTools, owner: str, organization: str, mine: Sequence[Job], written: Mapping[str, IndexShare]
) -> list[Job]:
    """End the jobs whose rows still say what was written; the others are returned. A job that was lost is neither."""
    with tools.sessions.writing() as session:
        # First the jobs' own rows are locked: whoever asks for the same again waits until this transaction ends.
        jobs.heartbeat(session, owner=owner, jobs=[job.id for job in mine], until=tools.now() + tools.lease)
        stand = wanted(session, organization, [job.subject_id for job in mine])
        left = [job for job in mine if stand.get(job.subject_id) != written.get(job.subject_id)]
        for job in mine:
            if job not in left and not jobs.finish(session, job.id, owner=owner, now=tools.now()):
                log.warning("lease lost; the index is as it should be all the same", job=job.id)
    return left


def _without_erased(
    tools: JobTools, organization: str, mine: list[Job], written: Mapping[str, IndexShare]
) -> list[Job]:
    """What was erased while it was written is taken out again here, since no later round would know of it."""
    if not mine:
        return mine
    with tools.sessions.reading() as session:
        stand = wanted(session, organization, [job.subject_id for job in mine])
    lost = [written[job.subject_id] for job in mine if job.subject_id in written and job.subject_id not in stand]
    indexing.settle([Holding(one.collection, one.owners) for one in lost], tools.embedder(organization), tools.index)
    return mine


def bring(tools: JobTools, organization: str, subjects: Sequence[str]) -> dict[str, IndexShare]:
    """Make the index hold for these what the rows want; what was written, by subject. Raises IndexUnavailable."""
    with tools.sessions.reading() as session:
        found = wanted(session, organization, subjects)
    passages = {one.owner: _passages(one) for one in found.values() if one.owner and one.shelf is not Shelf.PRECEDENTS}
    with tools.sessions.writing() as session:
        for one in found.values():
            if one.owner in passages:
                _keep_passages(session, organization, one, passages[one.owner])
    holdings = [_holding(one, passages.get(one.owner, [])) for one in found.values()]
    embedder = tools.embedder(organization)
    doubtful = indexing.settle(holdings, embedder, tools.index)
    embedder.embed([piece for one in found.values() for piece in _pieces(one, passages.get(one.owner, []))])
    if doubtful:
        raise IndexUnavailable(
            f"The index does not show what was written to {doubtful[0].collection}; it is tried again."
        )
    return found


def _passages(one: IndexShare) -> list[Passage]:
    return list(cut(one.text, one.owner, markdown=one.media_type == "text/markdown"))


def _holding(one: IndexShare, passages: Iterable[Passage]) -> Holding:
    if one.owner and one.shelf is Shelf.PRECEDENTS:
        return Holding(one.collection, one.owners, {one.owner: one.text})
    return Holding(one.collection, one.owners, {item.id: item.indexed for item in _items(one, passages)})


def _items(one: IndexShare, passages: Iterable[Passage]) -> list[ShelfItem]:
    return [
        ShelfItem(passage.id, one.shelf, passage.text, one.owner, title=one.title, heading=passage.heading)
        for passage in passages
    ]


def _pieces(one: IndexShare, passages: Iterable[Passage]) -> list[str]:
    """What a shelf is searched by besides its passages: embedded here, so that nobody waits for it who searches."""
    return [piece for item in _items(one, passages) for piece in pieces_of(item)]


def _keep_passages(session: Session, organization: str, one: IndexShare, passages: Sequence[Passage]) -> None:
    """The rows by which a found id is read again; written before the index knows the ids."""
    there = {row.id: row for row in session.scalars(select(PassageRow).where(PassageRow.owner_id == one.owner))}
    cut_now = {passage.id: passage for passage in passages}
    gone = [id_ for id_ in there if id_ not in cut_now]
    if gone:
        session.execute(delete(PassageRow).where(PassageRow.id.in_(gone)))
    for id_, passage in cut_now.items():
        if id_ in there:
            there[id_].heading = passage.heading
        else:
            session.add(
                PassageRow(
                    id=id_,
                    organization_id=organization,
                    shelf=one.shelf,
                    part_id=one.part,
                    owner_id=one.owner,
                    start=passage.start,
                    end=passage.end,
                    heading=passage.heading,
                )
            )


def rebuild(tools: JobTools, organization: str, step: Callable[[int, int], None]) -> int:
    """Everything of an organization again, from rows and remembered vectors; then what belongs to no row goes.

    `step(done, all)` is called on the way. Returns how many subjects there are. May run beside the jobs.
    """
    with tools.sessions.reading() as session:
        subjects = everything(session, organization)
        challenges = session.scalars(select(Challenge.id).where(Challenge.organization_id == organization)).all()
    owners: set[str] = set()
    for at in range(0, len(subjects), AT_ONCE):
        written = bring(tools, organization, subjects[at : at + AT_ONCE])
        owners.update(owner for one in written.values() for owner in one.owners)
        step(min(at + AT_ONCE, len(subjects)), len(subjects))
    drop_strays(tools, organization, collections(organization, challenges), owners)
    return len(subjects)


def collections(organization: str, challenges: Iterable[str]) -> list[str]:
    """Every collection that an organization has."""
    parts = [f"{shelf.value}-{challenge}" for challenge in challenges for shelf in (Shelf.WORK, Shelf.PRECEDENTS)]
    return [f"{Shelf.CONTEXT.value}-{organization}", *parts]


def texts(tools: JobTools, organization: str, subjects: Sequence[str]) -> Iterable[str]:
    """What is embedded of these subjects as they stand now."""
    with tools.sessions.reading() as session:
        found = wanted(session, organization, subjects)
    for one in found.values():
        if one.owner:
            passages = _passages(one) if one.shelf is not Shelf.PRECEDENTS else []
            yield from _holding(one, passages).texts.values()
            yield from _pieces(one, passages)


def drop_strays(
    tools: JobTools, organization: str, names: Iterable[str], owners: Collection[str] = frozenset()
) -> None:
    """Take out what is nobody's: not of those just written, and not of a row that came meanwhile."""
    strays = {name: [id_ for id_ in tools.index.ids(name) if _owner(id_) not in owners] for name in names}
    if not any(strays.values()):
        return
    with tools.sessions.reading() as session:
        there = {owner for one in as_it_stands(session, organization) for owner in one.owners}
    for name, ids in strays.items():
        tools.index.delete(name, [id_ for id_ in ids if _owner(id_) not in there])


def _owner(id_: str) -> str:
    return id_.split("@", 1)[0]


def as_it_stands(session: Session, organization: str) -> Iterable[IndexShare]:
    """What all subjects of an organization want now."""
    subjects = everything(session, organization)
    for at in range(0, len(subjects), AT_ONCE):
        yield from wanted(session, organization, subjects[at : at + AT_ONCE]).values()
