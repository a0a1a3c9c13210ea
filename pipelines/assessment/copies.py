"""Judged works that are one text, and authors who share one: group work, and what is handed in again. Pure.

Of a text that the comparison has learned from it knows the standing by heart, whoever handed it in: what it says of a
copy shows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.assessment.terms import Judged
from pipelines.texts.language import tokens

NEARLY: Final = 0.95
"""Share of words that two texts have in common, in whatever order, from which they are one: a name changed, a word
mended. Answers by one pattern, which differ in two words of 25, are not."""


def copies(rows: Sequence[Judged]) -> tuple[dict[str, int], list[frozenset[str]]]:
    """For each row's id the number of its text; and the authors by who shares a text with whom, each in one set."""
    same = _same([tokens(row.text) for row in rows])
    by = [author(row) for row in rows]
    texts = _joined(same)
    parts = _joined(same | np.array([[one == other for other in by] for one in by], bool).reshape(same.shape))
    sharing = [frozenset(who for who, part in zip(by, parts, strict=True) if part == at) for at in sorted(set(parts))]
    return {row.id: text for row, text in zip(rows, texts, strict=True)}, sharing


def author(row: Judged) -> str:
    """Who wrote it; where nobody knows, an author of this one work."""
    return row.author or row.id


def _same(texts: Sequence[Sequence[str]]) -> NDArray[np.bool_]:
    """(n, n) whether two are one text."""
    from scipy.spatial.distance import cdist

    words = {word: at for at, word in enumerate(sorted(set().union(*texts)))}
    counts = np.zeros((len(texts), len(words)))
    for at, text in enumerate(texts):
        np.add.at(counts[at], [words[word] for word in text], 1)
    sizes = counts.sum(axis=1)
    common = (sizes[:, None] + sizes[None] - cdist(counts, counts, "cityblock")) / 2
    return np.asarray(common >= NEARLY * np.maximum(sizes[:, None], sizes[None]))


def _joined(linked: NDArray[np.bool_]) -> list[int]:
    """The number of the set that each belongs to."""
    from scipy.sparse.csgraph import connected_components

    return [int(at) for at in connected_components(linked, directed=False)[1]] if len(linked) else []
