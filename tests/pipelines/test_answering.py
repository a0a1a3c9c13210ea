"""A question that no document answers is told so, on whatever scale the embedder measures nearness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from pipelines import answering
from pipelines.adapters.exact import ExactIndex
from pipelines.adapters.hashing import HashingEmbedder
from pipelines.evaluation.context import scope
from pipelines.evaluation.folders import passages
from pipelines.evaluation.shelves import MemoryLibrary
from pipelines.ports import Embedder, Vectors
from pipelines.retrieval import Caps, Shelves, collection, find, parts_of
from pipelines.texts.lexical import LexicalIndex
from pipelines.values import Evidence, Shelf

PAGES = {
    "garden.md": "# The school garden\n\nThe garden is watered twice a week. The gate is locked at five.",
    "visits.md": "# Visits\n\nTeachers visit each other in pairs. Each visit lasts 45 minutes.",
}


class Cramped:
    """An embedder whose vectors all lie close together, as those of some models do."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.asked: list[str] = []

    name = "cramped"
    dimensions = 257

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        vectors = self._embedder.embed(texts)
        return np.hstack([0.5 * vectors, np.full((len(texts), 1), np.sqrt(0.75), np.float32)]).astype(np.float32)


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both embedders here, as if their floors had been looked at."""
    monkeypatch.setattr(answering, "MEASURED", frozenset({HashingEmbedder(256).name.rpartition("@")[2], Cramped.name}))


@pytest.fixture(params=["as it is", "cramped"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    hashing = HashingEmbedder(256)
    return Cramped(hashing) if request.param == "cramped" else hashing


def ask(text: str, embedder: Embedder) -> list[Evidence]:
    shelves, items = Shelves(MemoryLibrary(), ExactIndex()), passages(PAGES, "quillmere")
    assert isinstance(shelves.library, MemoryLibrary)
    shelves.library.add("quillmere", items)
    vectors = embedder.embed([one.indexed for one in items])
    shelves.index.write(collection(Shelf.CONTEXT, scope("quillmere")), [one.id for one in items], vectors)
    return find(
        Shelf.CONTEXT, parts_of(text, embedder), scope("quillmere"), shelves, embedder, limit=5, caps=Caps(per_author=0)
    )


def test_what_a_document_speaks_of_is_answered_and_what_none_does_is_not(embedder: Embedder) -> None:
    assert answering.answered(ask("When is the gate of the school garden locked?", embedder), embedder)
    assert not answering.answered(ask("Quel est le prix du billet pour Lyon?", embedder), embedder)


def test_of_what_was_found_only_what_speaks_to_it_is_near_enough(embedder: Embedder) -> None:
    found = ask("How often is the school garden watered in a week?", embedder)
    assert len(found) == 2
    assert [one.item.title for one in answering.near_enough(found, embedder)] == ["garden"]


def test_where_nothing_was_found_nothing_answers(embedder: Embedder) -> None:
    assert not answering.answered([], embedder)


def test_nothing_is_left_out_by_an_embedder_whose_floor_nobody_measured(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MEASURED", frozenset())
    found = ask("Quel est le prix du billet pour Lyon?", embedder)
    assert answering.near_enough(found, embedder) == found
    assert answering.answered(found, embedder)


def test_of_few_long_documents_a_passage_answers_and_of_many_the_document() -> None:
    one = ask("When is the gate of the school garden locked?", HashingEmbedder(256))[0]
    handbook = [replace(one, dense=0.6, whole=0.1)]
    many = [replace(handbook[0], item=replace(one.item, id=str(n), document=str(n))) for n in range(answering.FEW)]
    assert (answering.nearness(handbook), answering.nearness(many)) == (0.6, 0.1)


def test_the_scale_of_an_embedder_is_taken_once() -> None:
    one = Cramped(HashingEmbedder(256))
    answering.floor(one)
    one.asked.clear()
    answering.floor(one)
    assert one.asked == []


def test_a_question_is_asked_as_a_whole_and_by_its_sentences_but_not_by_a_greeting(embedder: Embedder) -> None:
    told = "Hello there. My wallet was stolen on the market. Do I pay for a new driving card?"
    whole, *alone = parts_of(told, embedder)
    assert whole.text == told
    assert [one.text for one in alone] == [
        "My wallet was stolen on the market.",
        "Do I pay for a new driving card?",
    ]
    assert sum(one.weight for one in alone) == pytest.approx(whole.weight)
    assert len(parts_of("Do I pay for a new driving card?", embedder)) == 1


def test_words_are_as_loud_as_the_best_text_covers_the_question() -> None:
    texts = [["gate", "lock"], ["garden", "water"], ["visit", "pair"]]
    index = LexicalIndex([texts])

    def covered(*wanted: str) -> float:
        return index.covered(index.scores(wanted), wanted)

    assert covered("gate", "lock") == pytest.approx(1.0, abs=0.01)
    assert 0.3 < covered("gate", "visit") < 0.7
    assert 0 < covered("gate", "wallet", "stolen", "market") < covered("gate", "visit")
    assert covered("wallet") == covered() == 0.0
