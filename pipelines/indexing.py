"""Brings the vector index to equal what its owners should hold there: compare, write, compare.

Pure over the ports: it knows ids and texts, not where they come from, and keeps nothing. The index is disposable, so
the answer is taken from a later read of it and never from what a write seemed to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.ports import Embedder, VectorIndex

BATCH = 1000
"""Vectors in one write: one at a time costs 7 ms at 20,000 vectors, batches of 1,000 add 1,500 and more a second."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What `owners` (all versions of one thing) should hold in `collection`: id → text to embed, none to be gone."""

    collection: str
    owners: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)


def settle(holdings: Sequence[Holding], embedder: Embedder, index: VectorIndex) -> list[Holding]:
    """Write what is wanted, delete what is not, and read again. Returns the holdings that the read does not confirm.

    Texts are always written, even where the id is there: the words under an id may have changed. The texts of one
    collection are embedded together. Raises IndexUnavailable.
    """
    by_collection: dict[str, list[Holding]] = {}
    for holding in holdings:
        by_collection.setdefault(holding.collection, []).append(holding)
    doubtful: list[Holding] = []
    for collection, held in by_collection.items():
        _write(collection, held, embedder, index)
        here = _by_owner(index.ids(collection))
        doubtful += [holding for holding in held if _owned(holding, here) != set(holding.texts)]
    return doubtful


def _write(collection: str, holdings: Sequence[Holding], embedder: Embedder, index: VectorIndex) -> None:
    wanted = {id_: text for holding in holdings for id_, text in holding.texts.items()}
    here = _by_owner(index.ids(collection))
    surplus = {id_ for holding in holdings for id_ in _owned(holding, here)} - set(wanted)
    for ids in _batches(sorted(surplus)):
        index.delete(collection, ids)
    for ids in _batches(wanted):
        index.write(collection, ids, embedder.embed([wanted[id_] for id_ in ids]))


def _by_owner(ids: Iterable[str]) -> dict[str, set[str]]:
    """Passages are called `owner@start-end`; a point is its own owner."""
    owned: dict[str, set[str]] = {}
    for id_ in ids:
        owned.setdefault(id_.split("@", 1)[0], set()).add(id_)
    return owned


def _owned(holding: Holding, here: Mapping[str, set[str]]) -> set[str]:
    return set[str]().union(*(here.get(owner, set()) for owner in holding.owners))


def _batches(ids: Iterable[str]) -> Iterable[list[str]]:
    rest = list(ids)
    return (rest[at : at + BATCH] for at in range(0, len(rest), BATCH))
