"""What every benchmark needs: rows from files, an embedder by name, progress on standard error, the last line."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.adapters.sentence_transformer import SentenceTransformerEmbedder, packaged_model_path
from pipelines.ports import Embedder, Vectors


class Remembering:
    """An embedder that embeds no text twice, as the service's does."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for text, vector in zip(new, self._embedder.embed(new), strict=True):
            self._known[text] = vector
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return np.stack([self._known[text] for text in texts])


def embedder(name: str) -> Embedder:
    """`minilm`, the default and packaged model, or `hashing`."""
    match name:
        case "minilm":
            return Remembering(SentenceTransformerEmbedder(packaged_model_path()))
        case "hashing":
            return Remembering(HashingEmbedder())
        case other:
            raise SystemExit(f"There is no embedder '{other}'. Choose minilm or hashing.")


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON-lines file; none if there is no file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def say(text: str) -> None:
    """Progress, for the person who waits."""
    print(text, file=sys.stderr, flush=True)


def last_line(figures: Mapping[str, Any]) -> None:
    """One JSON object, the last on standard output."""
    print(json.dumps(figures, ensure_ascii=False))


def share(flags: Sequence[bool]) -> float | None:
    """The share that is true; None of none."""
    return round(sum(flags) / len(flags), 4) if flags else None
