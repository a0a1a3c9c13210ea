"""How near people are to a text: the pooling, the loss that it is measured by, and a small set of our own words."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.evaluation import people
from pipelines.evaluation.folders import CasesUnusable
from pipelines.people.likeness import LikenessSpace, TermSpace, pooled, pooled_by, scores
from pipelines.ports import Embedder
from tests.pipelines.people.neighbours import EMBEDDER, TEXTS

OURS = Path(__file__).parents[2] / "regression" / "people"


@given(st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=12), st.floats(0.01, 5))
def test_a_pooled_similarity_lies_between_the_mean_and_the_maximum(values: list[float], sharpness: float):
    found = float(pooled(np.array(values, np.float32), sharpness=sharpness))
    assert np.mean(values) - 1e-3 <= found <= max(values) + 1e-3


def test_pooling_by_runs_of_columns_is_pooling_each_and_what_is_hidden_counts_nothing():
    similar = np.random.default_rng(1).normal(size=(3, 7)).astype(np.float32)
    bounds = [0, 2, 3, 7]
    expected = [float(pooled(similar[:, a:b].reshape(-1))) for a, b in pairwise(bounds)]
    assert pooled_by(similar, bounds).tolist() == pytest.approx(expected, abs=1e-5)
    keep = np.array([1, 1, 0, 1, 1, 0, 0], bool)
    hidden = pooled_by(similar, bounds, keep)
    assert hidden[2] == pytest.approx(float(pooled(similar[:, 3:5].reshape(-1))), abs=1e-5)
    assert hidden[1] == min(hidden)


def test_words_against_words_equals_scikit_learns_tf_idf():
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [text.lower().replace(".", "").split() for text in TEXTS.values()]
    theirs = TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(texts)
    space = TermSpace(texts)
    ours = np.array([space.cosines(text) for text in texts])
    assert ours == pytest.approx((theirs @ theirs.T).toarray(), abs=1e-5)


def test_an_empty_text_and_an_empty_profile_are_near_to_nothing_and_break_nothing():
    space = LikenessSpace(["", *TEXTS.values()], EMBEDDER)
    assert not np.any(space.of_rows([0])[0])
    assert not np.any(space.of_text("", EMBEDDER)[1])
    found = scores([[], ["a"]], {"a": TEXTS["amara"]}, {"i": "pairs of teachers", "j": "tomatoes"}, EMBEDDER)
    assert found.shape == (2, 2)
    assert found[1, 0] > found[1, 1]


def test_what_is_known_of_a_person_does_not_depend_on_who_else_is_there():
    works, items = dict(TEXTS), {"i": "pairs of teachers who visit each other", "j": "tomatoes and books"}
    alone = scores([["amara", "chiyo"]], works, items, EMBEDDER)
    among = scores([["amara", "chiyo"], ["dagny"], ["emeka", "bilal"]], works, items, EMBEDDER)
    assert among[0].tolist() == pytest.approx(alone[0].tolist(), abs=1e-6)


def test_each_of_two_plain_cosines_is_pooled_by_itself_and_the_two_are_added():
    space = LikenessSpace([*TEXTS.values(), "pairs of teachers"], EMBEDDER)
    dense, lexical = space.of_rows([len(TEXTS)])
    plain = EMBEDDER.embed(list(TEXTS.values())) @ EMBEDDER.embed(["pairs of teachers"])[0]
    assert dense[0, :-1].tolist() == pytest.approx(plain.tolist(), abs=1e-5)
    expected = sum(float(np.log(np.exp(10 * each[0, :-1]).mean()) / 10) for each in (dense, lexical))
    found = scores([list(TEXTS)], TEXTS, {"i": "pairs of teachers"}, EMBEDDER)
    assert float(found[0, 0]) == pytest.approx(expected, abs=1e-4)


def _folder(at: Path, first: str) -> Path:
    """Two people rated for one item; a row begins with the person or with the item."""
    rated = ('{"person": "p", "item": "i", "rating": 5}\n{"person": "q", "item": "i", "rating": 1}'
             if first == "person" else
             '{"item": "i", "person": "p", "rating": 5}\n{"item": "i", "person": "q", "rating": 1}')  # fmt: skip
    texts = {"works": '{"id": "v", "text": "pairs of teachers"}\n{"id": "w", "text": "tomatoes"}',
             "items": '{"id": "i", "text": "teachers"}', "ratings": rated,
             "profiles-01": '{"person": "p", "works": ["v"]}\n{"person": "q", "works": ["w"]}'}  # fmt: skip
    for name, text in texts.items():
        (at / f"{name}.jsonl").write_text(text, "utf-8")
    return at


def test_where_ratings_are_of_people_for_an_item_people_are_compared(tmp_path: Path):
    rated = people.read(_folder(tmp_path, "item"))
    assert people.measure(rated, people.tfidf)["loss"] == 0.0
    assert people.measure(rated, lambda *given: -people.tfidf(*given))["loss"] == 1.0
    assert np.isnan(people.measure(people.read(_folder(tmp_path, "person")), people.tfidf)["loss"])


def test_the_loss_weighs_a_misordered_pair_by_its_rating_gap_and_a_tie_by_half():
    pairs = people.Pairs()
    pairs.add([5, 1, 4], [0.2, 0.9, 0.2])  # 5 below 1 (gap 4), 5 level with 4 (gap 1), 4 below 1 (gap 3)
    assert pairs.figures() == {"loss": 7.5 / 8, "easy": 0.0, "hard": 0.5}


def test_a_folder_that_names_a_text_that_is_not_there_is_refused(tmp_path: Path):
    for name, row in (("works", '{"id": "w", "text": "a"}'), ("items", '{"id": "i", "text": "b"}'),
                      ("profiles-01", '{"person": "p", "works": ["x"]}'),
                      ("ratings", '{"person": "p", "item": "i", "rating": 3}')):  # fmt: skip
        (tmp_path / f"{name}.jsonl").write_text(row, "utf-8")
    with pytest.raises(CasesUnusable, match="no text is there for x"):
        people.read(tmp_path)


@pytest.mark.model
def test_who_knows_what_is_found_no_worse_than_before_and_better_than_by_words_alone(packaged_embedder: Embedder):
    rated = people.read(OURS)
    found = people.measure(rated, lambda *given: scores(*given, packaged_embedder))
    assert found["loss"] <= 0.12  # measured .081
    assert found["loss"] < people.measure(rated, people.tfidf)["loss"]  # measured .091
