"""Commons kept ready for as long as a process lives, by organization. Holds; reads nothing and permits nothing.

What may be used now is decided by whoever asks, with the works that are handed in: what is kept of a text saves
working it out again. Texts themselves are not kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pipelines.people.commons import Commons, Pointing, TextsOf, nowhere
from pipelines.people.values import PersonWork
from pipelines.ports import Embedder

KEPT: Final = 4
"""Organizations that are kept, those used last: up to a gigabyte for 100,000 works (docs/decisions/0010)."""


@dataclass
class _Place:
    """One organization's. `state` is what the reader wants to find again; `works` what the commons was made of."""

    building: threading.Lock = field(default_factory=threading.Lock)
    state: object = None
    works: Sequence[PersonWork] = ()
    embedder: str = ""
    commons: Commons | None = None


class KeptCommons:
    """Safe to use from several threads: what is kept is frozen, and replaced as a whole."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._lock = threading.Lock()

    def state(self, organization: str) -> object:
        """What was given with the last commons; None if nothing is kept."""
        with self._lock:
            place = self._places.get(organization)
            return place.state if place else None

    def commons(
        self,
        organization: str,
        works: Sequence[PersonWork],
        embedder: Embedder,
        read: TextsOf,
        state: object,
        pointed: Pointing = nowhere,
    ) -> Commons:
        """These works ready to be compared; the kept ones, if they are the very same. One thread at a time builds an
        organization's."""
        place = self._place(organization)
        with place.building:
            before = place.commons if place.embedder == embedder.name else None
            if before is None or place.works is not works:
                before = Commons(works, embedder, read, before, pointed)
            with self._lock:
                place.state, place.works, place.embedder, place.commons = state, works, embedder.name, before
        return before

    def _place(self, organization: str) -> _Place:
        with self._lock:
            place = self._places.setdefault(organization, _Place())
            self._places.move_to_end(organization)
            while len(self._places) > self._most:
                self._places.popitem(last=False)
        return place
