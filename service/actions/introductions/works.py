"""Work that may be used for matching, as it stands now: what is there is read every time, only what changed in full.

Two statements tell of every submission and draft at which number it stands (100,000 of each: some 0.2 s); rows are read
anew where that number is another than before. Consents and sharing are given as they are now and applied to all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from pipelines.people.values import PersonWork
from pipelines.values import Standing
from service.domain import assessed
from service.domain.visibility import PeersShown, no_machine
from service.store import visible
from service.store.tables import Challenge, Consent, DraftRow, Revision, Submission

AT_ONCE: Final = 5_000
"""Ids in one statement; SQLite takes 32,766 parameters."""


@dataclass(frozen=True, slots=True)
class Handed:
    """The latest text of a submission that is not withdrawn; the work is without its words. `barred`: no machine may
    read it."""

    work: PersonWork
    submission: str
    group: str
    draft: str | None
    at: datetime
    met: bool
    barred: bool


@dataclass(frozen=True)
class Known:
    """An organization's work at one moment. `latest` and `versions` tell at which number every submission and draft
    stood, `open` what may be used under `shared` (title of each challenge that shows work) by `people`."""

    latest: Mapping[str, int]
    versions: Mapping[str, int]
    handed: Mapping[str, Handed]  # by submission
    people: frozenset[str]
    shared: Mapping[str, str]
    open: tuple[Handed, ...]
    works: tuple[PersonWork, ...]


def known(
    session: Session, organization: str, people: frozenset[str], shared: Mapping[str, str], before: Known | None
) -> Known:
    """As it stands in this snapshot. `works` is the same object as before if nothing is different."""
    latest = _numbers(session, select(Submission.id, Submission.latest).where(
        Submission.organization_id == organization, ~visible.withdrawn()
    ))  # fmt: skip
    versions = _numbers(session, select(DraftRow.id, DraftRow.version).where(DraftRow.organization_id == organization))
    handed = _handed(session, organization, latest, versions, before)
    if before is not None and (handed, people, shared) == (before.handed, before.people, before.shared):
        return replace(before, latest=latest, versions=versions, handed=before.handed)
    found = [_named(row, shared) for row in handed.values() if _open(row, people, shared)]
    found.sort(key=lambda row: (row.at, row.work.id))
    return Known(latest, versions, handed, people, shared, tuple(found), tuple(row.work for row in found))


def _numbers(session: Session, query: Any) -> dict[str, int]:
    """Ids and numbers, straight from the driver: 200,000 rows made into objects took a second, and had the collector
    look through all that the process holds."""
    result = session.connection().execute(query)
    rows: Any = result.cursor  # every driver's gives its rows one by one
    found: dict[str, int] = dict(rows)
    result.close()
    return found


def _open(row: Handed, people: Collection[str], shared: Collection[str]) -> bool:
    return not row.barred and row.work.person in people and row.work.challenge in shared


def _named(row: Handed, shared: Mapping[str, str]) -> Handed:
    """As its challenge is called now; of most, the very same."""
    title = shared[row.work.challenge]
    return row if row.work.title == title else replace(row, work=replace(row.work, title=title))


def _handed(
    session: Session,
    organization: str,
    latest: Mapping[str, int],
    versions: Mapping[str, int],
    before: Known | None,
) -> Mapping[str, Handed]:
    """The same object as before if nothing is different."""
    if before is None:
        return {row.submission: row for row in _read(session, organization, None)}
    changed = _different(latest, before.latest)
    moved = sorted(_different(versions, before.versions))
    for some in _chunks(moved):
        changed.update(session.scalars(select(DraftRow.submission_id).where(DraftRow.id.in_(some))))
    gone = before.versions.keys() - versions.keys() if len(before.versions) != len(versions) or moved else ()
    if gone:
        changed.update(row.submission for row in before.handed.values() if row.draft in gone)
    changed &= latest.keys()
    if not changed and len(before.latest) == len(latest):  # none is new, so these are the same
        return before.handed
    kept = {id_: row for id_, row in before.handed.items() if id_ in latest and id_ not in changed}
    return kept | {row.submission: row for row in _read(session, organization, changed)}


def _different(now: Mapping[str, int], before: Mapping[str, int]) -> set[str]:
    """Those that are new, or stand at another number."""
    if now == before:
        return set()
    return {id_ for id_, number in now.items() if before.get(id_) != number}


def _read(session: Session, organization: str, submissions: Collection[str] | None) -> Iterator[Handed]:
    """These, or all."""
    query = _query(organization)
    if submissions is None:
        yield from (_of(row) for row in session.connection().execute(query.execution_options(yield_per=1_000)))
        return
    for some in _chunks(sorted(submissions)):
        yield from (_of(row) for row in session.execute(query.where(Submission.id.in_(some))))


def _query(organization: str) -> Any:
    """The latest texts, without words."""
    return (
        select(
            Submission.id.label("submission"),
            Submission.person_id,
            Submission.challenge_id,
            Submission.group_id,
            Challenge.title,
            Revision.id,
            Revision.submitted_at,
            Revision.ai,
            DraftRow.id.label("draft"),
            DraftRow.standing,
            DraftRow.judgements,
            DraftRow.assessment,
        )
        .join(Revision, visible.latest_text())
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .outerjoin(DraftRow, DraftRow.revision_id == Revision.id)
        .where(Submission.organization_id == organization, ~visible.withdrawn())
    )


def _of(row: Row[Any]) -> Handed:
    """`quotable` says only that a passage may be looked for; who is shown it is decided whenever it is shown. Places
    are those that a person gave: the machine's own are looked for anew where one is quoted."""
    read = {one["criterion"]: one for one in (row.assessment or {}).get("criteria", ())}
    said = {key: one for key, one in assessed.criteria_of(row.assessment).items() if one is not Standing.CANNOT_TELL}
    criteria = said | {key: Standing(value) for key, value in (row.judgements or {}).items()}
    placed = {key: one for key, one in read.items() if one.get("by_person") and one.get("start") is not None}
    places = {key: (one["start"], one["end"]) for key, one in placed.items()}
    work = PersonWork(row.id, row.person_id, row.challenge_id, "", row.title, criteria, places, quotable=True)
    met, barred = row.standing is Standing.MET, no_machine(row.ai)
    return Handed(work, row.submission, row.group_id, row.draft, row.submitted_at, met, barred)


def texts(session: Session, organization: str, ids: Collection[str]) -> dict[str, str]:
    """Words of these works (revisions), of those alone that machines may read and match people by now."""
    query = (
        select(Revision.id, Revision.text)
        .join(Submission, visible.latest_text())
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(
            Submission.organization_id == organization,
            visible.machines_may(),
            Challenge.sharing_peers != PeersShown.NEVER,
            Consent.introduce.is_(True),
        )
    )
    found: dict[str, str] = {}
    for some in _chunks(list(ids)):
        found |= {id_: text for id_, text in session.execute(query.where(Revision.id.in_(some)))}  # noqa: C416  typed
    return found


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
