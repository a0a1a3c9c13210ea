"""How near people's work is to a text, and to one another's: dense and lexical, pooled over all of a person's work.

Two similarities, plain cosines both: of the embedder's vectors, and of TF-IDF. Each is pooled over a person's works by
itself, by log-mean-exp: between their mean (drowned by side interests) and their maximum (one lucky likeness). The sum
of the two is a person's nearness. Nothing is taken off: neither what all texts have in common from the vectors, nor
what all people have in common from an item; both cost .04 to .08 of loss on people who were asked what they know.
Figures: docs/decisions/0014-who-knows-what.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.arrays import Singles
from pipelines.ports import Embedder
from pipelines.texts.lexical import shelf_language, terms

SHARPNESS: Final = 10.0
"""β of the log-mean-exp over cosines."""
_TINY: Final = 1e-9


class TermSpace:
    """TF-IDF of a fixed set of texts: 1 + ln tf, times 1 + ln((1 + n) / (1 + df)), rows of length 1.

    Kept by term for comparing one text with all, and by text for comparing one of them (16 bytes a posting). Pure
    numpy, so that a process without a model can hold one. `more` are texts that came later: they are weighed as any
    text from outside is, and change no weight of the others'.
    """

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.size = len(texts)
        self.vocabulary: dict[str, int] = {}
        counted = [self._numbered(Counter(text)) for text in texts]
        lengths = np.array([len(numbers) for numbers, _ in counted], np.int64)
        owners = np.repeat(np.arange(self.size, dtype=np.int32), lengths)
        numbers = np.concatenate([n for n, _ in counted] or [np.zeros(0, np.int64)])
        tf = np.concatenate([t for _, t in counted] or [np.zeros(0)])
        df = np.bincount(numbers, minlength=len(self.vocabulary))
        self._numbers, self._counts = numbers.astype(np.int32), tf.astype(np.int32)
        self._starts = np.concatenate([[0], np.cumsum(lengths)])
        self._later: tuple[dict[int, float], ...] = ()
        self.idf = 1.0 + np.log((1 + self.size) / (1 + df))
        weights = (1.0 + np.log(tf)) * self.idf[numbers]
        norms = np.sqrt(np.bincount(owners, weights=weights**2, minlength=self.size))
        weights = weights / np.maximum(norms[owners], _TINY)
        order = np.argsort(numbers, kind="stable")
        self._texts, self._weights = owners[order], weights[order].astype(np.float32)
        self._bounds = np.concatenate([[0], np.cumsum(df)])

    def _numbered(self, counts: Counter[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        numbers = [self.vocabulary.setdefault(term, len(self.vocabulary)) for term in counts]
        return np.array(numbers, np.int64), np.array(list(counts.values()), np.float64)

    def weigh(self, text: Sequence[str]) -> dict[int, float]:
        """The text's weight of each known term, of length 1; words that the space has never seen are passed over."""
        return self._weighed(
            {self.vocabulary[term]: count for term, count in Counter(text).items() if term in self.vocabulary}
        )

    def _weighed(self, known: Mapping[int, int]) -> dict[int, float]:
        raw = {number: (1.0 + np.log(count)) * float(self.idf[number]) for number, count in known.items()}
        norm = float(np.sqrt(sum(weight**2 for weight in raw.values()))) or 1.0
        return {number: weight / norm for number, weight in sorted(raw.items())}

    def weights_of(self, row: int) -> dict[int, float]:
        """What `weigh` says of the text in this row."""
        first = len(self._starts) - 1
        if row >= first:
            return self._later[row - first]
        here = slice(self._starts[row], self._starts[row + 1])
        return self._weighed(dict(zip(self._numbers[here].tolist(), self._counts[here].tolist(), strict=True)))

    def more(self, texts: Sequence[Sequence[str]]) -> TermSpace:
        """The same with these after the others."""
        found = copy(self)
        found._later = (*self._later, *(self.weigh(text) for text in texts))
        found.size = self.size + len(texts)
        return found

    def cosines(self, text: Sequence[str]) -> Singles:
        """Similarity of the text to each of the set: shape (size,), in [0, 1]."""
        return self.cosines_of(self.weigh(text))

    def cosines_of(self, weights: Mapping[int, float]) -> Singles:
        """The same of what `weigh` or `weights_of` gave."""
        found = np.zeros(self.size, np.float32)
        for number, weight in weights.items():
            here = slice(self._bounds[number], self._bounds[number + 1])
            found[self._texts[here]] += self._weights[here] * np.float32(weight)
        for at, later in enumerate(self._later, self.size - len(self._later)):
            few, many = sorted((weights, later), key=len)
            found[at] = sum(weight * many.get(number, 0.0) for number, weight in few.items())
        return found


