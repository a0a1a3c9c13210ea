"""How one criterion stands, as the drafter needs it, and from how much certainty what is said. May not phrase.

The figures are from the example organization: each of 31 judged versions drafted with all others' as history.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from pipelines.adapters.extractive.memory import PrecedentAgreement
from pipelines.texts.in_sentences import Matter
from pipelines.values import Criterion, Span, Standing

ASKED = 0.5
"""Chance of "met" up to which a facilitator's question is asked: in the examples 12 of 16 such were open."""
DOUBTED = 0.42
"""Up to here also beside what is known to be open, and at a less certain place."""
CLAIMED = 0.65
"""Confidence from which it is said that something is not there; below, a question is asked."""
CLEAR = 0.75
"""Confidence from which a criterion is called clear in the summary without a point that says where; 28 of 32 were."""
SEEN_HERE, SEEN_IF_SURE = 0.4, 0.35
SURE = 0.8
"""How near a place must be to what it is about to be praised there; a little less where it is surely met.

In the examples, each author left out, three of four such places were the facilitator's own, against one of two.
"""
NEAR_PASSAGE = 0.4
"""Cosine from which a precedent's passage is near enough to the place to be named as a source."""

_RANK = {Standing.NOT_YET: 0, Standing.PARTLY: 1, Standing.CANNOT_TELL: 2, Standing.MET: 3}


@dataclass(frozen=True, slots=True)
class CriterionStanding:
    """One criterion as this submission stands on it."""

    criterion: Criterion
    matter: Matter
    standing: Standing
    chance: float
    confidence: float
    place: Span | None
    evidence: float
    agreed: PrecedentAgreement | None  # that something is open
    praised: PrecedentAgreement | None  # that it is met
    order: int
    by_person: bool = False  # a person said so of this text, and where
    covered: float = (
        0.0  # share of its words and its question's that the text has; 0 where comparison told how it stands
    )

    @property
    def open(self) -> bool:
        return self.standing is not Standing.MET

    @property
    def claimed(self) -> bool:
        """Whether a reader may be told that something is open, rather than asked."""
        return self.agreed is not None or (self.known and self.confidence >= CLAIMED)

    @property
    def known(self) -> bool:
        return self.standing is not Standing.CANNOT_TELL or self.agreed is not None

    @property
    def nowhere(self) -> bool:
        """Whether a person found nothing of it anywhere in the text."""
        return self.by_person and self.place is None and self.standing is Standing.NOT_YET

    def urgency(self, spoken_of: Container[Span | None] = ()) -> tuple[float, float, bool, float, float, int]:
        """What comes first, the least first. Of criteria that stand alike, one comes later whose place is `spoken_of`:
        three remarks on one sentence help less than on three; and then what the text has the fewest words of."""
        rank = 0.5 if self.standing is Standing.CANNOT_TELL and self.agreed else _RANK[self.standing]
        again = self.place is not None and self.place in spoken_of
        return rank, -(self.criterion.points or 0.0), again, self.chance, self.covered, self.order


def by_urgency(open_ones: Iterable[CriterionStanding]) -> list[CriterionStanding]:
    """What is open, the most urgent first."""
    left, chosen = list(open_ones), list[CriterionStanding]()
    while left:
        spoken_of = {one.place for one in chosen}
        chosen.append(min(left, key=lambda one: one.urgency(spoken_of)))
        left.remove(chosen[-1])
    return chosen
