"""Embedder that needs no model: character n-grams of words, hashed with signs into a fixed number of columns.

It knows spelling, not meaning: the lexical baseline, what tests use, and what runs where no model may. Works in any
language, knows none. Holds no state, so the same text gives the same vector on every machine and in every process.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.ports import Vectors

_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio; spreads CRC-32, whose low bits are linear in the text


class HashingEmbedder:
    """`shortest`..`longest` are the n-gram lengths, word boundaries included as a space. Thread-safe."""

    def __init__(self, dimensions: int = 1024, *, shortest: int = 2, longest: int = 5) -> None:
        if dimensions < 2 or not 1 <= shortest <= longest:
            raise ValueError("A hashing embedder needs at least 2 dimensions and 1 <= shortest <= longest.")
        self._dimensions, self._shortest, self._longest = dimensions, shortest, longest

    @property
    def name(self) -> str:
        return f"char-ngrams-{self._shortest}-{self._longest}-{self._dimensions}@1"

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Sublinear term frequency (1 + ln tf), unit length. Empty or blank text: a zero row."""
        row_of = {text: self._row(text) for text in dict.fromkeys(texts)}
        rows = [row_of[text] for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self._dimensions), dtype=np.float32)

    def _row(self, text: str) -> Vectors:
        row = np.zeros(self._dimensions)
        if not text.strip():
            return row.astype(np.float32)
        counts = Counter(_ngrams(text, self._shortest, self._longest))
        columns, signs = self._places(list(counts))
        weights = 1.0 + np.log(np.fromiter(counts.values(), dtype=float, count=len(counts)))
        np.add.at(row, columns, signs * weights)
        if not row.any():  # every n-gram met another of the opposite sign: as good as never, but the row must be unit
            row[zlib.crc32(_bytes(text)) % self._dimensions] = 1.0
        unit: Vectors = (row / np.linalg.norm(row)).astype(np.float32)
        return unit

    def _places(self, grams: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Column and sign of each n-gram. Signs make collisions cancel on average instead of adding up."""
        hashed = np.fromiter((zlib.crc32(_bytes(gram)) for gram in grams), dtype=np.uint64, count=len(grams))
        mixed = (hashed * _MIX) >> np.uint64(32)
        columns = ((mixed >> np.uint64(1)) % np.uint64(self._dimensions)).astype(np.int64)
        return columns, np.where(mixed & np.uint64(1), 1.0, -1.0)


def _ngrams(text: str, shortest: int, longest: int) -> Iterator[str]:
    """N-grams inside words, so that word order does not matter; a whole short word is its own longest n-gram."""
    for word in unicodedata.normalize("NFKC", text).casefold().split():
        padded = f" {word} "
        for size in range(shortest, min(longest, len(padded)) + 1):
            for at in range(len(padded) - size + 1):
                yield padded[at : at + size]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
