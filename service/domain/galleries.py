"""The life of one gallery, as a table and one function, and the rules of what may be in it. No I/O, no clock.

SHOWN is reached only through APPROVED, and every act that changes what the learner would read leads away from APPROVED.
Approval is a person's, or follows a policy that a person set and whose words are that person's. WITHDRAWN absorbs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from service.domain.lifecycle import Lifecycle, table
from service.domain.texts import digest
from service.domain.visibility import PeersShown, SharingReach, ShowWork, may_see_peers, shown_as

FEWEST: Final = 2
MOST: Final = 3
"""Works in a gallery: with one there is nothing to compare, more are not read."""


class GalleryState(StrEnum):
    """Where a gallery is."""

    SUGGESTED = "suggested"  # waits for the machine to choose
    READY = "ready"  # a facilitator decides
    STUCK = "stuck"  # nothing could be chosen; a facilitator chooses by hand, asks anew, or lets it be
    APPROVED = "approved"  # exactly this, and the undo window is open
    SHOWN = "shown"  # the learner can look at it
    DISMISSED = "dismissed"  # a facilitator decided against it, or took it back
    WITHDRAWN = "withdrawn"  # the learner took the submission back


class GalleryAct(StrEnum):
    """What can happen to a gallery."""

    FINISH = "finish"
    FAIL = "fail"
    REVISE = "revise"  # change the comparison; leave out, put in or swap a work
    APPROVE = "approve"
    UNDO = "undo"
    RECONSIDER = "reconsider"  # something in it is no longer shared
    SHOW = "show"
    DISMISS = "dismiss"
    REMAKE = "remake"
    WITHDRAW = "withdraw"


class GalleryActor(StrEnum):
    """Who acts."""

    MACHINE = "machine"
    FACILITATOR = "facilitator"
    POLICY = "policy"  # what a facilitator has laid down for a challenge
    LEARNER = "learner"  # for whom it is made
    CLOCK = "clock"


_MACHINE, _PERSON, _POLICY, _LEARNER, _CLOCK = (
    GalleryActor.MACHINE,
    GalleryActor.FACILITATOR,
    GalleryActor.POLICY,
    GalleryActor.LEARNER,
    GalleryActor.CLOCK,
)

LIFE: Final[Lifecycle[GalleryState, GalleryAct, GalleryActor]] = Lifecycle(
    a="A gallery",
    first=GalleryState.SUGGESTED,
    approved=GalleryState.APPROVED,
    undo=(GalleryAct.UNDO, GalleryActor.FACILITATOR),
    out=frozenset({GalleryState.SHOWN}),
    ends=frozenset({GalleryState.SHOWN, GalleryState.DISMISSED, GalleryState.WITHDRAWN}),
    table=table(
        (
            (GalleryState.SUGGESTED, GalleryAct.FINISH, GalleryState.READY, _MACHINE),
            (GalleryState.SUGGESTED, GalleryAct.FAIL, GalleryState.STUCK, _MACHINE),
            (GalleryState.SUGGESTED, GalleryAct.REMAKE, GalleryState.SUGGESTED, _PERSON, _LEARNER),
            (GalleryState.SUGGESTED, GalleryAct.DISMISS, GalleryState.DISMISSED, _PERSON),
            (GalleryState.READY, GalleryAct.REVISE, GalleryState.READY, _PERSON),
            (GalleryState.READY, GalleryAct.APPROVE, GalleryState.APPROVED, _PERSON, _POLICY),
            (GalleryState.READY, GalleryAct.REMAKE, GalleryState.SUGGESTED, _PERSON, _LEARNER),
            (GalleryState.READY, GalleryAct.DISMISS, GalleryState.DISMISSED, _PERSON),
            (GalleryState.STUCK, GalleryAct.REVISE, GalleryState.READY, _PERSON),
            (GalleryState.STUCK, GalleryAct.REMAKE, GalleryState.SUGGESTED, _PERSON, _LEARNER),
            (GalleryState.STUCK, GalleryAct.DISMISS, GalleryState.DISMISSED, _PERSON),
            (GalleryState.APPROVED, GalleryAct.UNDO, GalleryState.READY, _PERSON),
            (GalleryState.APPROVED, GalleryAct.RECONSIDER, GalleryState.READY, _CLOCK),
            (GalleryState.APPROVED, GalleryAct.SHOW, GalleryState.SHOWN, _PERSON, _CLOCK),
            (GalleryState.SHOWN, GalleryAct.DISMISS, GalleryState.DISMISSED, _PERSON),
            (GalleryState.DISMISSED, GalleryAct.REMAKE, GalleryState.SUGGESTED, _PERSON),
            *((state, GalleryAct.WITHDRAW, GalleryState.WITHDRAWN, _LEARNER) for state in GalleryState),
        )
    ),
)

step, possible = LIFE.step, LIFE.possible


def body_digest(body: Mapping[str, Any]) -> str:
    """The hash that an approval names: of the comparison, of whose texts at which hash, and of the places marked."""
    return digest(json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


# What may be in a gallery


@dataclass(frozen=True, slots=True)
class Policy:
    """What a facilitator laid down for the galleries of a challenge in a group. It only ever narrows what authors and
    challenge allow.

    `automatic`: what keeps to it is shown without being looked at one by one, with `question` as its comparison: words
    of the person who set it, since a machine's own words need an approval each. `most_per_author`: galleries that one
    author's work on the challenge is shown in; 0 is no limit. `suggest`: one is made for everybody who hands in.
    """

    suggest: bool = False
    automatic: bool = False
    without_names: bool = False
    weeks: int = 0
    most_per_author: int = 0
    question: str = ""


OPEN_POLICY: Final = Policy()
"""Where nobody has laid down anything: made when asked for, each approved by a person."""


class SharingHindrance(StrEnum):
    """Why a piece of work is not shown to a reader now."""

    NO_ATTEMPT = "no_attempt"
    PEERS_NEVER = "peers_never"
    WITHDRAWN = "withdrawn"
    CONSENT = "consent"
    NO_AI = "no_ai"
    OTHER_GROUP = "other_group"
    TOO_RECENT = "too_recent"
    SHOWN_OFTEN = "shown_often"
    OWN = "own"
    NAMES = "names"  # without a name, and it names people: a person looks at it, no rule


@dataclass(frozen=True, slots=True)
class GalleryReader:
    """Who would see it: whether they have an own attempt that stands, and what the challenge says of peers' work."""

    person: str
    attempted: bool
    peers: PeersShown
    reach: SharingReach


