"""Whether what was found answers at all: near enough to be more than the nearest of what there is.

What an embedder calls near differs from one to the next (unrelated questions are at .08 with the packaged model, at .17
by character n-grams), so its scale is taken from itself: the cosines of questions that have nothing in common.
May not say what is right; where nothing answers, the nearest may still be shown, as the nearest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from pipelines.ports import Embedder
from pipelines.prompts import words
from pipelines.values import Evidence

APART: Final = 3.0
"""Standard deviations above the mean cosine of unrelated questions from which a document speaks to a question: .32 with
the packaged model. Of questions to another organization .84 to .91 are told that nothing answers, of a shelf's own
none in its words and .3 in people's own words; the curve is in docs/decisions/0004-retrieval.md."""
LOOKED_AT: Final = 5
"""Finds, the best first, among which one has to be near."""

FEW: Final = 3
"""Documents among the best finds, below which their passages count by themselves."""
MEASURED: Final = frozenset({"53aa51172d14"})
"""Weights of embedders whose floor was looked at: those of the packaged model. By one made alike .92 of what
multilingual-e5 finds rightly would be no answer, and .68 to .92 by character n-grams: then nothing is left out."""
_FLOORS: dict[str, float] = {}


def floor(embedder: Embedder) -> float:
    """The cosine from which this embedder's texts have something to do with each other; -1 where that was not measured.
    Embeds some fifty short texts, once in the life of a process."""
    if embedder.name.rpartition("@")[2] not in MEASURED:
        return -1.0
    if embedder.name not in _FLOORS:
        vectors = embedder.embed(words("words/probes")["en"])
        cosines = (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]
        _FLOORS[embedder.name] = float(cosines.mean() + APART * cosines.std())
    return _FLOORS[embedder.name]


def nearness(found: Iterable[Evidence]) -> float:
    """Cosine of the question and the nearest whole document among the best finds; 0 where nothing was found.

    Passages of a large shelf come near by chance: at the same floor .61 of questions to another organization are told
    by passages, .82 by documents. But of one long handbook no question is near to the whole: where there are fewer
    than `FEW` documents to choose from, the passages count.
    """
    best = list(found)[:LOOKED_AT]
    few = len({one.item.document for one in best}) < FEW
    return max((max(one.dense, one.whole) if few else one.whole for one in best), default=0.0)


def near_enough(found: Iterable[Evidence], embedder: Embedder) -> list[Evidence]:
    """Those that speak to what was asked, as a passage or as a whole document; the others are only the nearest."""
    least = floor(embedder)
    return [one for one in found if max(one.dense, one.whole) >= least]


def answered(found: Sequence[Evidence], embedder: Embedder) -> bool:
    """Whether any of what was found for a question, best first, can answer it."""
    return nearness(found) >= floor(embedder)
