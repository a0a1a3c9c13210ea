"""How often the look at criteria is right, on rubrics written by hand: nine of ten remarks of each kind, or none.

`python -m benchmarks.criteria` prints the table that docs/decisions/0013-calibrate-before-a-batch.md holds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.criteria import measure
from pipelines.adapters.hashing import HashingEmbedder
from pipelines.criteria_check import asks_two, look
from pipelines.evaluation.shelves import Remembering
from pipelines.looked_at import CriteriaRemark, CriteriaRemarkCode
from pipelines.ports import Embedder
from pipelines.values import ChallengeAsItStands, Criterion

HERE = Path(__file__).parent / "criteria"
AT_LEAST = {
    "two_things": 0.6,
    "alike": 0.1,
    "question": 0.9,
    "order": 0.5,
    "gives_away": 0.9,
    "empty": 0.9,
    "long": 0.9,
}


@pytest.fixture(scope="module")
def figures(packaged_embedder: Embedder) -> dict[str, Any]:
    return measure(HERE, Remembering(packaged_embedder))


@pytest.mark.model
@pytest.mark.parametrize("part", ["en", "de", "held"])
def test_nine_of_ten_remarks_of_each_kind_are_right(figures: dict[str, Any], part: str) -> None:
    for code, one in figures[part].items():
        assert one["precision"] is None or one["precision"] >= 0.9, code
        assert one["recall"] is None or one["recall"] >= AT_LEAST.get(code, 0.0), code


def seen(*texts: str, language: str = "en", reference: str = "", works: tuple[str, ...] = ()) -> list[CriteriaRemark]:
    criteria = tuple(Criterion(f"k{at}", text) for at, text in enumerate(texts, 1))
    challenge = ChallengeAsItStands("c", "Plan it.", reference=reference, language=language, criteria=criteria)
    return list(look(challenge, works, HashingEmbedder()))


def remark(code: str, *criteria: str) -> CriteriaRemark:
    return CriteriaRemark(CriteriaRemarkCode(code), criteria)


def test_the_same_criterion_twice_is_told_once_for_both() -> None:
    assert seen("Names who and when.", "says why", "names who, and when") == [remark("same", "k1", "k3")]


def test_opposites_that_differ_in_a_word_are_not_called_alike() -> None:
    assert seen("describes it before the visit", "describes it after the visit", "names two people", "says why") == []


@pytest.mark.parametrize("text", ["", "   ", "…", "tbd", "To be added."])
def test_a_criterion_that_says_nothing_is_told_and_nothing_else_of_it(text: str) -> None:
    assert seen("says why", text) == [remark("empty", "k2")]


@pytest.mark.parametrize(
    ("text", "language", "two"),
    [
        ("names a price and justifies it", "en", True),
        ("names the pros and cons", "en", False),
        ("says who checks and signs the log", "en", False),
        ("nennt einen Preis und begründet ihn", "de", True),
        ("nennt Gefahren und Gegenmittel", "de", False),
        ("nomme un prix et le justifie", "fr", False),  # no table of words: nothing is claimed
    ],
)
def test_a_criterion_asks_two_things_where_a_second_verb_has_an_object_of_its_own(
    text: str, language: str, two: bool
) -> None:
    assert asks_two(text, language) is two


def test_of_the_works_nothing_is_said_before_there_are_five() -> None:
    criteria = ("names the day of the visit", "cites the treaty of Westphalia on page twelve")
    works = tuple(f"The day of the visit is day {at} of May." for at in range(4))
    assert seen(*criteria, works=works) == []


def test_criteria_in_a_language_without_words_of_ours_are_looked_at_without_them() -> None:
    assert seen("nomme deux personnes", "nomme deux personnes", language="fr") == [remark("same", "k1", "k2")]
    assert seen("une limite ?", "cite deux sources", language="fr") == [remark("question", "k1")]
