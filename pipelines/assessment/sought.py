"""What a criterion asks for, of the things that criteria of all fields ask for, and which sentences deal with such.

"Addresses possible objections" shares no word with "Some will say they stay hungry: seconds are free", and a small
model of sentences does not bring the two together. What such criteria ask for is a short list, though: an objection, a
cost, a date, a reason (`prompts/sought`). May not judge whether what is asked for is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from pipelines.assessment.terms import Array, standard
from pipelines.ports import Embedder
from pipelines.prompts import has_words, words
from pipelines.texts.language import tokens
from pipelines.values import Criterion

MOST_SIGNS: Final = 3
"""Different signs in one sentence that are counted."""
_EDGES: Final = ("begins", "ends")


class SoughtThings:
    """What each of a challenge's criteria asks for."""

    def __init__(self, criteria: Sequence[Criterion], language: str, embedder: Embedder) -> None:
        self._embedder, self._like = embedder, dict[str, Array]()
        table = _table(language)
        asked = [frozenset(tokens(f"{one.text} {one.question}")) for one in criteria]
        self._things = [
            [name for name in table if name not in _EDGES and asked_for & set(table[name]["asked"].split())]
            for asked_for in asked
        ]
        self._edges = [[edge for edge in _EDGES if one & set(str(table.get(edge, "")).split())] for one in asked]

    def scores(self, said: Sequence[str], vectors: Array, language: str) -> Array:
        """(sentences, criteria): how much each deals with what is asked for, in standard deviations; 0 where a
        criterion asks for nothing of the kind. `vectors` (sentences, d) are the sentences' own, in a text's order."""
        found = np.zeros((len(said), len(self._things)))
        table = _table(language)
        for at, things in enumerate(self._things):
            for name in (name for name in things if name in table):
                signs = standard(_signs_in(said, language, name))
                found[:, at] += (signs + standard(self._likeness(vectors, language, name))) / len(things)
            for edge in self._edges[at]:
                found[0 if edge == "begins" else -1, at] += 1.0
        return found

    def dealt_with(self, sentence: str, at: int, language: str) -> bool:
        """Whether the sentence has a sign of what the criterion asks for."""
        things = (name for name in self._things[at] if name in _table(language))
        return any(_signs_in([sentence], language, name)[0] for name in things)

    def _likeness(self, vectors: Array, language: str, name: str) -> Array:
        key = f"{language}/{name}"
        if key not in self._like:
            self._like[key] = np.asarray(self._embedder.embed(_table(language)[name]["like"]), np.float64)
        return np.asarray((vectors @ self._like[key].T).max(axis=1))


def _table(language: str) -> Mapping[str, Any]:
    return words(f"sought/{language}") if has_words(f"sought/{language}") else {}


@cache
def _signs(language: str, name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one, re.IGNORECASE) for one in _table(language)[name]["signs"])


def _signs_in(said: Sequence[str], language: str, name: str) -> Array:
    counts = [sum(sign.search(one) is not None for sign in _signs(language, name)) for one in said]
    return np.minimum(np.array(counts, np.float64), MOST_SIGNS)
