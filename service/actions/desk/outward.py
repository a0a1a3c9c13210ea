"""Rows with what a reader needs to know beside them: external ids, names, texts, and what is no longer shared.

Only reads, and takes rows that a caller was already allowed to see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import Shelf, SourceKind
from service.actions.desk import advice
from service.actions.documents import versions
from service.actions.drafts import read
from service.actions.drafts.points import current_points, text_to_approve
from service.actions.memory import alerts
from service.actions.work import files, submit
from service.domain.drafts import DraftState
from service.domain.roles import Actor, CredentialReach, Role, may_see_group
from service.store.tables import (
    Challenge,
    ChallengeGroup,
    Credential,
    Document,
    DraftRow,
    Group,
    Organization,
    Person,
    PointRow,
    Revision,
    RoleGrant,
    SentFile,
    Submission,
)
from service.store.visible import vanished


@dataclass(frozen=True, slots=True)
class GroupWithParent:
    """A group, and the external id of the one above."""

    row: Group
    parent: str | None


@dataclass(frozen=True, slots=True)
class PersonWithRoles:
    """A person, and the roles held in groups by external id."""

    row: Person
    roles: tuple[tuple[Role, str], ...]


@dataclass(frozen=True, slots=True)
class ChallengeSeen:
    """A challenge and its groups. `in_full` is False for learners, who see neither reference solution nor notes."""

    row: Challenge
    groups: tuple[str, ...]
    in_full: bool


@dataclass(frozen=True, slots=True)
class DocumentWithText:
    """A document with the text of its latest version, if that was asked for."""

    row: Document
    text: str


@dataclass(frozen=True, slots=True)
class DraftSeen:
    """A draft, by the names that the outside has for things."""

    row: DraftRow
    submission: str
    revision: int
    challenge: str
    group: str
    person: str
    claimed_by: str | None
    text_hash: str
    possible: tuple[str, ...]


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
    advice: Mapping[str, list[advice.Advice]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubmissionSeen:
    """A submission's latest revision and its draft. `reason` is for those who review; a learner is told states only."""

    row: Submission
    revision: Revision
    draft: DraftRow
    challenge: str
    person: str
    group: str
    reason: str
    reviews: bool
    files: tuple[SentFile, ...]


@dataclass(frozen=True, slots=True)
class Me:
    """Who a credential stands for, in external ids. `groups` is None where a key is not limited to some."""

    organization: str
    reach: CredentialReach
    credential: str
    person: str | None
    groups: tuple[str, ...] | None
    learns_in: tuple[str, ...]
    facilitates: tuple[str, ...]
    coordinates: tuple[str, ...]


Named = type[Group] | type[Person] | type[Challenge] | type[Submission]


def names(session: Session, model: Named, ids: Iterable[str | None]) -> dict[str, str]:
    """Internal to external ids."""
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    return dict(session.execute(select(model.id, model.external_id).where(model.id.in_(wanted))).all())


def groups(session: Session, rows: Sequence[Group]) -> list[GroupWithParent]:
    known = names(session, Group, (row.parent_id for row in rows))
    return [GroupWithParent(row, known.get(row.parent_id or "")) for row in rows]


def people(session: Session, rows: Sequence[Person]) -> list[PersonWithRoles]:
    grants = session.scalars(select(RoleGrant).where(RoleGrant.person_id.in_([row.id for row in rows]))).all()
    known = names(session, Group, (grant.group_id for grant in grants))
    held = {row.id: [(g.role, known[g.group_id]) for g in grants if g.person_id == row.id] for row in rows}
    return [PersonWithRoles(row, tuple(sorted(held[row.id]))) for row in rows]


def challenges(session: Session, actor: Actor, rows: Sequence[Challenge]) -> list[ChallengeSeen]:
    pairs = session.execute(
        select(ChallengeGroup.challenge_id, Group.external_id)
        .join(Group, Group.id == ChallengeGroup.group_id)
        .where(ChallengeGroup.challenge_id.in_([row.id for row in rows]))
        .order_by(Group.external_id)
    ).all()
    in_full = actor.reach is CredentialReach.PLATFORM or bool(actor.reviews)
    return [ChallengeSeen(row, tuple(name for of, name in pairs if of == row.id), in_full) for row in rows]


def document(session: Session, row: Document) -> DocumentWithText:
    return DocumentWithText(row, versions.text_of(session, row).text)


