"""Nothing is embedded twice within an organization, and nothing is remembered across organizations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.ports import Vectors
from service.domain.texts import digest
from service.store import vectors
from service.store.session import Sessions
from service.store.tables import VectorRow
from service.store.vectors import RememberedEmbedder
from tests.service.store.world import World
from tests.statements import statements


class LetterEmbedder:
    """A small real embedder: how often a, b and c stand in a text, to length 1. It notes what it was given."""

    dimensions = 3

    def __init__(self, name: str = "letters/1", sessions: Sessions | None = None) -> None:
        self.name = name
        self.given: list[str] = []
        self._sessions = sessions

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.given.extend(texts)
        if self._sessions is not None:
            pool = self._sessions.engine.pool
            assert pool.checkedout() == 0  # type: ignore[attr-defined]
        counts = np.array([[text.count(letter) for letter in "abc"] for text in texts], dtype=np.float32)
        lengths = np.linalg.norm(counts, axis=1, keepdims=True)
        return np.divide(counts, lengths, out=np.zeros_like(counts), where=lengths > 0)


def test_a_text_reaches_the_model_once_and_its_vector_is_the_same_ever_after(world: World) -> None:
    inner = LetterEmbedder()
    embedder = RememberedEmbedder(inner, world.sessions, world.organization)
    first = embedder.embed(["aab", "c", "aab", ""])
    assert inner.given == ["aab", "c", ""]
    again = RememberedEmbedder(inner, world.sessions, world.organization).embed(["", "aab", "bb"])
    assert inner.given == ["aab", "c", "", "bb"]
    assert first.dtype == again.dtype == np.float32
    assert (first[[0, 3]] == again[[1, 0]]).all()
    assert (first[0] == first[2]).all()


def test_no_texts_give_no_rows(world: World) -> None:
    assert RememberedEmbedder(LetterEmbedder(), world.sessions, world.organization).embed([]).shape == (0, 3)


def test_a_repeated_text_fills_every_place_it_stands_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "MOST_AT_ONCE", 2)
    texts = ["a", "b", "a", "ab", "c", "b", "bc"]
    embedder = RememberedEmbedder(LetterEmbedder(), world.sessions, world.organization)
    assert (embedder.embed(texts) == LetterEmbedder().embed(texts)).all()
    assert (embedder.embed(texts[::-1]) == LetterEmbedder().embed(texts[::-1])).all()


def test_vectors_of_another_model_are_not_taken(world: World) -> None:
    RememberedEmbedder(LetterEmbedder(), world.sessions, world.organization).embed(["a"])
    other = LetterEmbedder("letters/2")
    RememberedEmbedder(other, world.sessions, world.organization).embed(["a"])
    assert other.given == ["a"]


def test_vectors_of_another_organization_are_not_taken(world: World) -> None:
    inner = LetterEmbedder()
    for place in (world, World(world.sessions, "valley")):
        RememberedEmbedder(inner, world.sessions, place.organization).embed(["a"])
    assert inner.given == ["a", "a"]


def test_no_transaction_is_open_while_the_model_thinks(world: World) -> None:
    inner = LetterEmbedder(sessions=world.sessions)
    RememberedEmbedder(inner, world.sessions, world.organization).embed(["a", "b"])
    assert inner.given == ["a", "b"]


def test_two_that_embed_the_same_text_at_the_same_time_both_succeed(world: World) -> None:
    class Slow(LetterEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            RememberedEmbedder(LetterEmbedder(), world.sessions, world.organization).embed(texts)
            return super().embed(texts)

    assert RememberedEmbedder(Slow(), world.sessions, world.organization).embed(["a", "b"]).shape == (2, 3)


def test_vectors_are_kept_as_little_endian_float32(world: World) -> None:
    RememberedEmbedder(LetterEmbedder(), world.sessions, world.organization).embed(["ab"])
    with world.sessions.reading() as session:
        (data,) = session.scalars(select(VectorRow.data))
    assert data == np.array([0.5**0.5, 0.5**0.5, 0], dtype="<f4").tobytes()


def test_what_was_used_lately_is_known_without_the_database_but_in_its_organization_alone(world: World) -> None:
    inner, lately = LetterEmbedder(), vectors.LatelyUsed(most=2)
    here = RememberedEmbedder(inner, world.sessions, world.organization, lately)
    first = here.embed(["a", "ab"])
    with Session(world.sessions.engine) as session, statements(session) as said:
        assert (here.embed(["ab", "a"]) == first[::-1]).all()
    assert [one for one in said if "vectors" in one] == []
    assert lately.known("another", inner.name, [digest("a")]) == {}
    here.embed(["b"])
    assert set(lately.known(world.organization, inner.name, map(digest, ("a", "ab", "b")))) == {
        digest("a"),
        digest("b"),
    }
    assert (here.embed(["ab"]) == first[1]).all()
