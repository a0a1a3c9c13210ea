"""Who may do what where. Groups form a tree: a role in a group holds for every group below it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.domain.errors import NotAllowed


class Role(StrEnum):
    """A person's part in a group."""

    LEARNER = "learner"
    FACILITATOR = "facilitator"
    COORDINATOR = "coordinator"


class Reach(StrEnum):
    """What a credential may be used for: pushing and reading as a platform, or acting as one person."""

    PLATFORM = "platform"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. Built at the edge from a credential; rules read it and nothing else.

    `groups` limits a platform's key to these groups (with all below them); None is the whole organization. For a
    person the three sets hold ids of every group in which the role holds, groups below included.
    """

    organization: str
    credential: str
    reach: Reach
    person: str | None = None
    groups: frozenset[str] | None = None
    learns_in: frozenset[str] = frozenset()
    facilitates: frozenset[str] = frozenset()
    coordinates: frozenset[str] = frozenset()

    @property
    def reviews(self) -> frozenset[str]:
        """Groups whose drafts this person may decide on."""
        return self.facilitates | self.coordinates


def require_platform(actor: Actor) -> None:
    """Raises NotAllowed unless a platform's key is used."""
    if actor.reach is not Reach.PLATFORM:
        raise NotAllowed("Only a platform's key may do this.")


def require_organization_wide(actor: Actor) -> None:
    """Raises NotAllowed if a platform's key is limited to some groups."""
    require_platform(actor)
    if actor.groups is not None:
        raise NotAllowed("This key is limited to some groups; use one for the whole organization.")


def require_reviewer(actor: Actor, group: str) -> str:
    """The id of the facilitator who acts. Raises NotAllowed unless a person with that role in the group acts."""
    if actor.person is None:
        raise NotAllowed("A facilitator decides, not a platform: use a facilitator's token.")
    if group not in actor.reviews:
        raise NotAllowed("Only a facilitator of this group may do this.")
    return actor.person


def may_see_group(actor: Actor, group: str) -> bool:
    """Whether drafts and work of this group may be read by this actor as one who reviews or pushes."""
    if actor.reach is Reach.PLATFORM:
        return actor.groups is None or group in actor.groups
    return group in actor.reviews


def visible_groups(actor: Actor) -> frozenset[str] | None:
    """Groups whose drafts the actor may list; None is all of the organization."""
    return actor.groups if actor.reach is Reach.PLATFORM else actor.reviews
