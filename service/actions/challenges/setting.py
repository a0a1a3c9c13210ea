"""What learners are asked. A change of its words makes drafts made before it stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.actions.challenges import calibrating
from service.actions.challenges.forms import Forms, confirmed, settled
from service.domain.calibration import require_pieces
from service.domain.drafts import FOR_A_PERSON, DraftState
from service.domain.errors import Invalid, NotFound
from service.domain.roles import Actor, CredentialReach, require_coordinator, require_may_set
from service.domain.visibility import PeersShown, SharingReach
from service.store import audit, find, tree
from service.store.tables import Challenge, ChallengeGroup, CriterionRow, DraftRow, Group


@dataclass(frozen=True, slots=True)
class CriterionWish:
    """One criterion, known by its key within the challenge. `forms` are confirmed by whoever gives them; None leaves
    those that there are, as long as the text is the same."""

    key: str
    text: str
    question: str = ""
    points: float | None = None
    forms: Forms | None = None


@dataclass(frozen=True, slots=True)
class ChallengeWish:
    """All of a challenge; what is left out is emptied, as PUT means. `groups` are external ids; () is every group."""

    title: str
    prompt: str
    outcome: str = ""
    reference: str = ""
    notes: str = ""
    language: str = ""
    criteria: tuple[CriterionWish, ...] = ()
    sharing_peers: PeersShown = PeersShown.AFTER_ATTEMPT
    sharing_reach: SharingReach = SharingReach.ORGANIZATION
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    opened_at: datetime | None = None
    calibrate: int | None = None
    """Pieces of work that are judged before the rest is drafted; 0 is not to wait, None leaves it as it is."""


def put_challenge(
    session: Session, actor: Actor, external_id: str, wish: ChallengeWish, *, now: datetime
) -> tuple[Challenge, bool]:
    """Make or change a challenge. Raises Invalid for two criteria of one key or two forms of one language, NotFound for
    a group, NotAllowed."""
    require_coordinator(actor)
    require_pieces(wish.calibrate or 0)
    if len({criterion.key for criterion in wish.criteria}) < len(wish.criteria):
        raise Invalid("Two criteria have the same id; give each its own.")
    groups = frozenset(find.one(session, Group, actor.organization, group).id for group in wish.groups)
    require_may_set(actor, groups)
    row = find.maybe(session, Challenge, actor.organization, external_id)
    created = row is None
    if row is not None:
        require_may_set(actor, groups_of(session, row))
    else:
        row = Challenge(organization_id=actor.organization, external_id=external_id, title=wish.title, created_at=now)
        session.add(row)
    before = None if created else words(row)
    as_it_was = None if created else _beside(session, row)
    row.title, row.prompt, row.outcome, row.reference = wish.title, wish.prompt, wish.outcome, wish.reference
    row.notes, row.language, row.tags, row.opened_at = wish.notes, wish.language, list(wish.tags), wish.opened_at
    row.sharing_peers, row.sharing_reach = wish.sharing_peers, wish.sharing_reach
    waited = row.calibrate or 0
    row.calibrate = waited if wish.calibrate is None else wish.calibrate
    session.flush()
    _set_criteria(row, wish.criteria)
    _set_groups(session, row, groups)
    session.flush()
    if before is not None and before != words(row):
        reworded(session, row)
    if row.calibrate != waited or (waited and before != words(row)):  # without criteria nothing waits
        calibrating.look_later(session, row, now=now)
    if (before, as_it_was) != (words(row), _beside(session, row)):
        facts = {"version": row.version}
        audit.record(
            session,
            organization=row.organization_id,
            actor=actor.name,
            act="challenge.put",
            subject=row.id,
            now=now,
            **facts,
        )
    return row, created


def write_challenge(
    session: Session, actor: Actor, external_id: str, wish: ChallengeWish, *, now: datetime
) -> tuple[Challenge, bool]:
    """The same as somebody asks for it who writes one: its criteria are looked at, too, where they may have changed."""
    there = find.maybe(session, Challenge, actor.organization, external_id)
    version = there.version if there else 0
    row, created = put_challenge(session, actor, external_id, wish, now=now)
    if row.criteria and row.version != version:
        calibrating.look_at_criteria(session, row, now=now)
    return row, created


def reworded(session: Session, row: Challenge) -> None:
    """Its words, or what facilitators say of them, have changed: a new version, and drafts made before it are stale."""
    row.version += 1
    _mark_stale(session, row)


def words(row: Challenge) -> tuple[object, ...]:
    """What drafts are made against; a change here makes them stale."""
    criteria = tuple((c.key, c.text, c.question, c.points, confirmed(c)) for c in row.criteria)
    return row.prompt, row.outcome, row.reference, row.notes, criteria


def _beside(session: Session, row: Challenge) -> tuple[object, ...]:
    """Whatever else can be changed."""
    shared = (row.sharing_peers, row.sharing_reach, groups_of(session, row))
    return row.title, row.language, tuple(row.tags), row.opened_at, row.calibrate, *shared


def _set_criteria(row: Challenge, wishes: tuple[CriterionWish, ...]) -> None:
    there = {criterion.key: criterion for criterion in row.criteria}
    wanted = {wish.key for wish in wishes}
    for key in there.keys() - wanted:
        row.criteria.remove(there[key])
    for position, wish in enumerate(wishes):
        criterion = there.get(wish.key) or CriterionRow(organization_id=row.organization_id, key=wish.key)
        if wish.key not in there:
            row.criteria.append(criterion)
        criterion.forms = settled(wish.forms, wish.text, criterion)
        criterion.position, criterion.text = position, wish.text
        criterion.question, criterion.points = wish.question, wish.points
    row.criteria.sort(key=lambda criterion: criterion.position)


def _set_groups(session: Session, row: Challenge, groups: frozenset[str]) -> None:
    session.execute(delete(ChallengeGroup).where(ChallengeGroup.challenge_id == row.id))
    session.add_all(
        ChallengeGroup(challenge_id=row.id, group_id=group, organization_id=row.organization_id)
        for group in sorted(groups)
    )


def groups_of(session: Session, challenge: Challenge) -> frozenset[str]:
    """Ids of the groups that a challenge is set to, as given; empty is every group."""
    found = session.scalars(select(ChallengeGroup.group_id).where(ChallengeGroup.challenge_id == challenge.id))
    return frozenset(found)


def _mark_stale(session: Session, row: Challenge) -> None:
    """Whatever a machine has drafted, or is drafting, against the words as they were."""
    drafts = session.scalars(
        select(DraftRow).where(
            DraftRow.challenge_id == row.id,
            DraftRow.challenge_version < row.version,
            DraftRow.state.in_((DraftState.DRAFTING, *FOR_A_PERSON, DraftState.APPROVED)),
        )
    )
    for draft in drafts:
        draft.stale = True
        draft.version += 1


def is_set_to(session: Session, challenge: Challenge, group: str) -> bool:
    """Whether the challenge is set to this group: to all, to it, or to a group above it."""
    groups = groups_of(session, challenge)
    return not groups or bool(groups & tree.above(session, group))


def get(session: Session, actor: Actor, external_id: str) -> Challenge:
    """A challenge that is set to the actor, reviewed by the actor, or the platform's. Raises NotFound."""
    row = find.one(session, Challenge, actor.organization, external_id)
    if (
        actor.reach is CredentialReach.PLATFORM
        or actor.reviews
        or any(is_set_to(session, row, g) for g in actor.learns_in)
    ):
        return row
    raise NotFound
