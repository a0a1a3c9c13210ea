"""Which sentences of a text deal with what a challenge's criteria ask for.

"Addresses possible objections" shares no word with "Some will say they stay hungry: seconds are free", and a small
model of sentences does not bring the two together. What such criteria ask for is a short list, though, and so are the
ways to say it (`pipelines.texts.sought`). May not judge whether what is asked for is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from pipelines.arrays import Floats
from pipelines.assessment.terms import standard
from pipelines.ports import Embedder
from pipelines.texts.sought import all_said, edges, said_like, signs_in, things
from pipelines.values import Criterion

MOST_SIGNS: Final = 3
"""Different signs in one sentence that are counted."""


_COMMON: dict[tuple[str, str], float] = {}  # by embedder and language: what never changes is found once


def common_likeness(embedder: Embedder, language: str) -> float:
    """The mean cosine of sentences on different matters, by this embedder: about .1 in the language that it learned,
    .4 in another one, all of whose sentences look alike to it. 0 in a language that we have no sentences in."""
    key = embedder.name, language
    if key not in _COMMON:
        vectors = np.asarray(embedder.embed(all_said(language)), np.float64)
        pairs, whole = len(vectors) * (len(vectors) - 1), vectors.sum(axis=0)
        _COMMON[key] = float((whole @ whole - len(vectors)) / pairs) if pairs else 0.0
    return _COMMON[key]


class SoughtThings:
    """What each of a challenge's criteria asks for."""

    def __init__(self, criteria: Sequence[Criterion], language: str, embedder: Embedder) -> None:
        self._embedder, self._like = embedder, dict[tuple[str, str], Floats]()
        self._things = [things(f"{one.text} {one.question}", language) for one in criteria]
        self._edges = [edges(f"{one.text} {one.question}", language) for one in criteria]

    def scores(self, said: Sequence[str], vectors: Floats, language: str, known: dict[str, Floats]) -> Floats:
        """(sentences, criteria): how much each deals with what is asked for, in standard deviations; 0 where a
        criterion asks for nothing of the kind. `vectors` (sentences, d) are the sentences' own, in a text's order.
        `known` is of that text: what was found in it by things is kept there, however often it is read."""
        found = np.zeros((len(said), len(self._things)))
        for at, names in enumerate(self._things):
            for name in names:
                if name not in known:
                    known[name] = self._found(said, vectors, language, name)
                found[:, at] += known[name] / len(names)
            for edge in self._edges[at]:
                found[0 if edge == "begins" else -1, at] += 1.0
        return found

    def _found(self, said: Sequence[str], vectors: Floats, language: str, name: str) -> Floats:
        signs = np.array([min(signs_in(one, language, name), MOST_SIGNS) for one in said], np.float64)
        return standard(signs) + standard(self._likeness(vectors, language, name))

    def dealt_with(self, sentence: str, at: int, language: str) -> bool:
        """Whether the sentence has a sign of what the criterion asks for."""
        return any(signs_in(sentence, language, name) for name in self._things[at])

    def _likeness(self, vectors: Floats, language: str, name: str) -> Floats:
        if (language, name) not in self._like:
            self._like[language, name] = np.asarray(self._embedder.embed(said_like(language, name)), np.float64)
        like = self._like[language, name]
        return np.asarray((vectors @ like.T).max(axis=1)) if len(like) else np.zeros(len(vectors))
