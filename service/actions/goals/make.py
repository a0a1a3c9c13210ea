"""Goals' way through the machine: a strategy document read in one transaction, thought about in none, kept in another;
then the same for the work that speaks to each goal. Decides nothing: what is found is only offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pipelines.goals import MOST_OFFERED, GoalRead, said
from pipelines.values import Evidence, Scope
from service.actions.visibility import beside_goals
from service.domain import goals as goal_rules
from service.domain.goals import EvidenceStanding, GoalWording
from service.domain.roles import Actor, require_desk
from service.domain.visibility import PeersShown
from service.store import find, jobs, visible
from service.store.tables import (
    Challenge,
    Document,
    DocumentVersion,
    DraftRow,
    Goal,
    GoalEvidence,
    PlanReading,
    Revision,
    Submission,
)

MOST_CHALLENGES: Final = 40
"""Challenges whose work is looked through, the latest."""


@dataclass(frozen=True, slots=True)
class GoalSearch:
    """A strategy document in its present version."""

    organization: str
    document: str
    version: int
    version_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for: a goal's words; and where: each challenge, with how many of its works were decided on."""

    goal: str
    text: str
    scopes: tuple[tuple[Scope, int], ...]


def queue_search(session: Session, organization: str, document: str, *, now: datetime) -> None:
    """Have a document read for goals, and work looked for."""
    jobs.enqueue(
        session,
        organization=organization,
        kind="goals",
        subject=document,
        now=now,
        dedupe=f"goals:{document}",
        priority=-1,  # after what people wait for
    )


def changed(session: Session, document: Document, *, now: datetime) -> None:
    """A document was made or changed: read it, if it holds goals."""
    if goal_rules.holds_goals(document.tags):
        queue_search(session, document.organization_id, document.id, now=now)


def search_all_again(session: Session, actor: Actor, *, now: datetime) -> int:
    """Have work looked for again, for all goals; for how many documents. Raises NotAllowed for a learner."""
    require_desk(actor)
    found = strategies(session, actor.organization)
    for document in found:
        queue_search(session, actor.organization, document.id, now=now)
    return len(found)


def strategies(session: Session, organization: str | None) -> list[Document]:
    """Documents that hold goals and were not removed, by title; None: of every organization."""
    query = select(Document).where(~visible.removed()).order_by(func.lower(Document.title), Document.id)
    rows = session.scalars(query if organization is None else query.where(Document.organization_id == organization))
    return [row for row in rows if goal_rules.holds_goals(row.tags)]


def sweep(session: Session, organization: str | None = None, *, now: datetime) -> int:
    """Have those looked at that were not yet, or since when work came in; how many."""
    read = select(PlanReading).where(find.within(PlanReading.organization_id, organization))
    readings = {row.document_id: row.looked_at for row in session.scalars(read)}
    last = dict(
        session.execute(
            select(DraftRow.organization_id, func.max(DraftRow.created_at))
            .where(find.within(DraftRow.organization_id, organization))
            .group_by(DraftRow.organization_id)
        ).all()
    )
    count = 0
    for document in strategies(session, organization):
        seen, came = readings.get(document.id), last.get(document.organization_id)
        if seen is None or (came is not None and came > seen):
            queue_search(session, document.organization_id, document.id, now=now)
            count += 1
    return count


def begin(session: Session, organization: str, document: str) -> GoalSearch | None:
    """The document to be read. None: it was removed, or holds no goals any more."""
    row = session.get(Document, document)
    if row is None or row.organization_id != organization or row.removed_at is not None:
        return None
    if not goal_rules.holds_goals(row.tags):
        return None
    version = session.scalars(
        select(DocumentVersion).where(DocumentVersion.document_id == row.id, DocumentVersion.number == row.version)
    ).one()
    return GoalSearch(organization, row.id, row.version, version.id, version.text)


def keep(session: Session, looking: GoalSearch, found: Sequence[GoalRead], *, now: datetime) -> list[Wish]:
    """Store the goals of this version; those of earlier ones stay with what was confirmed for them. []: changed since.

    Gives what to look for.
    """
    document = session.get(Document, looking.document, with_for_update={"key_share": True})
    if document is None or document.version != looking.version:
        return []
    reading = session.get(PlanReading, looking.document)
    if reading is None:
        reading = PlanReading(document_id=looking.document, organization_id=looking.organization, looked_at=None)
        session.add(reading)
    reading.version = looking.version
    rows = _reconciled(session, looking, found, now)
    session.flush()
    scopes = _scopes(session, looking.organization, now)
    before = _decided(session, [row.id for row, _ in rows])
    return [
        Wish(row.id, goal.said, tuple((one, before.get((row.id, one.challenge), 0)) for one in scopes))
        for row, goal in rows
    ]


