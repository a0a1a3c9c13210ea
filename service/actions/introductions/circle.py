"""Everything that matching is given, read in one snapshot as it stands now: who is open, their work, what was before.

Only work of people who may be introduced and whose text machines may read; only where the challenge lets others see it
at all; without its words, which are read for the few that are quoted (`introductions_works.texts`). Work that a
challenge shares within a group is hidden from a match with anybody outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from pipelines.people.values import PersonWork, Profile
from pipelines.values import ChallengeAsItStands
from service.actions.challenges.as_it_stands import as_it_stands
from service.actions.introductions import works as introductions_works
from service.actions.introductions.common import limit
from service.actions.introductions.works import Handed, Known
from service.domain.introductions import ANSWER_WITHIN, IntroductionState, Limit, PastIntroduction, load, partners
from service.domain.roles import Role
from service.domain.visibility import PeersShown, SharingReach
from service.store import tree, visible
from service.store.tables import (
    Challenge,
    Consent,
    Introduction,
    IntroductionAnswer,
    IntroductionUseful,
    Organization,
    Person,
    RoleGrant,
)

WORKING_FOR: Final = timedelta(days=60)
"""So long after the last text was handed in somebody counts as being at a challenge, unless it is solved."""
WORTH: Final[Mapping[IntroductionUseful, float]] = {
    IntroductionUseful.YES: 1.0,
    IntroductionUseful.A_LITTLE: 0.3,
    IntroductionUseful.NO: -1.0,
}


@dataclass(frozen=True)
class MatchingScene:
    """An organization as matching sees it. `kept_in` is the group within which a work is shared, for those that are;
    `within` the groups, with all below, that a person learns in; `outcomes` what came of earlier introductions."""

    organization: str
    language: str
    limit: Limit
    profiles: Mapping[str, Profile]
    works: tuple[PersonWork, ...]
    challenges: Mapping[str, ChallengeAsItStands]
    outcomes: tuple[tuple[Mapping[str, float], bool], ...]
    kept_in: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, frozenset[str]] = field(default_factory=dict)
    known: Known | None = None

    def hidden(self, person: str) -> frozenset[str]:
        """Works of others that may not be used in a match of this person."""
        if not self.kept_in:
            return frozenset()
        mine = {work.id for work in self.works if work.person == person}
        groups = self.within.get(person, frozenset())
        return frozenset(work for work, group in self.kept_in.items() if work not in mine and group not in groups)


def gather(session: Session, organization: str, *, now: datetime, known: Known | None = None) -> MatchingScene:
    """In a constant number of statements, whatever the number of people, and one for each 5,000 works that changed.
    `known`: that of an earlier scene, which spares reading what has not changed since."""
    language = session.get_one(Organization, organization).language
    most = limit(session, organization)
    history = _history(session, organization)
    people = _people(session, organization)
    grants = _grants(session, organization)
    rows = _challenges(session, organization)
    shared = {row.id: row.title for row in rows if row.sharing_peers is not PeersShown.NEVER}
    there = introductions_works.known(session, organization, frozenset(row.id for row in people), shared, known)
    in_group = {row.id for row in rows if row.sharing_reach is SharingReach.GROUP}
    kept_in = {one.work.id: one.group for one in there.open if one.work.challenge in in_group} if in_group else {}
    return MatchingScene(
        organization=organization,
        language=language,
        limit=most,
        profiles=_profiles(people, grants, history, _at(there.open, now), most, language, now),
        works=there.works,
        challenges={row.id: as_it_stands(row, row.language or language) for row in rows},
        outcomes=tuple(_outcomes(history, now)),
        kept_in=kept_in,
        within=_within(session, organization, grants) if kept_in else {},
        known=there,
    )


def _at(rows: Iterable[Handed], now: datetime) -> dict[str, set[str]]:
    """What each person is at: handed in lately, and not solved."""
    found: dict[str, set[str]] = defaultdict(set)
    since = now - WORKING_FOR
    for row in rows:
        if row.at > since and not row.met:
            found[row.work.person].add(row.work.challenge)
    return found


def _people(session: Session, organization: str) -> Sequence[Any]:
    """Whoever may be introduced now; nobody else is in a scene at all."""
    query = (
        select(Person.id, Person.name, Person.language)
        .join(Consent, Consent.person_id == Person.id)
        .where(Person.organization_id == organization, Consent.introduce.is_(True), ~visible.no_machine(Consent))
        .order_by(Person.id)
    )
    return session.connection().execute(query).all()


def _grants(session: Session, organization: str) -> dict[str, list[tuple[Role, str]]]:
    found: dict[str, list[tuple[Role, str]]] = defaultdict(list)
    query = select(RoleGrant.person_id, RoleGrant.role, RoleGrant.group_id).where(
        RoleGrant.organization_id == organization
    )
    for person, role, group in session.connection().execute(query).all():
        found[person].append((role, group))
    return found


def _within(
    session: Session, organization: str, grants: Mapping[str, list[tuple[Role, str]]]
) -> dict[str, frozenset[str]]:
    learns = {person: [group for role, group in held if role is Role.LEARNER] for person, held in grants.items()}
    below = tree.below_each(session, organization)
    return {person: frozenset().union(*(below[group] for group in groups)) for person, groups in learns.items()}


@dataclass(frozen=True, slots=True)
class _Once:
    """An introduction that was, with what the two said of it afterwards."""

    row: Any
    told: Mapping[str, Any]
    past: PastIntroduction
    met: bool

    @property
    def worth(self) -> float | None:
        """Mean of what was said of its use; None if nothing was."""
        said = [WORTH[one.useful] for one in self.told.values() if one.useful is not None]
        return sum(said) / len(said) if said else None


def _history(session: Session, organization: str) -> list[_Once]:
    told = select(
        IntroductionAnswer.introduction_id,
        IntroductionAnswer.person_id,
        IntroductionAnswer.met,
        IntroductionAnswer.useful,
    ).where(IntroductionAnswer.organization_id == organization)
    made = select(
        Introduction.id,
        Introduction.first_id,
        Introduction.second_id,
        Introduction.state,
        Introduction.features,
        Introduction.asked_at,
        Introduction.introduced_at,
    ).where(Introduction.organization_id == organization)
    answers: dict[str, dict[str, Any]] = defaultdict(dict)
    for one in session.connection().execute(told).all():
        answers[one.introduction_id][one.person_id] = one
    rows = session.connection().execute(made.order_by(Introduction.id)).all()
    return [_once(row, answers.get(row.id, {})) for row in rows]


def _once(row: Any, told: Mapping[str, Any]) -> _Once:
    past = PastIntroduction(frozenset({row.first_id, row.second_id}), row.state, row.asked_at)
    return _Once(row, told, past, any(one.met for one in told.values()))


def _profiles(
    people: Iterable[Any],
    grants: Mapping[str, list[tuple[Role, str]]],
    history: Iterable[_Once],
    at: Mapping[str, set[str]],
    most: Limit,
    language: str,
    now: datetime,
) -> dict[str, Profile]:
    theirs: dict[str, list[_Once]] = defaultdict(list)
    for once in history:
        for person in (once.row.first_id, once.row.second_id):
            theirs[person].append(once)

    def profile(id_: str, name: str, spoken: str) -> Profile:
        held = grants.get(id_, ())
        known = Profile(
            person=id_,
            name=name,
            groups=frozenset([group for _, group in held]),
            roles=frozenset([role.value for role, _ in held if role is not Role.LEARNER]),
            working_on=frozenset(at.get(id_, ())),
            open_to=True,
            language=spoken or language,
        )
        return _experienced(known, theirs[id_], most, now) if id_ in theirs else known

    return {id_: profile(id_, name, spoken) for id_, name, spoken in people}


def _experienced(known: Profile, mine: Sequence[_Once], most: Limit, now: datetime) -> Profile:
    """With what came of the introductions this person had."""
    past = [once.past for once in mine]
    said = [WORTH[one.useful] for once in mine if (one := once.told.get(known.person)) is not None and one.useful]
    return replace(
        known,
        load=load(known.person, past, now, most.window),
        past=partners(known.person, past),
        contacts=frozenset(id_ for once in mine if once.met for id_ in once.past.people - {known.person}),
        usefulness=sum(said) / len(said) if said else 0.0,
    )


def _outcomes(history: Iterable[_Once], now: datetime) -> Iterable[tuple[Mapping[str, float], bool]]:
    """What is known to have become of those that were asked about. A no counts from when no answer would count, so that
    nothing that anybody is shown tells the two apart."""
    for once in history:
        row = once.row
        if row.asked_at is None or not row.features:
            continue
        if once.worth is not None:
            yield row.features, once.worth > 0
        elif (
            row.introduced_at is None
            and row.state is not IntroductionState.WITHDRAWN
            and now >= row.asked_at + ANSWER_WITHIN
        ):
            yield row.features, False


def _challenges(session: Session, organization: str) -> Sequence[Challenge]:
    return session.scalars(
        select(Challenge).where(Challenge.organization_id == organization).options(selectinload(Challenge.criteria))
    ).all()
