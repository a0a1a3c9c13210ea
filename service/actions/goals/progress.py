"""Goals with the work that speaks to them, as those see it who review its groups: counted, quoted, over time.

Counts are of what may be shown now: whoever takes a consent back takes a piece out of the figures at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import version_of
from service.actions.goals.make import strategies
from service.actions.visibility import beside_goals
from service.domain import goals as goal_rules
from service.domain.errors import NotFound
from service.domain.goals import ConfirmedPiece, EvidenceStanding, GoalMonth
from service.domain.roles import Actor, CredentialReach, require_desk, visible_groups
from service.domain.visibility import ShowWork
from service.store import names as store_names
from service.store import visible
from service.store.tables import (
    Challenge,
    Consent,
    Document,
    DocumentVersion,
    DraftRow,
    Goal,
    GoalEvidence,
    Group,
    Person,
    PlanReading,
    Revision,
    Submission,
)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands beside a goal. `offered`: pieces that machines found near, on which nobody has decided; `confirmed`:
    those that a person said show progress, in `groups` and `challenges` of all where work was handed in; `hidden`:
    confirmed ones that may not be shown now and count nowhere."""

    offered: int
    confirmed: int
    hidden: int
    groups: Share
    challenges: Share
    months: tuple[GoalMonth, ...]


@dataclass(frozen=True, slots=True)
class GoalListed:
    """A goal in one wording, verbatim. `present`: its document's present version holds it."""

    id: str
    title: str
    text: str
    version: int
    start: int
    end: int
    present: bool
    figures: Figures


@dataclass(frozen=True, slots=True)
class Plan:
    """A document with its goals in order. `earlier`: goals it holds no more, with what was confirmed for them;
    `behind`: a newer version waits to be read; `new_work`: texts that came in since work was last looked for."""

    document: str  # external id
    title: str
    version: int
    looked_at: datetime | None
    behind: bool
    new_work: int
    goals: tuple[GoalListed, ...]
    earlier: tuple[GoalListed, ...]


@dataclass(frozen=True, slots=True)
class GoalEvidenceSeen:
    """A piece of work for a goal. `text` is verbatim, from `start` to `end` of the revision; `name` is empty where its
    author does not show it; `draft` is where a reviewer reads all of it."""

    id: str
    text: str
    start: int
    end: int
    revision: int
    latest: bool
    challenge: str  # external id
    challenge_title: str
    group: str
    name: str
    handed_in: datetime
    standing: EvidenceStanding
    decided_by: str
    decided_at: datetime | None
    draft: str

    @property
    def version(self) -> int:
        """Of the passage as it is shown, and of what was decided on it."""
        return version_of(self.revision, self.start, self.end, self.text, self.standing, self.decided_at)


@dataclass(frozen=True, slots=True)
class GoalSeen:
    """One goal with its evidence. `before`: wordings that it took the place of, the latest first, each with what was
    confirmed for it; `now`: the wording that took its own place, if one did."""

    goal: GoalListed
    document: str  # external id
    document_title: str
    confirmed: tuple[GoalEvidenceSeen, ...]
    offered: tuple[GoalEvidenceSeen, ...]
    dismissed: tuple[GoalEvidenceSeen, ...]
    before: tuple[tuple[GoalListed, tuple[GoalEvidenceSeen, ...]], ...]
    now: tuple[str, str] | None  # id and title


def listed(session: Session, actor: Actor) -> list[Plan]:
    """All goals, by document. Raises NotAllowed for a learner."""
    require_desk(actor)
    documents = _documents(session, actor.organization)
    readings = {
        row.document_id: row
        for row in session.scalars(select(PlanReading).where(PlanReading.organization_id == actor.organization))
    }
    goals = session.scalars(
        select(Goal)
        .where(Goal.organization_id == actor.organization, Goal.document_id.in_([one.id for one in documents]))
        .order_by(Goal.position, Goal.id)
    ).all()
    seen = _seen(session, actor, goals, {one.id: one for one in documents}, readings)
    return [
        _plan(session, one, readings.get(one.id), [seen[g.id] for g in goals if g.document_id == one.id])
        for one in documents
    ]