def _reconciled(
    session: Session, looking: GoalSearch, found: Sequence[GoalRead], now: datetime
) -> list[tuple[Goal, GoalRead]]:
    there = {row.key: row for row in session.scalars(select(Goal).where(Goal.document_id == looking.document))}
    read = {goal_rules.key(goal.title, goal.said): goal for goal in found}
    was = max((row.version for row in there.values()), default=0)
    new = [GoalWording(key, goal.title, goal.said) for key, goal in read.items() if key not in there]
    gone = [row for key, row in there.items() if row.version == was and key not in read]
    texts = _texts(session, gone)
    follows = goal_rules.successors(new, [GoalWording(row.id, row.title, texts[row.id]) for row in gone])
    rows = []
    for position, (key, goal) in enumerate(read.items()):
        row = there.get(key)
        if row is None:
            made = {"organization_id": looking.organization, "document_id": looking.document, "key": key}
            row = Goal(**made, follows_id=follows.get(key), created_at=now)
            session.add(row)
        row.version, row.version_id, row.position = looking.version, looking.version_id, position
        row.title, row.start, row.end = goal.title, goal.start, goal.end
        rows.append((row, goal))
    return rows


def _texts(session: Session, goals: Sequence[Goal]) -> dict[str, str]:
    versions = dict(
        session.execute(
            select(DocumentVersion.id, DocumentVersion.text).where(
                DocumentVersion.id.in_({goal.version_id for goal in goals})
            )
        ).all()
    )
    return {goal.id: said(versions[goal.version_id][goal.start : goal.end]) for goal in goals}


def _scopes(session: Session, organization: str, now: datetime) -> list[Scope]:
    """Every challenge that lets anybody see others' work. Within it all groups: who may see what is found is decided
    when it is shown."""
    rows = session.scalars(
        select(Challenge.id)
        .where(Challenge.organization_id == organization, Challenge.sharing_peers != PeersShown.NEVER)
        .order_by(Challenge.id.desc())
        .limit(MOST_CHALLENGES)
    )
    return [Scope(organization, one, "", "", now) for one in rows]


def _decided(session: Session, goals: Sequence[str]) -> dict[tuple[str, str], int]:
    rows = session.execute(
        select(GoalEvidence.goal_id, Submission.challenge_id, func.count())
        .join(Submission, Submission.id == GoalEvidence.submission_id)
        .where(GoalEvidence.goal_id.in_(goals), GoalEvidence.standing != EvidenceStanding.OFFERED)
        .group_by(GoalEvidence.goal_id, Submission.challenge_id)
    )
    return {(goal, challenge): count for goal, challenge, count in rows}


def finish(session: Session, looking: GoalSearch, found: Mapping[str, Sequence[Evidence]], *, now: datetime) -> bool:
    """Offer what was found, by place, as far as it may be shown now. False: the document changed meanwhile."""
    reading = session.get(PlanReading, looking.document, with_for_update={"key_share": True})
    document = session.get(Document, looking.document)
    if reading is None or document is None or document.version != looking.version:
        return False
    revisions = {one.item.document for ones in found.values() for one in ones}
    may: dict[str, str] = dict(
        session.execute(
            beside_goals.of(looking.organization, Revision.id, Submission.id).where(
                Revision.id.in_(revisions), visible.latest(), beside_goals.allowed()
            )
        ).all()
    )
    for goal, ones in found.items():
        _offer(session, looking.organization, goal, [one for one in ones if one.item.document in may], may, now)
    reading.looked_at = now
    session.flush()
    return True


def _offer(
    session: Session,
    organization: str,
    goal: str,
    found: Sequence[Evidence],
    submissions: Mapping[str, str],
    now: datetime,
) -> None:
    """What was decided stays as it is; of the rest, what is not among the nearest now is no longer offered."""
    rows = session.scalars(select(GoalEvidence).where(GoalEvidence.goal_id == goal).with_for_update(key_share=True))
    there = {row.submission_id: row for row in rows}
    open_ = [
        one
        for one in found
        if (row := there.get(submissions[one.item.document])) is None or row.standing is EvidenceStanding.OFFERED
    ][:MOST_OFFERED]
    offered = {submissions[one.item.document] for one in open_}
    stale = [
        row.id
        for row in there.values()
        if row.standing is EvidenceStanding.OFFERED and row.submission_id not in offered
    ]
    session.execute(delete(GoalEvidence).where(GoalEvidence.id.in_(stale)).execution_options(synchronize_session=False))
    for one in open_:
        submission = submissions[one.item.document]
        row = there.get(submission)
        if row is None:
            row = GoalEvidence(organization_id=organization, goal_id=goal, submission_id=submission, found_at=now)
            row.standing = EvidenceStanding.OFFERED
            session.add(row)
        row.revision_id, row.passage_id = one.item.document, one.item.id
        row.start, row.end, row.dense = one.item.start, one.item.end, one.dense
