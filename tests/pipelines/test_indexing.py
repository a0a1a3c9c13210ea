"""The index is brought to equal what its owners should hold, and a later read has to say so."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipelines.adapters.exact import ExactIndex
from pipelines.adapters.hashing import HashingEmbedder
from pipelines.indexing import BATCH, Holding, settle
from pipelines.ports import Vectors

WORK = "work-c1"


@pytest.fixture
def index() -> ExactIndex:
    return ExactIndex()


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder(64)


def of(owner: str, *spans: str) -> Holding:
    return Holding(WORK, (owner,), {f"{owner}@{span}": f"text {owner} {span}" for span in spans})


def test_what_is_wanted_is_there_afterwards(index: ExactIndex, embedder: HashingEmbedder) -> None:
    assert settle([of("r1", "0-4", "4-9"), of("r2", "0-7")], embedder, index) == []
    assert index.ids(WORK) == {"r1@0-4", "r1@4-9", "r2@0-7"}


def test_doing_it_twice_changes_nothing(index: ExactIndex, embedder: HashingEmbedder) -> None:
    for _ in range(2):
        assert settle([of("r1", "0-4")], embedder, index) == []
    assert index.ids(WORK) == {"r1@0-4"}


def test_what_is_no_longer_wanted_is_gone_and_others_stay(index: ExactIndex, embedder: HashingEmbedder) -> None:
    settle([of("r1", "0-4", "4-9"), of("r2", "0-7")], embedder, index)
    assert settle([Holding(WORK, ("r1",))], embedder, index) == []
    assert index.ids(WORK) == {"r2@0-7"}


def test_an_owner_whose_name_begins_like_another_is_left_alone(index: ExactIndex, embedder: HashingEmbedder) -> None:
    settle([of("r1", "0-4"), of("r12", "0-4")], embedder, index)
    settle([Holding(WORK, ("r1",))], embedder, index)
    assert index.ids(WORK) == {"r12@0-4"}


def test_a_new_version_takes_the_old_ones_place(index: ExactIndex, embedder: HashingEmbedder) -> None:
    settle([of("v1", "0-4")], embedder, index)
    settle([Holding(WORK, ("v1", "v2"), {"v2@0-5": "new"})], embedder, index)
    assert index.ids(WORK) == {"v2@0-5"}


def test_words_that_change_under_an_id_are_found_by_the_new_ones(index: ExactIndex, embedder: HashingEmbedder) -> None:
    settle([Holding(WORK, ("p1",), {"p1": "about the schedule"})], embedder, index)
    settle([Holding(WORK, ("p1",), {"p1": "wer schreibt mit"})], embedder, index)
    (found,) = index.search(WORK, embedder.embed(["wer schreibt mit"])[0], 1)
    assert found[1] == pytest.approx(1.0, abs=1e-5)


class Forgetful(ExactIndex):
    """An index that acknowledges writes and loses them, as a real one did after a crash."""

    def write(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        return


def test_a_write_that_a_later_read_does_not_show_is_told(embedder: HashingEmbedder) -> None:
    wish = of("r1", "0-4")
    assert settle([wish, Holding(WORK, ("r2",))], embedder, Forgetful()) == [wish]


def test_more_than_one_batch_is_written_and_taken_out(index: ExactIndex, embedder: HashingEmbedder) -> None:
    many = Holding(WORK, ("r1",), {f"r1@{at}-{at + 1}": "the same" for at in range(BATCH + 3)})
    assert settle([many], embedder, index) == []
    assert len(index.ids(WORK)) == BATCH + 3
    assert settle([Holding(WORK, ("r1",))], embedder, index) == []
    assert index.ids(WORK) == set()
