"""Vectors remembered by what was embedded, so that nothing is embedded twice and an index can be made anew from rows.

The model never thinks inside a transaction: one reads what is known, a second, short one keeps what was new. What was
used lately is known without asking the database: a draft looks at the same passages again and again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.ports import Embedder, Vectors
from service.domain.texts import digest
from service.store.session import Sessions, insert
from service.store.tables import VectorRow

MOST_AT_ONCE = 1000
"""Hashes in one statement, and rows in one INSERT of four values each; SQLite takes 32,766 parameters."""

_STORED = np.dtype("<f4")  # the same bytes on every machine


LATELY = 20_000
"""Vectors of all organizations held in memory at once: 31 MB at 384 numbers each, and all passages of some 5,000
submissions."""


class LatelyUsed:
    """The vectors used last, the least lately used dropped first; keys hold the organization. Thread-safe."""

    def __init__(self, most: int = LATELY) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str, str], Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, organization: str, model: str, hashes: Iterable[str]) -> dict[str, Vectors]:
        found = {}
        with self._lock:
            for hash_ in hashes:
                key = (organization, model, hash_)
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[hash_] = self._kept[key]
        return found

    def keep(self, organization: str, model: str, vectors: Mapping[str, Vectors]) -> None:
        with self._lock:
            for hash_, vector in vectors.items():
                self._kept[organization, model, hash_] = vector
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


class RememberedEmbedder:
    """pipelines.ports.Embedder over another one, for one organization. The same text in another one is embedded again:
    nothing crosses, not even that somebody there has written the same."""

    def __init__(
        self, embedder: Embedder, sessions: Sessions, organization: str, lately: LatelyUsed | None = None
    ) -> None:
        self._embedder = embedder
        self._sessions = sessions
        self._organization = organization
        self._lately = lately or LatelyUsed()

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As the embedder within would; only texts that were never embedded reach it, each once."""
        hashes = [digest(text) for text in texts]
        name, wanted = self.name, list(dict.fromkeys(hashes))
        known = self._lately.known(self._organization, name, wanted)
        kept = self._known([hash_ for hash_ in wanted if hash_ not in known])
        known |= kept
        missing = {hash_: text for hash_, text in zip(hashes, texts, strict=True) if hash_ not in known}
        if missing:
            made = self._embedder.embed(list(missing.values()))
            fresh = dict(zip(missing, np.asarray(made, dtype=np.float32), strict=True))
            self._keep(fresh)
            kept |= fresh
            known |= fresh
        self._lately.keep(self._organization, name, kept)
        if not hashes:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack([known[hash_] for hash_ in hashes])

    def _known(self, hashes: Sequence[str]) -> dict[str, Vectors]:
        if not hashes:
            return {}
        with self._sessions.reading() as session:
            return {
                hash_: np.frombuffer(data, dtype=_STORED).astype(np.float32)
                for chunk in _chunks(hashes)
                for hash_, data in session.execute(
                    select(VectorRow.text_hash, VectorRow.data).where(
                        VectorRow.organization_id == self._organization,
                        VectorRow.model == self.name,
                        VectorRow.text_hash.in_(chunk),
                    )
                )
                if len(data) == self.dimensions * _STORED.itemsize
            }

    def _keep(self, fresh: dict[str, Vectors]) -> None:
        with self._sessions.writing() as session:
            for chunk in _chunks(sorted(fresh)):  # in one order everywhere, so that two writers never wait in a circle
                _insert(session, [self._row(hash_, fresh[hash_]) for hash_ in chunk])

    def _row(self, hash_: str, vector: Vectors) -> dict[str, object]:
        data = vector.astype(_STORED).tobytes()
        return {"organization_id": self._organization, "model": self.name, "text_hash": hash_, "data": data}


def _insert(session: Session, rows: list[dict[str, object]]) -> None:
    """Keep what nobody else has kept meanwhile; it is the same vector."""
    session.execute(insert(session, VectorRow).values(rows).on_conflict_do_nothing())


def _chunks(hashes: Sequence[str]) -> Iterator[Sequence[str]]:
    return (hashes[at : at + MOST_AT_ONCE] for at in range(0, len(hashes), MOST_AT_ONCE))
