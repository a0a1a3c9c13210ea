"""An embedder that takes its time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.ports import Embedder, Vectors


class Slow:
    """An embedder during whose work something happens, once."""

    def __init__(self, embedder: Embedder, meanwhile: Callable[[], None]) -> None:
        self._embedder = embedder
        self._meanwhile: Callable[[], None] | None = meanwhile

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return self._embedder.embed(texts)
