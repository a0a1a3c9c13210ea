"""A Library kept in memory, filled from a benchmark's folder: the second implementation of that port."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipelines.values import Item, Reviewed, Scope, Shelf


class MemoryLibrary:
    """Items by organization and shelf, judged work by challenge. Everything in it is shared; only scopes limit it."""

    def __init__(self) -> None:
        self._items: dict[tuple[Shelf, str], dict[str, Item]] = defaultdict(dict)
        self._reviewed: dict[str, list[Reviewed]] = defaultdict(list)

    def add(self, part: str, items: Iterable[Item]) -> None:
        """Put items on their shelf; `part` is the organization for context, the challenge for the others."""
        for item in items:
            self._items[item.shelf, part][item.id] = item

    def judge(self, challenge: str, reviewed: Iterable[Reviewed]) -> None:
        """Add judged work to a challenge."""
        self._reviewed[challenge].extend(reviewed)

    def fingerprint(self, shelf: Shelf, scope: Scope) -> str:
        ids = "\n".join(self._items[shelf, _part(shelf, scope)])
        return hashlib.sha256(ids.encode()).hexdigest()

    def read(self, shelf: Shelf, scope: Scope, ids: Sequence[str] | None = None) -> list[Item]:
        held = self._items[shelf, _part(shelf, scope)]
        wanted = list(held) if ids is None else [id_ for id_ in ids if id_ in held]
        return [held[id_] for id_ in wanted if self._may_see(held[id_], scope)]

    def reviewed(self, scope: Scope, limit: int) -> list[Reviewed]:
        mine = [one for one in self._reviewed[scope.challenge] if not one.author or one.author != scope.author]
        return mine[-limit:][::-1]

    @staticmethod
    def _may_see(item: Item, scope: Scope) -> bool:
        own = bool(item.author) and item.author == scope.author
        return item.shelf is Shelf.CONTEXT or (scope.peers and not own)


def _part(shelf: Shelf, scope: Scope) -> str:
    return scope.organization if shelf is Shelf.CONTEXT else scope.challenge