@dataclass(frozen=True, slots=True)
class PeerWorkFacts:
    """One piece of a peer's work as it stands now. `near`: handed in within the reader's group, or below it.

    `nth`: this is the author's nth gallery on this challenge, from 1 (by when they were shown).
    """

    author: str
    consent: ShowWork
    machines: bool  # whether machines may read it: the author's consent and the call it came with
    withdrawn: bool
    near: bool
    submitted_at: datetime
    nth: int
    telling: bool = False  # it may name people, or tell how to reach them, where it is shown without a name


@dataclass(frozen=True, slots=True)
class WorkSharing:
    """How a piece of work may be shown now; with a hindrance, not at all."""

    hindrance: SharingHindrance | None = None
    named: bool = False


def sharing(facts: PeerWorkFacts, reader: GalleryReader, policy: Policy, now: datetime) -> WorkSharing:
    """Whether, and whether with its author's name, this work may be shown to this reader now (rules 3, 4 and 9)."""
    hindrance = _of_reader(reader) or _of_work(facts, reader) or _of_policy(facts, policy, now)
    return WorkSharing(
        hindrance, hindrance is None and facts.consent is ShowWork.WITH_NAME and not policy.without_names
    )


def _of_reader(reader: GalleryReader) -> SharingHindrance | None:
    if may_see_peers(reader.peers, has_attempted=reader.attempted):
        return None
    return SharingHindrance.PEERS_NEVER if reader.peers is PeersShown.NEVER else SharingHindrance.NO_ATTEMPT


def _of_work(facts: PeerWorkFacts, reader: GalleryReader) -> SharingHindrance | None:
    if facts.author == reader.person:
        return SharingHindrance.OWN
    if facts.withdrawn:
        return SharingHindrance.WITHDRAWN
    if facts.consent is ShowWork.NO:
        return SharingHindrance.CONSENT
    if not facts.machines:
        return SharingHindrance.NO_AI
    how = shown_as(facts.consent, withdrawn=facts.withdrawn, same_group=facts.near, reach=reader.reach)
    return SharingHindrance.OTHER_GROUP if how is ShowWork.NO else None


def _of_policy(facts: PeerWorkFacts, policy: Policy, now: datetime) -> SharingHindrance | None:
    if facts.submitted_at > now - timedelta(weeks=policy.weeks):
        return SharingHindrance.TOO_RECENT
    if policy.most_per_author and facts.nth > policy.most_per_author:
        return SharingHindrance.SHOWN_OFTEN
    return None


# What a policy would do


@dataclass(frozen=True, slots=True)
class Weighed:
    """Whether a policy would have shown a gallery by itself; if not, why: a hindrance for each work that has one, and
    none where there are simply too few works."""

    gallery: str
    shown: bool
    why: tuple[SharingHindrance, ...] = ()


def effect(
    policy: Policy, galleries: Sequence[tuple[str, GalleryReader, Sequence[PeerWorkFacts]]], now: datetime
) -> tuple[Weighed, ...]:
    """What this policy would do with each of these galleries, taken in their order, if it had held from the first on.

    An author's galleries are counted as they come, over those that would have been shown; `nth` is not looked at.
    """
    counts: Counter[str] = Counter()
    found: list[Weighed] = []
    for gallery, reader, works in galleries:
        counted = [_at(facts, counts[facts.author] + 1) for facts in works]
        why = tuple(one for facts in counted if (one := _against(facts, reader, policy, now)) is not None)
        shown = not why and FEWEST <= len(works) <= MOST
        if shown:
            counts.update({facts.author for facts in works})
        found.append(Weighed(gallery, shown, why))
    return tuple(found)


def _against(facts: PeerWorkFacts, reader: GalleryReader, policy: Policy, now: datetime) -> SharingHindrance | None:
    """Why a policy does not show this work by itself."""
    how = sharing(facts, reader, policy, now)
    return SharingHindrance.NAMES if how.hindrance is None and facts.telling and not how.named else how.hindrance


def _at(facts: PeerWorkFacts, nth: int) -> PeerWorkFacts:
    return replace(facts, nth=nth)


def reasons_against(weighed: Iterable[Weighed]) -> dict[str, int]:
    """How many galleries each reason keeps from being shown; `too_few` where there are not enough works."""
    counts: Counter[str] = Counter()
    for one in weighed:
        if not one.shown:
            counts.update({why.value for why in one.why} or {"too_few"})
    return dict(counts.most_common())
