"""Goals of an organization, and the work that shows progress on them: what was decided, and what follows. Pure.

What a machine finds is near to a goal, and near is not progress: only a person's word counts as that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from service.domain.errors import NotNow
from service.domain.texts import digest

TAGS: Final = frozenset({"strategy", "strategie", "goals", "ziele"})
"""A document that carries one of these tags holds the organization's goals."""
SUCCEEDS: Final = 0.5
"""Share of their words in common (of all that either has) from which a new goal is another wording of one that went.
Judgement: a goal reworded with a new date or number keeps more than half; two goals of one plan share a fifth."""

_WORD: Final = re.compile(r"[^\W_]+")


class EvidenceStanding(StrEnum):
    """What was said of a piece of work found for a goal."""

    OFFERED = "offered"
    CONFIRMED = "confirmed"  # it shows progress
    DISMISSED = "dismissed"  # it does not, and is not offered again for this goal


class EvidenceAct(StrEnum):
    """What a person may say of it."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    UNDO = "undo"


TABLE: Final[Mapping[tuple[EvidenceStanding, EvidenceAct], EvidenceStanding]] = {
    (EvidenceStanding.OFFERED, EvidenceAct.CONFIRM): EvidenceStanding.CONFIRMED,
    (EvidenceStanding.OFFERED, EvidenceAct.DISMISS): EvidenceStanding.DISMISSED,
    (EvidenceStanding.CONFIRMED, EvidenceAct.UNDO): EvidenceStanding.OFFERED,
    (EvidenceStanding.DISMISSED, EvidenceAct.UNDO): EvidenceStanding.OFFERED,
}


def decided(standing: EvidenceStanding, act: EvidenceAct) -> EvidenceStanding:
    """What it is after the act. Raises NotNow where somebody else has decided meanwhile."""
    after = TABLE.get((standing, act))
    if after is None:
        raise NotNow(f"This piece is {standing.value} by now. Load the page again to see who decided.")
    return after


def holds_goals(tags: Iterable[str]) -> bool:
    """Whether a document with these tags is read for goals."""
    return any(tag.strip().casefold() in TAGS for tag in tags)


def key(title: str, text: str) -> str:
    """What makes two wordings the same goal: their words in order; not case, marks, layout or a heading's level."""
    return digest(" ".join(_words(f"{title}\n{text}")))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


@dataclass(frozen=True, slots=True)
class GoalWording:
    """A goal as worded once, by our id or its key."""

    id: str
    title: str
    text: str


def successors(new: Sequence[GoalWording], gone: Sequence[GoalWording]) -> dict[str, str]:
    """New goal → the one that it words anew. The most alike pairs first; each goal is in one pair at most.

    A pair has the same title, or shares SUCCEEDS of its words.
    """
    pairs = sorted(
        ((_alike(one, other), one.id, other.id) for one in new for other in gone),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    found: dict[str, str] = {}
    for alike, one, other in pairs:
        if alike >= SUCCEEDS and one not in found and other not in found.values():
            found[one] = other
    return found


def _alike(one: GoalWording, other: GoalWording) -> float:
    if one.title and _words(one.title) == _words(other.title):
        return 1.0
    mine, yours = set(_words(f"{one.title} {one.text}")), set(_words(f"{other.title} {other.text}"))
    return len(mine & yours) / max(1, len(mine | yours))


@dataclass(frozen=True, slots=True)
class ConfirmedPiece:
    """A piece of work that was confirmed and may be shown now. `at`: when it was handed in."""

    group: str
    challenge: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GoalMonth:
    """Pieces handed in within a month (UTC), `2026-10`."""

    name: str
    pieces: int


def months(pieces: Collection[ConfirmedPiece]) -> tuple[GoalMonth, ...]:
    """By the month in which the work was handed in, from the first to the last, those without any as well."""
    if not pieces:
        return ()
    places = [piece.at.year * 12 + piece.at.month - 1 for piece in pieces]
    return tuple(
        GoalMonth(f"{at // 12}-{at % 12 + 1:02}", places.count(at)) for at in range(min(places), max(places) + 1)
    )