class Cosines(NamedTuple):
    """Two similarities of the same texts, of one shape, each in [-1, 1]: by meaning and by words."""

    dense: Singles
    lexical: Singles


class LikenessSpace:
    """Texts ready to be compared with one another and with a text from outside. Frozen once built; thread-safe.

    `measured`: how many of them, the first, told how rare terms are.
    """

    def __init__(self, texts: Sequence[str], embedder: Embedder) -> None:
        self.size = len(texts)
        self.language = shelf_language(texts)
        self.lexical = TermSpace([terms(text, self.language) for text in texts])
        self.measured = self.size
        self.vectors = embedder.embed(list(texts))

    def more(self, texts: Sequence[str], embedder: Embedder) -> LikenessSpace:
        """The same with these texts after the others; an hour's texts change little of how rare a hundred thousand say
        that a term is."""
        found = copy(self)
        found.lexical = self.lexical.more([terms(text, self.language) for text in texts])
        found.vectors = np.vstack([self.vectors, embedder.embed(list(texts))])
        found.size = self.size + len(texts)
        return found

    def of_rows(self, rows: Sequence[int]) -> Cosines:
        """Similarities of these texts to all: shape (len(rows), size)."""
        lexical = np.array([self.lexical.cosines_of(self.lexical.weights_of(row)) for row in rows], np.float32)
        return Cosines(self.vectors[list(rows)] @ self.vectors.T, lexical.reshape(len(rows), self.size))

    def of_text(self, text: str, embedder: Embedder) -> Cosines:
        """Similarities of a text from outside to all: shape (1, size)."""
        lexical = self.lexical.cosines(terms(text, self.language))
        return Cosines(embedder.embed([text]) @ self.vectors.T, lexical[None, :])


def pooled(similarities: Singles, axis: int = 0, sharpness: float = SHARPNESS) -> Singles:
    """Log-mean-exp along an axis: ln(mean(exp(β s))) / β. The mean for β → 0, the maximum for β → ∞."""
    top = similarities.max(axis=axis, keepdims=True)
    mean = np.exp(sharpness * (similarities - top)).mean(axis=axis)
    return np.asarray(np.squeeze(top, axis) + np.log(mean) / sharpness, np.float32)


def pooled_by(
    similarities: Singles, bounds: Sequence[int], keep: NDArray[np.bool_] | None = None, sharpness: float = SHARPNESS
) -> Singles:
    """Log-mean-exp over all rows and each run of columns `bounds[i]`..`bounds[i + 1]`, none of them empty.

    Shape (len(bounds) - 1,). Columns that are not to be kept count nothing; where none is left, the lowest value is.
    """
    edges = np.asarray(bounds, np.int64)
    top = np.float32(similarities.max())
    sums = np.exp(sharpness * (similarities - top)).mean(axis=0)
    kept = np.ones(len(sums)) if keep is None else keep.astype(np.float64)
    counts = np.add.reduceat(kept, edges[:-1])
    means = np.add.reduceat(sums * kept, edges[:-1]) / np.maximum(counts, 1)
    found = top + np.log(np.maximum(means, 1e-30)) / sharpness
    lowest = found[counts > 0].min() if (counts > 0).any() else 0.0
    return np.asarray(np.where(counts > 0, found, lowest), np.float32)


def scores(
    profiles: Sequence[Sequence[str]], works: Mapping[str, str], items: Mapping[str, str], embedder: Embedder
) -> Singles:
    """How well each person knows what each item is about: shape (people, items), in the order given; more is better.

    `profiles[p]`: ids of all of a person's works; one without any scores 0 for everything, as one whose work has
    nothing to do with it. `works` and `items` are texts by id. Scores compare items for a person, and people for an
    item.
    """
    columns = {id_: number for number, id_ in enumerate(works)}
    space = LikenessSpace([*works.values(), *items.values()], embedder)
    similar = space.of_rows(range(len(works), space.size))
    found = np.zeros((len(profiles), len(items)), np.float32)
    for number, profile in enumerate(profiles):
        if profile:
            own = [columns[id_] for id_ in profile]
            found[number] = sum(pooled(each[:, own], axis=1) for each in similar)
    return found
