"""Which sentence of a work speaks of which criterion, told against the challenge's other criteria. It finds, and judges
nothing; where a sentence speaks as much of another criterion, or another sentence speaks as much of this one, it says
nothing.

Unlike an assessment's places (`pipelines.assessment.places`), which give every criterion its most likely sentence,
these are for quoting: rather none than a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.arrays import Floats
from pipelines.ports import Embedder
from pipelines.texts.language import content, language_of, orders, quotable
from pipelines.values import Criterion, Span

MOST: Final = 120
"""Sentences of a work that are read."""
SHORTEST: Final = 6
"""Words of a sentence that can be quoted."""
QUOTED: Final = 1.5
NEAREST: Final = 3
"""Weight of likeness to what people quoted on the criterion, and how many such quotations count: the nearest."""
WORDS: Final = 0.3
"""Weight of a word that the criterion has as well, over the square root of the sentence's words."""
SURE: Final = 0.15
"""By how much a place must speak more of its criterion than of any other, and more than any other sentence does."""


@dataclass(frozen=True, slots=True)
class SpokenPlace:
    """A sentence that speaks of a criterion. `sure`: how clearly, from SURE up; 1 where a person said so."""

    span: Span
    sure: float


class Speaking:
    """One challenge's criteria made ready. `quoted`: what people quoted on each, by its id."""

    def __init__(self, criteria: Sequence[Criterion], quoted: Mapping[str, Sequence[str]], embedder: Embedder) -> None:
        self._embedder, self._criteria = embedder, [one for one in criteria if one.text.strip()]
        asked = [[text for text in (one.text, one.question) if text.strip()] for one in self._criteria]
        self._language = language_of(" ".join(" ".join(texts) for texts in asked))
        self._asked = [self._vectors(texts) for texts in asked]
        self._words = [content(" ".join(texts), self._language) for texts in asked]
        self._quoted = [
            self._vectors([text for text in quoted.get(one.id, ()) if text.strip()]) for one in self._criteria
        ]

    def _vectors(self, texts: Sequence[str]) -> Floats:
        return np.asarray(self._embedder.embed(list(texts)), np.float64)

    def places(self, text: str) -> dict[str, SpokenPlace]:
        """By criterion, the sentence that speaks of it; none for a text in another language than the criteria."""
        spoken = language_of(text)
        if not self._criteria or (spoken and self._language and spoken != self._language):
            return {}
        told = orders(text)
        spans = [one for one in quotable(text)[:MOST] if len(text[slice(*one)].split()) >= SHORTEST]
        spans = [one for one in spans if not any(a < one[1] and one[0] < b for a, b in told)]
        if not spans:
            return {}
        scores = self._scores([text[slice(*span)] for span in spans])
        return {
            criterion.id: SpokenPlace(spans[at], sure)
            for column, criterion in enumerate(self._criteria)
            for at, sure in [_clearest(scores, column)]
            if sure >= SURE
        }

    def _scores(self, said: Sequence[str]) -> Floats:
        """(sentences, criteria): likeness in meaning and words to the criterion, and to what was quoted on it."""
        vectors = self._vectors(said)
        stems = [content(one, self._language) for one in said]
        columns = []
        for asked, quoted, wanted in zip(self._asked, self._quoted, self._words, strict=True):
            words = np.array([len(wanted & found) / max(1, len(found)) ** 0.5 for found in stems])
            near = np.sort(vectors @ quoted.T, axis=1)[:, -NEAREST:].mean(axis=1) if len(quoted) else 0.0
            columns.append((vectors @ asked.T).mean(axis=1) + QUOTED * near + WORDS * words)
        return np.stack(columns, axis=1)


def _clearest(scores: Floats, column: int) -> tuple[int, float]:
    """The sentence that speaks of this criterion most and more than of the others, and by how much the less clear of
    both is clear."""
    others = np.delete(scores, column, axis=1)
    margin = scores[:, column] - others.max(axis=1) if others.shape[1] else scores[:, column]
    both = scores[:, column] + margin
    at = int(both.argmax())
    ahead = float(both[at] - np.partition(both, -2)[-2]) if len(both) > 1 else 1.0
    return at, min(1.0, ahead, float(margin[at]))
