"""What became of earlier points, in words: for the learner who wrote, and for whoever reads the next version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pipelines.values import Band
from service.actions.learners.progress import Changes, PointUptake
from service.domain.following.uptake import UptakeVerdict

BECAME: Final[Mapping[str, str]] = {
    "taken_up": "Words of it were newly written since.",
    "changed": "The place has changed since; whether it answers, the text must show.",
    "unchanged": "The place is as it was.",
    "added": "The place is as it was, and a sentence was added beside it.",
    "gone": "The place is no longer in the text.",
    "cannot_tell": "What became of it cannot be told from the words.",
}
"""What became of a point in a later version, by `EarlierVersion`, for whoever judges that one."""


@dataclass(frozen=True, slots=True)
class PointBecameDrawn:
    """What became of an earlier point, in words. `words` are those of the later text at the nearest place."""

    point: PointUptake
    says: str
    tone: str
    words: str


def all_became(changes: Changes, later: str) -> tuple[PointBecameDrawn, ...]:
    """What became of every point of the earlier revision in the `later` text."""
    return tuple(became(point, later) for point in changes.points)


def became(point: PointUptake, later: str) -> PointBecameDrawn:
    """What became of a point, told as carefully as it is known."""
    found, strength = point.became, point.kind == "strength"
    words = later[slice(*found.place)] if found.place else ""
    match found.verdict:
        case UptakeVerdict.TAKEN_UP:
            says = "Perhaps taken up" if found.sure is Band.LOW else "Likely taken up"
            return PointBecameDrawn(point, says, "good" if found.sure is not Band.LOW else "", words)
        case UptakeVerdict.UNCHANGED:
            return PointBecameDrawn(
                point, "Kept" if strength else "This place is as it was", "good" if strength else "", words
            )
        case UptakeVerdict.CHANGED:
            says = (
                "Kept, in other words" if strength else "This place is worded anew; whether it answers, you know best"
            )
            return PointBecameDrawn(point, says, "", words)
        case UptakeVerdict.GONE:
            return PointBecameDrawn(point, "This place is no longer in your text", "", words)
        case _:
            return PointBecameDrawn(point, "Cannot tell from the words", "", words)