def drafts(session: Session, actor: Actor, rows: Sequence[DraftRow]) -> list[DraftSeen]:
    """Drafts with their points loaded, in the order given."""
    numbers = select(Revision.id, Revision.number).where(Revision.id.in_([row.revision_id for row in rows]))
    revisions = dict(session.execute(numbers).all())
    handed_in = session.scalars(select(Submission).where(Submission.id.in_([row.submission_id for row in rows])))
    submissions = {submission.id: submission for submission in handed_in}
    known_challenges = names(session, Challenge, (row.challenge_id for row in rows))
    known_groups = names(session, Group, (row.group_id for row in rows))
    authors = names(session, Person, (submission.person_id for submission in submissions.values()))
    claimers = names(session, Person, (row.claimed_by for row in rows))
    return [
        DraftSeen(
            row,
            submission=submissions[row.submission_id].external_id,
            revision=revisions[row.revision_id],
            challenge=known_challenges[row.challenge_id],
            group=known_groups[row.group_id],
            person=authors[submissions[row.submission_id].person_id],
            claimed_by=claimers.get(row.claimed_by or ""),
            text_hash=text_to_approve(row)[0],
            possible=tuple(read.possible_acts(actor, row)),
        )
        for row in rows
    ]


def draft(session: Session, actor: Actor, row: DraftRow) -> DraftInFull:
    """One draft with the submission's text, who decided, and which sources are to be shown without their words."""
    taken_back = row.state is DraftState.WITHDRAWN
    points = () if taken_back else tuple(current_points(row))
    used = {(SourceKind.PEER if e["shelf"] == Shelf.WORK else SourceKind.CONTEXT, e["id"]) for e in _passages(row)}
    rested_on = {(source.kind, source.ref_id) for point in points for source in point.sources}
    gone = vanished(session, used | rested_on)
    readable = not taken_back and gone.isdisjoint(id_ for _, id_ in used)
    return DraftInFull(
        drafts(session, actor, [row])[0],
        text="" if taken_back else session.get_one(Revision, row.revision_id).text,
        points=points,
        prompt=row.prompt_rendered if readable else "",
        people=names(session, Person, (point.decided_by for point in points)),
        gone=frozenset(gone),
        marks=tuple(alerts.marks(session, row)),
        advice=advice.on_draft(session, row),
    )


def alerted(session: Session, row: DraftRow) -> tuple[str, ...]:
    """Ids of open alerts that the decisions on a draft have raised."""
    return tuple(dict.fromkeys(mark.alert for mark in alerts.marks(session, row) if mark.alert))


def _passages(row: DraftRow) -> list[dict[str, Any]]:
    return [one for one in row.evidence if one["shelf"] in (Shelf.WORK, Shelf.CONTEXT)]


def submissions(session: Session, actor: Actor, rows: Sequence[Submission]) -> list[SubmissionSeen]:
    known_challenges = names(session, Challenge, (row.challenge_id for row in rows))
    known_people = names(session, Person, (row.person_id for row in rows))
    known_groups = names(session, Group, (row.group_id for row in rows))
    latest = _latest(session, rows)
    sent = files.of_revisions(session, [revision.id for revision, _ in latest.values()])
    found = []
    for row in rows:
        revision, draft = latest[row.id]
        reviews = may_see_group(actor, row.group_id)
        found.append(
            SubmissionSeen(
                row,
                revision,
                draft,
                challenge=known_challenges[row.challenge_id],
                person=known_people[row.person_id],
                group=known_groups[row.group_id],
                reason=draft.reason if reviews else "",
                reviews=reviews,
                files=tuple(sent.get(revision.id, ())) if row.withdrawn_at is None else (),
            )
        )
    return found


def _latest(session: Session, rows: Collection[Submission]) -> dict[str, tuple[Revision, DraftRow]]:
    pairs = session.execute(
        select(Revision, DraftRow)
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .join(Submission, Submission.id == Revision.submission_id)
        .where(Submission.id.in_([row.id for row in rows]), Revision.number == Submission.latest)
    )
    return {revision.submission_id: (revision, draft) for revision, draft in pairs}


def submission(session: Session, actor: Actor, external_id: str) -> SubmissionSeen:
    """One submission that the actor may read. Raises NotFound."""
    return submissions(session, actor, [submit.get(session, actor, external_id)])[0]


def me(session: Session, actor: Actor) -> Me:
    """Who is asking, as the service understands it."""
    credential = session.get_one(Credential, actor.credential)
    person = session.get(Person, actor.person) if actor.person else None
    return Me(
        organization=session.get_one(Organization, actor.organization).external_id,
        reach=actor.reach,
        credential=credential.id,
        person=person.external_id if person else None,
        groups=None if actor.groups is None else group_names(session, actor.groups),
        learns_in=group_names(session, actor.learns_in),
        facilitates=group_names(session, actor.facilitates),
        coordinates=group_names(session, actor.coordinates),
    )


def group_names(session: Session, ids: Iterable[str]) -> tuple[str, ...]:
    """External ids of groups, sorted."""
    return tuple(sorted(names(session, Group, ids).values()))
