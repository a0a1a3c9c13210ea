"""A Library and an Embedder that live in memory: the second implementation of the one port, a cache for the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from pipelines.ports import Embedder, Vectors
from pipelines.values import Reviewed, Scope, Shelf, ShelfItem


class MemoryLibrary:
    """Items by organization and shelf, judged work by challenge. Everything in it is shared; only scopes limit it."""

    def __init__(self) -> None:
        self._items: dict[tuple[Shelf, str], dict[str, ShelfItem]] = defaultdict(dict)
        self._reviewed: dict[str, list[Reviewed]] = defaultdict(list)
        self._changes: Counter[tuple[Shelf, str]] = Counter()

    def add(self, part: str, items: Iterable[ShelfItem]) -> None:
        """Put items on their shelf; `part` is the organization for context, the challenge for the others."""
        for item in items:
            self._items[item.shelf, part][item.id] = item
            self._changes[item.shelf, part] += 1

    def remove(self, part: str, shelf: Shelf, ids: Iterable[str]) -> None:
        """Take items off a shelf."""
        for id_ in ids:
            del self._items[shelf, part][id_]
            self._changes[shelf, part] += 1

    def judge(self, challenge: str, reviewed: Iterable[Reviewed]) -> None:
        """Add judged work to a challenge, the most recent last."""
        self._reviewed[challenge].extend(reviewed)

    def fingerprint(self, shelf: Shelf, scope: Scope) -> str:
        return f"{scope.peers} {scope.author} {self._changes[shelf, _part(shelf, scope)]}"

    def read(self, shelf: Shelf, scope: Scope, ids: Sequence[str] | None = None) -> list[ShelfItem]:
        held = self._items[shelf, _part(shelf, scope)]
        wanted = list(held) if ids is None else [id_ for id_ in ids if id_ in held]
        return [held[id_] for id_ in wanted if self._may_see(held[id_], scope)]

    def visible(self, shelf: Shelf, scope: Scope) -> set[str]:
        return {item.id for item in self.read(shelf, scope)}

    def reviewed(self, scope: Scope, limit: int) -> list[Reviewed]:
        mine = [one for one in self._reviewed[scope.challenge] if not one.author or one.author != scope.author]
        return mine[-limit:][::-1]

    @staticmethod
    def _may_see(item: ShelfItem, scope: Scope) -> bool:
        own = bool(item.author) and item.author == scope.author
        return item.shelf is Shelf.CONTEXT or (scope.peers and not own)


def _part(shelf: Shelf, scope: Scope) -> str:
    return scope.organization if shelf is Shelf.CONTEXT else scope.challenge


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
