"""Everything that matching is given, read in one snapshot as it stands now: who is open, their work, what was before.

Only work of people who may be introduced and whose text machines may read; only where the challenge lets others see it
at all. Work that a challenge shares within a group is hidden from a match with anybody outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session, selectinload

from pipelines.people.values import Profile, Work
from pipelines.values import AI, ChallengeBrief, Standing
from service.actions.draft import challenge_brief
from service.actions.introductions import limit
from service.domain.introductions import ANSWER_WITHIN, Limit, Past, State, load, partners
from service.domain.roles import Role
from service.domain.visibility import PeersShown, SharingReach
from service.store import tree
from service.store.tables import (
    Challenge,
    Consent,
    DraftRow,
    Introduction,
    IntroductionAnswer,
    Organization,
    Person,
    Revision,
    RoleGrant,
    Submission,
    Useful,
)

WORKING_FOR: Final = timedelta(days=60)
"""So long after the last text was handed in somebody counts as being at a challenge, unless it is solved."""
SURE: Final = 0.7
"""Confidence from which the machine's own reading of a criterion counts where no facilitator has judged it."""
WORTH: Final[Mapping[Useful, float]] = {Useful.YES: 1.0, Useful.A_LITTLE: 0.3, Useful.NO: -1.0}


@dataclass(frozen=True)
class Scene:
    """An organization as matching sees it. `kept_in` is the group within which a work is shared, for those that are;
    `within` the groups, with all below, that a person learns in; `outcomes` what came of earlier introductions."""

    organization: str
    language: str
    limit: Limit
    profiles: Mapping[str, Profile]
    works: tuple[Work, ...]
    challenges: Mapping[str, ChallengeBrief]
    outcomes: tuple[tuple[Mapping[str, float], bool], ...]
    kept_in: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def hidden(self, person: str) -> frozenset[str]:
        """Works of others that may not be used in a match of this person."""
        mine = {work.id for work in self.works if work.person == person}
        groups = self.within.get(person, frozenset())
        return frozenset(work for work, group in self.kept_in.items() if work not in mine and group not in groups)


def gather(session: Session, organization: str, *, now: datetime) -> Scene:
    """In a constant number of statements, whatever the number of people."""
    of = session.get_one(Organization, organization)
    rows = session.execute(_works(organization)).all()
    history = _history(session, organization)
    people = _people(session, organization)
    grants = _grants(session, organization)
    language = of.language
    return Scene(
        organization=organization,
        language=language,
        limit=limit(session, organization),
        profiles=_profiles(people, grants, history, _at(rows, now), limit(session, organization), language, now),
        works=tuple(_work(row) for row in rows),
        challenges=_challenges(session, organization, language),
        outcomes=tuple(_outcomes(history, now)),
        kept_in={row.id: row.group_id for row in rows if row.sharing_reach is SharingReach.GROUP},
        within=_within(session, grants) if any(row.sharing_reach is SharingReach.GROUP for row in rows) else {},
    )


def _works(organization: str) -> Any:
    return (
        select(
            Revision.id,
            Revision.text,
            Revision.submitted_at,
            Submission.person_id,
            Submission.challenge_id,
            Submission.group_id,
            Challenge.title,
            Challenge.sharing_reach,
            DraftRow.standing,
            DraftRow.judgements,
            DraftRow.assessment,
        )
        .join(Submission, and_(Submission.id == Revision.submission_id, Submission.latest == Revision.number))
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .outerjoin(DraftRow, DraftRow.revision_id == Revision.id)
        .where(
            Submission.organization_id == organization,
            Submission.withdrawn_at.is_(None),
            Challenge.sharing_peers != PeersShown.NEVER,
            Consent.introduce.is_(True),
            Consent.ai != AI.NONE,
            Revision.ai != AI.NONE,
        )
        .order_by(Revision.submitted_at, Revision.id)
    )


def _work(row: Row[Any]) -> Work:
    """`quotable` says only that a passage may be looked for; who is shown it is decided whenever it is shown."""
    read = {one["criterion"]: one for one in (row.assessment or {}).get("criteria", ()) if isinstance(one, dict)}
    sure = {key: one["standing"] for key, one in read.items() if float(one.get("confidence", 0)) >= SURE}
    if (row.assessment or {}).get("abstained"):
        sure = {}
    criteria = {key: Standing(value) for key, value in {**sure, **(row.judgements or {})}.items()}
    places = {key: (one["start"], one["end"]) for key, one in read.items() if one.get("start") is not None}
    return Work(row.id, row.person_id, row.challenge_id, row.text, row.title, criteria, places, quotable=True)


