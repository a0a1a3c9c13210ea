"""How far an erasure reaches: which work and which people go with a person, a group, a challenge …"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from service.domain.erasure.erased import ErasureKind
from service.domain.errors import NotFound
from service.store import find, tree
from service.store.tables import Challenge, ChallengeGroup, Group, Organization, Person, Revision, RoleGrant, Submission

WithinOne = Person | Submission | Group | Challenge
Erasable = WithinOne | Organization
Link = TypeVar("Link", RoleGrant, ChallengeGroup)

WITHIN_ONE: Mapping[ErasureKind, type[WithinOne]] = {
    ErasureKind.PERSON: Person,
    ErasureKind.SUBMISSION: Submission,
    ErasureKind.GROUP: Group,
    ErasureKind.CHALLENGE: Challenge,
}
"""What is erased within an organization, by kind."""
MODELS: Mapping[ErasureKind, type[Erasable]] = {**WITHIN_ONE, ErasureKind.ORGANIZATION: Organization}


@dataclass(frozen=True, slots=True)
class Reach:
    """What goes. `people` and `challenges` are those that go with a group, whole."""

    work: ColumnElement[bool]  # of Submission
    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    challenges: frozenset[str] = frozenset()

    @property
    def submissions(self) -> Select[str]:
        return select(Submission.id).where(self.work)

    @property
    def revisions(self) -> Select[str]:
        return select(Revision.id).where(Revision.submission_id.in_(self.submissions))


def named(session: Session, organization: str, kind: ErasureKind, external_id: str) -> Erasable:
    """The thing to erase. An organization is named by its own id besides. Raises NotFound."""
    if kind is not ErasureKind.ORGANIZATION:
        return find.one(session, WITHIN_ONE[kind], organization, external_id)
    row = session.get_one(Organization, organization)
    if row.external_id != external_id:
        raise NotFound(f"This organization is called '{row.external_id}'. Give exactly that to erase all of it.")
    return row


def reach(session: Session, kind: ErasureKind, id_: str) -> Reach:
    """What goes with the thing of our own id `id_`."""
    match kind:
        case ErasureKind.SUBMISSION:
            return Reach(Submission.id == id_)
        case ErasureKind.PERSON:
            return Reach(Submission.person_id == id_, people=frozenset({id_}))
        case ErasureKind.CHALLENGE:
            return Reach(Submission.challenge_id == id_, challenges=frozenset({id_}))
        case ErasureKind.ORGANIZATION:
            return Reach(Submission.organization_id == id_)
        case ErasureKind.GROUP:
            return _of_group(session, id_)


def _of_group(session: Session, id_: str) -> Reach:
    """The group with all below it: people all of whose roles lie there, challenges that are set to nobody else (one
    that lost its last group would be set to everybody), and what was handed in there or by them."""
    groups = tree.below(session, [id_])
    if not groups:
        return Reach(false())
    people = frozenset(
        session.scalars(select(Person.id).where(_only(RoleGrant, lambda one: one.person_id == Person.id, groups)))
    )
    only_here = _only(ChallengeGroup, lambda one: one.challenge_id == Challenge.id, groups)
    challenges = frozenset(session.scalars(select(Challenge.id).where(only_here)))
    work = or_(
        Submission.group_id.in_(groups), Submission.person_id.in_(people), Submission.challenge_id.in_(challenges)
    )
    return Reach(work, people, groups, challenges)


def _only(
    link: type[Link], its: Callable[[type[Link]], ColumnElement[bool]], groups: frozenset[str]
) -> ColumnElement[bool]:
    """That something has a link of `its` own into these groups, and none elsewhere."""
    one = aliased(link)
    mine = its(one)
    return and_(
        exists().where(mine, one.group_id.in_(groups)),
        ~exists().where(mine, one.group_id.not_in(groups)),
    )
