"""Judged works that are one text, and authors who share one: group work, and what is handed in again. Pure.

Of a text that the comparison has learned from it knows the standing by heart, whoever handed it in: what it says of a
copy shows nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from pipelines.assessment.terms import Judged
from pipelines.texts.language import tokens

NEARLY: Final = 0.95
"""Share of words that two texts have in common, in whatever order, from which they are one: a name changed, a word
mended. Answers by one pattern, which differ in two words of 25, are not."""


def copies(rows: Sequence[Judged]) -> tuple[dict[str, int], list[frozenset[str]]]:
    """For each row's id the number of its text; and the authors by who shares a text with whom, each in one set."""
    same = _same([Counter(tokens(row.text)) for row in rows])
    by = [author(row) for row in rows]
    texts = _joined(same)
    parts = _joined(same | np.array([[one == other for other in by] for one in by], bool).reshape(same.shape))
    sharing = [frozenset(who for who, part in zip(by, parts, strict=True) if part == at) for at in sorted(set(parts))]
    return {row.id: text for row, text in zip(rows, texts, strict=True)}, sharing


def author(row: Judged) -> str:
    """Who wrote it; where nobody knows, an author of this one work."""
    return row.author or row.id


def _same(texts: Sequence[Counter[str]]) -> NDArray[np.bool_]:
    """(n, n) whether two are one text."""
    same = np.eye(len(texts), dtype=bool)
    sizes = [text.total() for text in texts]
    for at, one in enumerate(texts):
        for before in range(at):
            least, most = sorted((sizes[at], sizes[before]))
            if least >= NEARLY * most and _common(one, texts[before]) >= NEARLY * most:
                same[at, before] = same[before, at] = True
    return same


def _common(one: Counter[str], other: Counter[str]) -> int:
    return sum(min(count, other[word]) for word, count in one.items())


def _joined(linked: NDArray[np.bool_]) -> list[int]:
    """The number of the set that each belongs to."""
    return [int(at) for at in connected_components(linked, directed=False)[1]] if len(linked) else []
