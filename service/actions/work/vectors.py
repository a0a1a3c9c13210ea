"""Vectors of whole texts, made of those stored for their passages. Loads no model and makes no vector of a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.values import Shelf, ShelfItem
from service.domain.texts import digest
from service.store.tables import PassageRow, VectorRow

MOST_PASSAGES = 30_000
"""Of all texts together; one statement asks for their vectors, and SQLite takes 32,766 parameters."""

VectorsOfTexts = Mapping[str, NDArray[np.float32]]


def of_revisions(session: Session, organization: str, texts: Mapping[str, str]) -> tuple[str, VectorsOfTexts]:
    """The embedder that knows most of these revisions (id → text), and its unit vectors by revision: the mean of the
    passages'. In two statements, and one for each embedder there is."""
    passages = session.execute(
        select(PassageRow.owner_id, PassageRow.start, PassageRow.end, PassageRow.heading, PassageRow.shelf)
        .where(PassageRow.owner_id.in_(texts))  # with the shelf in it, SQLite goes through all of the shelf
        .order_by(PassageRow.owner_id, PassageRow.start)
        .limit(MOST_PASSAGES)
    )
    owners: dict[str, list[str]] = {}
    for owner, start, end, heading, shelf in passages:
        if shelf is Shelf.WORK:
            owners.setdefault(digest(_indexed(owner, texts[owner][start:end], heading)), []).append(owner)
    stored = session.execute(
        select(VectorRow.model, VectorRow.text_hash, VectorRow.data).where(
            VectorRow.organization_id == organization,
            VectorRow.model.in_(_models(session, organization)),
            VectorRow.text_hash.in_(owners),
        )
    )
    found: dict[str, dict[str, list[NDArray[np.float32]]]] = {}
    for model, hash_, data in stored:
        for owner in owners[hash_]:
            found.setdefault(model, {}).setdefault(owner, []).append(np.frombuffer(data, dtype="<f4"))
    best = max(sorted(found), key=lambda model: len(found[model]), default="")
    return best, {owner: _mean(own) for owner, own in found.get(best, {}).items()}


def _models(session: Session, organization: str) -> list[str]:
    """Embedders of whom the organization has vectors: few, each found by one look into the key. A search by hash alone
    goes through all of an organization's vectors."""
    found: list[str] = []
    while True:
        query = select(func.min(VectorRow.model)).where(VectorRow.organization_id == organization)
        after = session.scalar(query.where(VectorRow.model > found[-1]) if found else query)
        if after is None:
            return found
        found.append(after)


def _indexed(owner: str, text: str, heading: str) -> str:
    """The words that were embedded for a passage of work."""
    return ShelfItem("", Shelf.WORK, text, owner, heading=heading).indexed


def _mean(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    total = np.sum(vectors, axis=0)
    unit: NDArray[np.float32] = (total / max(float(np.linalg.norm(total)), 1e-12)).astype(np.float32)
    return unit
