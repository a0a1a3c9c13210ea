"""Who is looked for, and what of the matches found is kept. What was thought of meanwhile is checked once more here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.people.values import Match
from service.actions.introductions.common import hold, limit, pair, past
from service.domain.errors import NotAllowed, NotFound
from service.domain.introductions import IntroductionState, PastIntroduction, hindrance
from service.domain.roles import Actor, CredentialReach, leads, require_desk
from service.store import audit, find, jobs, tellings, tree
from service.store.tables import Group, Introduction, Organization, Person, RoleGrant

AT_A_TIME: Final = 2
"""Suggestions with one person that wait for a facilitator at once: more would be read by nobody."""
WEEKLY: Final = "introductions.weekly"
MOST_WAITING: Final = 20
"""Suggestions that wait for a facilitator beyond which no more are looked for by the clock: they would grow stale
unread."""


@dataclass(frozen=True, slots=True)
class IntroductionOffer:
    """A match and the third person whom its words name, if any."""

    match: Match
    through: str | None = None
    request: str | None = None


def look_for(
    session: Session, actor: Actor, *, person: str | None = None, group: str | None = None, now: datetime
) -> str:
    """Have introductions looked for: for a person, a group with those below, or all (external ids). The job's subject.

    Raises NotFound; NotAllowed for a learner, and for people whom the actor does not review.
    """
    require_desk(actor)
    subject = _subject(session, actor, person, group)
    _look_for(session, actor.organization, subject, by=actor.name, now=now)
    return subject


def _look_for(session: Session, organization: str, subject: str, *, by: str, now: datetime) -> None:
    jobs.enqueue(
        session,
        organization=organization,
        kind="introduce",
        subject=subject,
        now=now,
        dedupe=f"introduce:{subject}",
        priority=-5,
    )
    audit.record(session, organization=organization, actor=by, act="introduction.look", subject=subject, now=now)


def look_weekly(session: Session, organization: str, *, now: datetime) -> bool:
    """Have introductions looked for, at most once in a calendar week (ISO 8601, UTC), and never while many suggestions
    wait. Whether it was done now."""
    waiting = session.scalar(
        select(func.count()).where(
            Introduction.organization_id == organization, Introduction.state == IntroductionState.SUGGESTED
        )
    )
    if (waiting or 0) > MOST_WAITING:
        return False
    year, week, _ = now.isocalendar()
    if not tellings.first(session, organization, WEEKLY, organization, turn=f"{year}-W{week:02}", now=now):
        return False
    _look_for(session, organization, organization, by="clock", now=now)
    return True


def choices(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Groups for which a reviewer may have introductions looked for: external id and name, by name."""
    require_desk(actor)
    query = select(Group.external_id, Group.name).where(Group.id.in_(actor.reviews)).order_by(Group.name, Group.id)
    return [(row.external_id, row.name) for row in session.execute(query)]


def _subject(session: Session, actor: Actor, person: str | None, group: str | None) -> str:
    if person is not None:
        row = find.one(session, Person, actor.organization, person)
        if not leads(actor) and not _seen(actor, {grant.group_id for grant in row.roles}):
            raise NotFound(f"There is no person '{person}' here, or they are not yours to see.")
        return row.id
    if group is not None:
        chosen = find.one(session, Group, actor.organization, group)
        if not leads(actor) and not _seen(actor, {chosen.id}):
            raise NotFound(f"There is no group '{group}' here, or it is not yours to see.")
        return chosen.id
    if not leads(actor):
        raise NotAllowed("Choose a group that you review; only who leads the organization looks through all of it.")
    return actor.organization


def _seen(actor: Actor, groups: set[str]) -> bool:
    own = actor.groups if actor.reach is CredentialReach.PLATFORM else actor.reviews
    return own is None or bool(own & groups)


def people_of(session: Session, organization: str, subject: str) -> list[str]:
    """Our own ids of those for whom is looked: one person, a group with those below, or the organization."""
    if subject == organization:
        return list(
            session.scalars(select(Person.id).where(Person.organization_id == organization).order_by(Person.id))
        )
    group = session.get(Group, subject)
    if group is not None and group.organization_id == organization:
        below = tree.below(session, [group.id])
        rows = select(RoleGrant.person_id).where(RoleGrant.group_id.in_(below)).distinct()
        return sorted(session.scalars(rows))
    person = session.get(Person, subject)
    return [person.id] if person is not None and person.organization_id == organization else []


def keep(
    session: Session, organization: str, offers: Sequence[IntroductionOffer], *, now: datetime
) -> list[Introduction]:
    """Store what still may be suggested, the best first; everybody's consent, load and past are held and read anew."""
    if session.get(Organization, organization) is None:
        return []
    named = {id_ for one in offers for id_ in (one.match.first, one.match.second, one.through) if id_}
    open_to = hold(session, named)
    before = past(session, named)
    waiting = _waiting(before)
    most = limit(session, organization)
    kept = []
    for offer in sorted(offers, key=lambda one: (-one.match.score, one.match.first, one.match.second)):
        both = (offer.match.first, offer.match.second)
        if offer.through is not None and not open_to.get(offer.through, False):
            continue
        if hindrance(*both, open_to, before, most, now) is not None:
            continue
        if offer.request is None and any(waiting.get(person, 0) >= AT_A_TIME for person in both):
            continue
        kept.append(_stored(organization, offer, now))
        before.append(PastIntroduction(frozenset(both), IntroductionState.SUGGESTED))
        waiting.update({person: waiting.get(person, 0) + 1 for person in both})
    session.add_all(kept)
    session.flush()
    return kept


def _waiting(before: Iterable[PastIntroduction]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in before:
        if one.state is IntroductionState.SUGGESTED:
            found.update({person: found.get(person, 0) + 1 for person in one.people})
    return found


def _stored(organization: str, offer: IntroductionOffer, now: datetime) -> Introduction:
    match = offer.match
    places = {shown.id: shown for reason in match.reasons for shown in reason.passages}
    return Introduction(
        organization_id=organization,
        first_id=match.first,
        second_id=match.second,
        pair=pair(match.first, match.second),
        request_id=offer.request,
        through_id=offer.through,
        kind=match.kind.value,
        reasons=[{"kind": reason.kind.value, "strength": round(reason.strength, 4)} for reason in match.reasons],
        features={name: round(value, 6) for name, value in match.features.items()},
        score=match.score,
        wording=match.wording.texts(),
        passages=[
            {"id": shown.id, "work": shown.work, "start": shown.start, "end": shown.end, "criterion": shown.criterion}
            for shown in places.values()
        ],
        state=IntroductionState.SUGGESTED,
        version=1,
        created_at=now,
    )
