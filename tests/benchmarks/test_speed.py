"""What the benchmark of speed makes and counts."""

from __future__ import annotations

from benchmarks import speed


def test_texts_are_the_same_each_time_and_of_the_lengths_that_are_promised() -> None:
    texts = speed.invented(50, 1)
    assert texts == speed.invented(50, 1) != speed.invented(50, 2)
    lengths = [len(text.split()) for text in texts]
    assert min(lengths) >= 20
    assert 100 < max(lengths) <= 224


def test_a_bundle_holds_a_learner_and_a_work_for_each_text() -> None:
    kinds = [line["kind"] for line in speed.lines(["a", "b"])]
    assert kinds.count("submission") == 2
    assert kinds.count("person") == 3, "the facilitator, and two learners"
