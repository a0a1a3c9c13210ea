"""Uptake as a stored figure: which challenges have something new to compare, and keeping what was found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.actions.following import pairs
from service.actions.following.pairs import NOTHING, Figure, Later, UptakeCounts
from service.actions.work import lens as work_lens
from service.domain.errors import NotAllowed
from service.domain.following.uptake import METHOD
from service.domain.roles import Actor, CredentialReach, visible_groups
from service.store import find, jobs
from service.store.tables import Challenge, DraftRow, Release, Submission, Uptake, UptakeCount

AT_ONCE: Final = 100
"""Pairs compared between two transactions: their texts are held in memory meanwhile."""


def want(session: Session, organization: str | None = None, *, now: datetime) -> int:
    """Queue a job for each challenge with pairs that are not compared yet; how many have some."""
    of = (Submission.organization_id, Submission.challenge_id)
    here = find.within(Submission.organization_id, organization)
    rows = session.execute(pairs.pairs(*of).where(here, pairs.pending()).distinct()).all()
    for owner, challenge in rows:
        jobs.enqueue(
            session,
            organization=owner,
            kind="uptake",
            subject=challenge,
            now=now,
            dedupe=f"uptake:{challenge}",
            priority=-10,
        )
    return len(rows)


def gather(session: Session, organization: str, challenge: str) -> list[Later]:
    """What of a challenge (our id) is not compared yet, some at a time."""
    where = [Submission.organization_id == organization, Submission.challenge_id == challenge]
    return pairs.texts(session, where, AT_ONCE)


def keep(
    session: Session, organization: str, challenge: str, found: Sequence[tuple[Later, UptakeCounts]], *, now: datetime
) -> None:
    """Store what was found of pairs that are still as they were compared, and of nothing that went meanwhile."""
    held = select(Challenge).where(Challenge.id == challenge, Challenge.organization_id == organization)
    locked = session.scalar(held.with_for_update(key_share=True))  # one at a time: two jobs may have compared the same
    if locked is None:
        return
    of = (DraftRow.id, Release.approval_id, pairs.NEW.id)
    drafts = [one.draft for one, _ in found]
    where = (Submission.challenge_id == challenge, pairs.pending(), DraftRow.id.in_(drafts))
    still = {tuple(row) for row in session.execute(pairs.pairs(*of).where(*where))}
    kept = [(one, counts) for one, counts in found if (one.draft, one.approval, one.after_id) in still]
    session.execute(delete(Uptake).where(Uptake.draft_id.in_([one.draft for one, _ in kept])))
    session.add_all(_row(organization, one, now) for one, _ in kept)
    session.flush()
    session.add_all(count for one, counts in kept for count in _counts(organization, one, counts))


def _row(organization: str, one: Later, now: datetime) -> Uptake:
    return Uptake(
        draft_id=one.draft,
        organization_id=organization,
        approval_id=one.approval,
        after_id=one.after_id,
        method=METHOD,
        month=one.month,
        reckoned_at=now,
    )


def _counts(organization: str, one: Later, counts: UptakeCounts) -> list[UptakeCount]:
    return [
        UptakeCount(draft_id=one.draft, verdict=verdict, sure=sure, organization_id=organization, points=points)
        for (verdict, sure), points in counts.items()
    ]


def of_all(session: Session, actor: Actor) -> dict[str, Figure]:
    """By challenge (our id), in the groups that the actor may see. Raises NotAllowed for a learner."""
    if actor.reach is CredentialReach.PERSON and not actor.reviews:
        raise NotAllowed("What became of feedback is for facilitators.")
    groups = visible_groups(actor)
    where = [Submission.organization_id == actor.organization]
    return pairs.figures(session, where if groups is None else [*where, Submission.group_id.in_(groups)])


def named(session: Session, actor: Actor) -> list[tuple[str, Figure]]:
    """The same by external id, of challenges with something to tell. Raises NotAllowed for a learner."""
    found = of_all(session, actor)
    query = select(Challenge.id, Challenge.external_id).where(Challenge.id.in_(found)).order_by(Challenge.external_id)
    return [(external, found[id_]) for id_, external in session.execute(query)]


def of_one(session: Session, actor: Actor, challenge: str, *, group: str | None = None) -> Figure:
    """Of one challenge (external id). Raises NotFound; NotAllowed for a learner."""
    lens = work_lens.lens(session, actor, challenge, group=group)
    return pairs.figures(session, lens.here).get(lens.challenge.id, NOTHING)
