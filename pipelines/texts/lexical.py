"""Words against words: BM25F over the texts of one shelf. Values in, scores out; no model, no store.

Built here rather than taken from a library because the shelf has two fields (a passage, and the headings above it) and
must give the same answer beside every database; with one field its scores equal bm25s's (correlation 1.0000).
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.arrays import Singles
from pipelines.prompts import words
from pipelines.texts.language import stem, stop_words
from pipelines.texts.layout import unparted

Ints = NDArray[np.int32]

K1: Final = 1.2  # how soon more of the same word stops counting; 0.6 to 2.0 measured alike
B: Final = 0.75  # how much long texts are marked down; 0.3 to 1.0 measured alike
SAMPLE: Final = 50_000  # characters that tell a shelf's language
_WORD = re.compile(r"[^\W_]+")
_PIECES = frozenset(("s", "t", "d", "m", "ll", "re", "ve", "don"))  # of "bank's", "don't"; left in they cost .007 MRR


def shelf_language(texts: Iterable[str]) -> str:
    """The language whose small words are the most common on a shelf; "" if there are none of any.

    Laxer than `wording.language_of`, which has to be sure of one text: lists of addresses hold few small words, and a
    shelf taken for one of no language is searched without stems and stop words, which cost .010 MRR.
    """
    sample: list[str] = []
    for text in texts:
        sample.append(text)
        if sum(map(len, sample)) > SAMPLE:
            break
    found = Counter(_WORD.findall(" ".join(sample).casefold()))
    shares = {code: sum(found[word] for word in stop_words(code)) for code in words("words/languages")}
    best = max(shares, key=lambda code: shares[code], default="")
    return best if best and shares[best] else ""


def terms(text: str, language: str) -> list[str]:
    """Terms in reading order, repeats kept: folded, without stop words, stemmed. Numbers and names stay as they are."""
    stop = stop_words(language) | _PIECES
    found = _WORD.findall(unicodedata.normalize("NFKC", unparted(text)).casefold())
    return [stem(word, language) if len(word) <= 40 else word for word in found if word not in stop]


class LexicalIndex:
    """BM25F over a fixed set of texts, each given as the term lists of its fields (body, headings …).

    Per field, term counts are divided by 1 - b + b * length / mean length, summed over the fields, then saturated once:
    tf * (k1 + 1) / (tf + k1); idf = ln(1 + (n - df + 0.5) / (df + 0.5)). After Robertson, Zaragoza & Taylor 2004
    ("Simple BM25 extension to multiple weighted fields"), idf as in Lucene. 8 bytes a posting; frozen once built.
    """

    def __init__(self, fields: Sequence[Sequence[Sequence[str]]]) -> None:
        """`fields[f][i]`: the terms of field f in text i; all fields hold equally many texts."""
        self.size = len(fields[0])
        self.vocabulary: dict[str, int] = {}
        parts = [self._counts(texts) for texts in fields]
        keys, inverse = np.unique(np.concatenate([key for key, _ in parts]), return_inverse=True)
        tf = np.bincount(inverse, weights=np.concatenate([value for _, value in parts]), minlength=len(keys))
        numbers, texts = np.divmod(keys, max(1, self.size))
        df = np.bincount(numbers, minlength=len(self.vocabulary))
        idf = np.log1p((self.size - df + 0.5) / (df + 0.5))
        self._texts: Ints = texts.astype(np.int32)
        self._weights: Singles = (idf[numbers] * tf * (K1 + 1) / (tf + K1)).astype(np.float32)
        self._bounds = np.concatenate([[0], np.cumsum(df)])
        self._idf: Singles = idf.astype(np.float32)
        self._rarest = float(np.log1p(2 * self.size + 1))  # idf of a term that no text has

    def scores(self, wanted: Iterable[str]) -> Singles:
        """BM25F of each text for the distinct terms wanted: shape (size,), 0 where none occurs."""
        scores = np.zeros(self.size, np.float32)
        for number in sorted({self.vocabulary[term] for term in wanted if term in self.vocabulary}):
            here = slice(self._bounds[number], self._bounds[number + 1])
            scores[self._texts[here]] += self._weights[here]
        return scores

    def covered(self, scores: Singles, wanted: Iterable[str]) -> float:
        """How much of what is wanted the best text says: its score over the sum of all terms' idf, from 0 to 1.

        1 is a text of mean length that has each term once. A term that no text has counts as the rarest, so a question
        in other words than the texts' is covered little, however far its best text stands out among the others.
        """
        idf = (self._idf[self.vocabulary[term]] if term in self.vocabulary else self._rarest for term in set(wanted))
        total = float(sum(idf))
        return min(1.0, float(scores.max(initial=0.0)) / total) if total else 0.0

    def _counts(self, texts: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Keys `term * size + text`, and the length-normalized counts that belong to them."""
        mean = max(1.0, sum(map(len, texts)) / max(1, len(texts)))
        keys, values = array("q"), array("d")
        for number, found in enumerate(texts):
            share = 1 / (1 - B + B * len(found) / mean)
            for term, count in Counter(found).items():
                keys.append(self.vocabulary.setdefault(term, len(self.vocabulary)) * self.size + number)
                values.append(share * count)
        return np.array(keys, np.int64), np.array(values, np.float64)
