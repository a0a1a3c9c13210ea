"""What became of what was asked of an earlier version, in words that claim no more than was compared: that words
changed does not say that they are better. May not compare; `EarlierVersion` holds what was found.
"""

from __future__ import annotations

from pipelines.adapters.extractive.phrasing import Phrases, joined
from pipelines.values import EarlierVersion, PastPoint, PointKind, Span


class SinceEarlier:
    """Speaks of released points on an earlier version, by criterion; silent where there is none."""

    def __init__(self, earlier: EarlierVersion | None, phrases: Phrases, language: str) -> None:
        self._phrases, self._language = phrases, language
        points = [one for one in earlier.points if one.criterion] if earlier else []
        self._asked = {one.criterion: one for one in reversed(points) if one.kind is not PointKind.STRENGTH}
        self._praised = {one.criterion for one in points if one.kind is PointKind.STRENGTH}

    def asked(self, criterion: str) -> PastPoint | None:
        """The first point that asked for something on this criterion."""
        return self._asked.get(criterion)

    def praised(self, criterion: str) -> bool:
        """Whether all that was said on it before was that it is there."""
        return criterion in self._praised and criterion not in self._asked

    def seems_answered(self, criterion: str) -> bool:
        """Whether words of what was asked were newly written: nobody asks again before a person has looked."""
        past = self.asked(criterion)
        return past is not None and past.became == "taken_up"

    def still(self, criterion: str, span: Span, rest: str, key: str) -> str:
        """`rest`, asked before and open still, after what became of its place; "" where it was not asked."""
        past = self.asked(criterion)
        if past is None:
            return ""
        there = past.now is not None and past.now[0] < span[1] and span[0] < past.now[1]
        lead = self._phrases.say("since", past.became if there else "elsewhere", key)
        return joined(lead, rest, self._language) if rest else f"{lead}."

    def here(self, criterion: str) -> str:
        """That what was asked is there now; "" where it was not asked."""
        return self._phrases.say("since", "here", criterion) if self.asked(criterion) else ""
