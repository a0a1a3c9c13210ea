"""Who may do what where. Groups form a tree: a role in a group holds for every group below it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from service.domain.access.keys import EVERY_SCOPE, KeyScope
from service.domain.errors import NotAllowed


class Role(StrEnum):
    """A person's part in a group."""

    LEARNER = "learner"
    FACILITATOR = "facilitator"
    COORDINATOR = "coordinator"


class CredentialReach(StrEnum):
    """What a credential may be used for: pushing and reading as a platform, or acting as one person."""

    PLATFORM = "platform"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. Built at the edge from a credential; rules read it and nothing else.

    `groups` limits a platform's key to these groups (with all below them); None is the whole organization. For a
    person the three sets hold ids of every group in which the role holds, groups below included; `everywhere` says that
    this person coordinates every group at the top, and so the whole organization. `scopes` is what the key, or the key
    behind a token or session, may be used for; whoever came in with none is limited by their roles alone.
    """

    organization: str
    credential: str
    reach: CredentialReach
    person: str | None = None
    groups: frozenset[str] | None = None
    learns_in: frozenset[str] = frozenset()
    facilitates: frozenset[str] = frozenset()
    coordinates: frozenset[str] = frozenset()
    everywhere: bool = False
    scopes: frozenset[KeyScope] = EVERY_SCOPE

    @property
    def name(self) -> str:
        """How the audit trail calls who acts."""
        return f"credential:{self.credential}" if self.person is None else f"person:{self.person}"

    @property
    def reviews(self) -> frozenset[str]:
        """Groups whose drafts this person may decide on."""
        return self.facilitates | self.coordinates


def require_platform(actor: Actor) -> None:
    """Raises NotAllowed unless a platform's key is used."""
    if actor.reach is not CredentialReach.PLATFORM:
        raise NotAllowed("Only a platform's key may do this.")


def require_organization_wide(actor: Actor) -> None:
    """Raises NotAllowed if a platform's key is limited to some groups."""
    require_platform(actor)
    if actor.groups is not None:
        raise NotAllowed("This key is limited to some groups; use one for the whole organization.")


def acts_for(actor: Actor, groups: Collection[str]) -> bool:
    """Whether a platform's key may act for a person whose roles lie in `groups`, or sign them in.

    A limited key acts only for those all of whose roles lie in its own groups. Whoever has a part elsewhere, too,
    brings more along than the key may do: their work, their words and their decisions of elsewhere.
    """
    return actor.groups is None or (bool(groups) and actor.groups >= set(groups))


def require_reviewer(actor: Actor, group: str) -> str:
    """The id of the facilitator who acts. Raises NotAllowed unless a person with that role in the group acts."""
    if actor.person is None:
        raise NotAllowed("A facilitator decides, not a platform: use a facilitator's token.")
    if group not in actor.reviews:
        raise NotAllowed("Only a facilitator of this group may do this.")
    return actor.person


def may_see_group(actor: Actor, group: str) -> bool:
    """Whether drafts and work of this group may be read by this actor as one who reviews or pushes."""
    if actor.reach is CredentialReach.PLATFORM:
        return actor.groups is None or group in actor.groups
    return group in actor.reviews


def visible_groups(actor: Actor) -> frozenset[str] | None:
    """Groups whose drafts the actor may list; None is all of the organization."""
    return actor.groups if actor.reach is CredentialReach.PLATFORM else actor.reviews


def leads(actor: Actor) -> bool:
    """Whether the actor may change what all of the organization shares: documents, groups, keys, settings.

    So may a platform's key that is not limited to some groups, and a coordinator of the whole organization.
    """
    return actor.groups is None if actor.reach is CredentialReach.PLATFORM else actor.everywhere


def require_lead(actor: Actor) -> None:
    """Raises NotAllowed unless the actor leads the whole organization."""
    if actor.reach is CredentialReach.PLATFORM:
        require_organization_wide(actor)
    elif not actor.everywhere:
        raise NotAllowed("Only a coordinator of the whole organization may do this.")


def require_desk(actor: Actor) -> None:
    """Raises NotAllowed for a person who neither facilitates nor coordinates anything."""
    if actor.reach is CredentialReach.PERSON and not actor.reviews:
        raise NotAllowed("This is for facilitators and coordinators.")


def may_coordinate(actor: Actor, groups: Collection[str]) -> bool:
    """Whether the actor coordinates each of these groups. A platform does so with an unlimited key only."""
    return leads(actor) or (
        actor.reach is CredentialReach.PERSON and bool(actor.coordinates) and actor.coordinates >= set(groups)
    )


def require_coordinator(actor: Actor) -> None:
    """Raises NotAllowed for a person who coordinates nothing, and for a key that is limited to some groups."""
    if actor.reach is CredentialReach.PLATFORM:
        require_organization_wide(actor)
    elif not actor.coordinates:
        raise NotAllowed("Only a coordinator may do this.")


def require_may_grant(actor: Actor, changed: Collection[tuple[Role, str]]) -> None:
    """Raises NotAllowed if one of these roles (role, group), given or taken, is not the actor's to give or take.

    Nobody gives what they do not hold: a coordinator of a group holds, for it and all below it, every role there.
    """
    if not may_coordinate(actor, {group for _, group in changed}):
        raise NotAllowed("You can give and take roles only in groups that you coordinate.")


def may_stand_for(actor: Actor, held: Collection[tuple[Role, str]]) -> bool:
    """Whether the actor may rename, invite or sign out a person who holds these roles.

    A link signs its holder in as that person, so the person must not be able to do anything that the actor cannot:
    every role of theirs lies in groups that the actor coordinates, and there is one, or else they are not the actor's.
    """
    return leads(actor) or (bool(held) and may_coordinate(actor, {group for _, group in held}))


def require_may_stand_for(actor: Actor, held: Collection[tuple[Role, str]]) -> None:
    """Raises NotAllowed unless `may_stand_for`."""
    if not may_stand_for(actor, held):
        raise NotAllowed("This person also has a part in groups that you do not coordinate; ask who coordinates those.")


def may_set(actor: Actor, groups: Collection[str]) -> bool:
    """Whether the actor may write a challenge that is set to these groups; none at all is every group."""
    return leads(actor) or (bool(groups) and may_coordinate(actor, groups))


def require_may_set(actor: Actor, groups: Collection[str]) -> None:
    """Raises NotAllowed unless `may_set`."""
    if actor.reach is CredentialReach.PLATFORM:
        require_organization_wide(actor)
    elif not may_set(actor, groups):
        raise NotAllowed("You can write challenges only for groups that you coordinate, and must name those groups.")


def still_coordinated(
    taken: Collection[str], before: Collection[str], after: Collection[str], covered: Collection[str]
) -> bool:
    """Whether nobody is locked out when the role of coordinator is taken away in the groups `taken`.

    `covered` are those of them that somebody coordinates afterwards, there or above; `before` and `after` are the
    people who coordinate the whole organization. A group must not lose its last, nor the organization.
    """
    return set(covered) >= set(taken) and (bool(after) or not before)