def _at(rows: Iterable[Row[Any]], now: datetime) -> dict[str, set[str]]:
    """What each person is at: handed in lately, and not solved."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.submitted_at > now - WORKING_FOR and row.standing is not Standing.MET:
            found[row.person_id].add(row.challenge_id)
    return found


def _people(session: Session, organization: str) -> list[Row[Any]]:
    """Whoever may be introduced now; nobody else is in a scene at all."""
    return list(
        session.execute(
            select(Person.id, Person.name, Person.language)
            .join(Consent, Consent.person_id == Person.id)
            .where(Person.organization_id == organization, Consent.introduce.is_(True), Consent.ai != AI.NONE)
            .order_by(Person.id)
        )
    )


def _grants(session: Session, organization: str) -> dict[str, list[tuple[Role, str]]]:
    found: dict[str, list[tuple[Role, str]]] = defaultdict(list)
    rows = session.execute(
        select(RoleGrant.person_id, RoleGrant.role, RoleGrant.group_id).where(RoleGrant.organization_id == organization)
    )
    for person, role, group in rows:
        found[person].append((role, group))
    return found


def _within(session: Session, grants: Mapping[str, list[tuple[Role, str]]]) -> dict[str, frozenset[str]]:
    learns = {person: [group for role, group in held if role is Role.LEARNER] for person, held in grants.items()}
    below = {group: tree.below(session, [group]) for group in {group for groups in learns.values() for group in groups}}
    return {person: frozenset().union(*(below[group] for group in groups)) for person, groups in learns.items()}


@dataclass(frozen=True, slots=True)
class _Once:
    """An introduction that was, with what the two said of it afterwards."""

    row: Introduction
    told: Mapping[str, IntroductionAnswer]

    @property
    def past(self) -> Past:
        return Past(frozenset({self.row.first_id, self.row.second_id}), self.row.state, self.row.asked_at)

    @property
    def met(self) -> bool:
        return any(one.met for one in self.told.values())

    @property
    def worth(self) -> float | None:
        """Mean of what was said of its use; None if nothing was."""
        said = [WORTH[one.useful] for one in self.told.values() if one.useful is not None]
        return sum(said) / len(said) if said else None


def _history(session: Session, organization: str) -> list[_Once]:
    answers: dict[str, dict[str, IntroductionAnswer]] = defaultdict(dict)
    for one in session.scalars(select(IntroductionAnswer).where(IntroductionAnswer.organization_id == organization)):
        answers[one.introduction_id][one.person_id] = one
    rows = session.scalars(
        select(Introduction).where(Introduction.organization_id == organization).order_by(Introduction.id)
    )
    return [_Once(row, answers.get(row.id, {})) for row in rows]


def _profiles(
    people: Iterable[Row[Any]],
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

    def profile(row: Row[Any]) -> Profile:
        mine = theirs[row.id]
        past = [once.past for once in mine]
        said = [WORTH[one.useful] for once in mine if (one := once.told.get(row.id)) is not None and one.useful]
        met = frozenset(id_ for once in mine if once.met for id_ in once.past.people - {row.id})
        return Profile(
            person=row.id,
            name=row.name,
            groups=frozenset(group for _, group in grants.get(row.id, ())),
            roles=frozenset(role.value for role, _ in grants.get(row.id, ()) if role is not Role.LEARNER),
            working_on=frozenset(at.get(row.id, ())),
            open_to=True,
            load=load(row.id, past, now, most.window),
            past=partners(row.id, past),
            contacts=met,
            usefulness=sum(said) / len(said) if said else 0.0,
            language=row.language or language,
        )

    return {row.id: profile(row) for row in people}


def _outcomes(history: Iterable[_Once], now: datetime) -> Iterable[tuple[Mapping[str, float], bool]]:
    """What is known to have become of those that were asked about. A no counts from when no answer would count, so that
    nothing that anybody is shown tells the two apart."""
    for once in history:
        row = once.row
        if row.asked_at is None or not row.features:
            continue
        if once.worth is not None:
            yield row.features, once.worth > 0
        elif row.introduced_at is None and row.state is not State.WITHDRAWN and now >= row.asked_at + ANSWER_WITHIN:
            yield row.features, False


def _challenges(session: Session, organization: str, language: str) -> dict[str, ChallengeBrief]:
    rows = session.scalars(
        select(Challenge).where(Challenge.organization_id == organization).options(selectinload(Challenge.criteria))
    )
    return {row.id: challenge_brief(row, row.language or language) for row in rows}
