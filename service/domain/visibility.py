"""What of a person's work others may see, as consent and policy stand now. Pure; nothing here looks at a clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipelines.values import AI


class ShowWork(StrEnum):
    """A learner's answer to 'may others see my work?'"""

    NO = "no"
    WITHOUT_NAME = "without_name"
    WITH_NAME = "with_name"


@dataclass(frozen=True, slots=True)
class ConsentStand:
    """What a person allows at some moment."""

    show_work: ShowWork
    introduce: bool
    ai: AI

    def no_wider(self, other: ConsentStand) -> ConsentStand:
        """The stricter of the two, part by part."""
        order = list(ShowWork)
        return ConsentStand(
            min(self.show_work, other.show_work, key=order.index),
            self.introduce and other.introduce,
            self.ai.and_(other.ai),
        )


class ConsentBasis(StrEnum):
    """On whose word a consent rests."""

    OWN = "own"  # the person's, here
    PARENTAL = "parental"  # a parent's or guardian's, given to the organization
    INSTITUTIONAL = "institutional"  # the organization's own ground, such as a law or a contract
    UNSTATED = "unstated"  # a platform said what, and not on whose word


class PeersShown(StrEnum):
    """A challenge's policy on when a learner may see others' work."""

    AFTER_ATTEMPT = "after_attempt"
    ALWAYS = "always"
    NEVER = "never"


class SharingReach(StrEnum):
    """How far a challenge's work is shared."""

    GROUP = "group"
    ORGANIZATION = "organization"


def no_machine(*said: AI | None) -> bool:
    """Rule 9: whether no machine may read a text, by any word on it: what was said of the text, and by its author of
    all that is theirs. Nothing said (None) bars nothing."""
    return AI.NONE in said


def may_see_peers(policy: PeersShown, *, has_attempted: bool) -> bool:
    """Rule 4: nobody sees others' solutions before an own attempt, unless the challenge says otherwise."""
    return policy is PeersShown.ALWAYS or (policy is PeersShown.AFTER_ATTEMPT and has_attempted)


def shown_as(consent: ShowWork, *, withdrawn: bool, same_group: bool, reach: SharingReach) -> ShowWork:
    """How one piece of work may be shown to a reader who may see peers' work at all."""
    if withdrawn or (reach is SharingReach.GROUP and not same_group):
        return ShowWork.NO
    return consent