def _documents(session: Session, organization: str) -> list[Document]:
    """Those that hold goals, and those that did and were only marked otherwise."""
    held = session.scalars(
        select(Document)
        .join(PlanReading, PlanReading.document_id == Document.id)
        .where(Document.organization_id == organization, ~visible.removed())
    )
    found = {row.id: row for row in (*strategies(session, organization), *held)}
    return sorted(found.values(), key=lambda row: (row.title.casefold(), row.id))


def _plan(session: Session, document: Document, reading: PlanReading | None, goals: Sequence[GoalListed]) -> Plan:
    looked = reading.looked_at if reading is not None else None
    count = select(func.count()).where(DraftRow.organization_id == document.organization_id)
    return Plan(
        document=document.external_id,
        title=document.title,
        version=document.version,
        looked_at=looked,
        behind=goal_rules.holds_goals(document.tags) and (reading is None or reading.version != document.version),
        new_work=(session.scalar(count.where(DraftRow.created_at > looked)) or 0) if looked else 0,
        goals=tuple(goal for goal in goals if goal.present),
        earlier=tuple(g for g in goals if not g.present and g.figures.confirmed + g.figures.hidden),
    )


def _seen(
    session: Session,
    actor: Actor,
    goals: Sequence[Goal],
    documents: Mapping[str, Document],
    readings: Mapping[str, PlanReading],
) -> dict[str, GoalListed]:
    """These goals with their figures, in a fixed number of statements."""
    figures = _figures(session, actor, [goal.id for goal in goals])
    texts = dict(
        session.execute(
            select(DocumentVersion.id, DocumentVersion.text).where(
                DocumentVersion.organization_id == actor.organization,
                DocumentVersion.id.in_({goal.version_id for goal in goals}),
            )
        ).all()
    )
    return {
        goal.id: GoalListed(
            id=goal.id,
            title=goal.title,
            text=texts[goal.version_id][goal.start : goal.end],
            version=goal.version,
            start=goal.start,
            end=goal.end,
            present=is_present(goal, documents[goal.document_id], readings.get(goal.document_id)),
            figures=figures[goal.id],
        )
        for goal in goals
    }


def is_present(goal: Goal, document: Document, reading: PlanReading | None) -> bool:
    """Whether the version read last holds the goal."""
    return reading is not None and goal.version == reading.version and goal_rules.holds_goals(document.tags)


def _figures(session: Session, actor: Actor, goals: Collection[str]) -> dict[str, Figures]:
    groups = visible_groups(actor)
    rows = session.execute(
        beside_goals.of(
            actor.organization,
            GoalEvidence.goal_id,
            GoalEvidence.standing,
            Submission.group_id,
            Submission.challenge_id,
            Revision.submitted_at,
            visible.latest().label("latest"),
            beside_goals.allowed().label("allowed"),
        )
        .join(GoalEvidence, GoalEvidence.revision_id == Revision.id)
        .where(GoalEvidence.goal_id.in_(goals), beside_goals.within(groups))
    ).all()
    work = select(func.count(Submission.group_id.distinct()), func.count(Submission.challenge_id.distinct())).where(
        Submission.organization_id == actor.organization, ~visible.withdrawn(), beside_goals.within(groups)
    )
    all_groups, all_challenges = session.execute(work).one()
    by: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by[row.goal_id].append(row)
    return {goal: _of(by[goal], all_groups, all_challenges) for goal in goals}


def _of(rows: Sequence[Row[Any]], groups: int, challenges: int) -> Figures:
    confirmed = [row for row in rows if row.standing is EvidenceStanding.CONFIRMED]
    pieces = [ConfirmedPiece(row.group_id, row.challenge_id, row.submitted_at) for row in confirmed if row.allowed]
    offered = Counter(bool(row.allowed and row.latest) for row in rows if row.standing is EvidenceStanding.OFFERED)
    return Figures(
        offered=offered[True],
        confirmed=len(pieces),
        hidden=len(confirmed) - len(pieces),
        groups=Share(len({piece.group for piece in pieces}), groups),
        challenges=Share(len({piece.challenge for piece in pieces}), challenges),
        months=goal_rules.months(pieces),
    )


def show(session: Session, actor: Actor, goal_id: str) -> GoalSeen:
    """One goal and its evidence. Raises NotAllowed for a learner, NotFound."""
    require_desk(actor)
    row, document = own(session, actor.organization, goal_id)
    before = _before(session, row)
    reading = session.get(PlanReading, document.id)
    readings = {document.id: reading} if reading is not None else {}
    listed = _seen(session, actor, [row, *before], {document.id: document}, readings)
    work = evidence(session, actor, [row.id, *(one.id for one in before)])
    by = {kind: tuple(one for one in work[row.id] if one.standing is kind) for kind in EvidenceStanding}
    after = session.execute(select(Goal.id, Goal.title).where(Goal.follows_id == row.id)).first()
    return GoalSeen(
        goal=listed[row.id],
        document=document.external_id,
        document_title=document.title,
        confirmed=by[EvidenceStanding.CONFIRMED],
        offered=by[EvidenceStanding.OFFERED],
        dismissed=by[EvidenceStanding.DISMISSED],
        before=tuple(
            (listed[one.id], tuple(piece for piece in work[one.id] if piece.standing is EvidenceStanding.CONFIRMED))
            for one in before
        ),
        now=(after.id, after.title) if after is not None else None,
    )


def own(session: Session, organization: str, goal_id: str) -> tuple[Goal, Document]:
    """A goal of this organization, in a document that was not removed. Raises NotFound."""
    found = session.execute(
        select(Goal, Document)
        .join(Document, Document.id == Goal.document_id)
        .where(Goal.id == goal_id, Goal.organization_id == organization, ~visible.removed())
    ).first()
    if found is None:
        raise NotFound("There is no such goal here. Look for it in the list of goals.")
    return found[0], found[1]


def _before(session: Session, goal: Goal) -> list[Goal]:
    """The wordings before this one; the oldest few of a long line are left out."""
    found: list[Goal] = []
    at = goal.follows_id
    while at is not None and len(found) < 20 and at not in {one.id for one in found} | {goal.id}:
        found.append(session.get_one(Goal, at))
        at = found[-1].follows_id
    return found


def evidence(
    session: Session, actor: Actor, goals: Collection[str], *, only: str = ""
) -> dict[str, list[GoalEvidenceSeen]]:
    """Work for these goals that may be shown to the actor now, the nearest first; what is offered, of latest revisions
    alone. `only`: this piece."""
    query = (
        beside_goals.of(
            actor.organization,
            GoalEvidence,
            Revision.text,
            Revision.number,
            Revision.submitted_at,
            visible.latest().label("latest"),
            Consent.show_work,
            Person.name,
            Challenge.external_id,
            Challenge.title,
            Group.name.label("group_name"),
            DraftRow.id.label("draft"),
        )
        .join(GoalEvidence, GoalEvidence.revision_id == Revision.id)
        .outerjoin(DraftRow, DraftRow.revision_id == Revision.id)
        .where(
            GoalEvidence.organization_id == actor.organization,
            GoalEvidence.goal_id.in_(goals),
            beside_goals.allowed(),
            beside_goals.within(visible_groups(actor)),
            *([GoalEvidence.id == only] if only else []),
        )
        .order_by(GoalEvidence.dense.desc(), GoalEvidence.id)
    )
    rows = [r for r in session.execute(query) if r.latest or r.GoalEvidence.standing is not EvidenceStanding.OFFERED]
    names = store_names.names_of(session, [row.GoalEvidence.decided_by for row in rows])
    found: dict[str, list[GoalEvidenceSeen]] = {goal: [] for goal in goals}
    for row in rows:
        found[row.GoalEvidence.goal_id].append(_shown(row, names, actor))
    return found


def _shown(row: Row[Any], names: Mapping[str, str], actor: Actor) -> GoalEvidenceSeen:
    piece: GoalEvidence = row.GoalEvidence
    text = row.text[piece.start : piece.end]
    return GoalEvidenceSeen(
        id=piece.id,
        text=text,
        start=piece.start,
        end=piece.end,
        revision=row.number,
        latest=row.latest,
        challenge=row.external_id,
        challenge_title=row.title,
        group=row.group_name,
        name=row.name if row.show_work is ShowWork.WITH_NAME else "",
        handed_in=row.submitted_at,
        standing=piece.standing,
        decided_by=names.get(piece.decided_by or "", ""),
        decided_at=piece.decided_at,
        draft=row.draft if actor.reach is CredentialReach.PERSON and row.draft else "",
    )
