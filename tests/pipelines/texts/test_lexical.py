"""Words against words: what counts as a word, and which text has more of what is wanted."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pipelines.texts.lexical import K1, B, LexicalIndex, shelf_language, terms


def scores(texts: list[list[str]], *wanted: str) -> list[float]:
    return LexicalIndex([texts]).scores(wanted).tolist()


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The visits were useful, and useful again", "en", ["visit", "use", "use"]),
        ("Die Besuche der Lehrerinnen", "de", ["besuch", "lehr"]),
        ("The visits", "", ["the", "visits"]),
        ("the bank's fees don't rise", "en", ["bank", "fee", "rise"]),
        ("ＡＴＭ № 4711 STRASSE", "", ["atm", "no", "4711", "strasse"]),
        ("Grundschullehrkräfte_2026", "", ["grundschullehrkräfte", "2026"]),
        ("", "en", []),
        ("… — !?", "en", []),
    ],
)
def test_words_are_folded_stemmed_and_without_those_that_say_nothing(
    text: str, language: str, expected: list[str]
) -> None:
    assert terms(text, language) == expected


def test_a_word_that_is_no_word_is_left_as_it_is() -> None:
    assert terms("x" * 5000, "en") == ["x" * 5000]


def test_the_score_is_bm25() -> None:
    texts = [["visit", "visit", "pair"], ["pair"], ["hen", "yard", "hen", "egg"]]
    idf = math.log1p((3 - 1 + 0.5) / (1 + 0.5))
    tf = 2 / (1 - B + B * 3 / (8 / 3))
    assert scores(texts, "visit") == pytest.approx([idf * tf * (K1 + 1) / (tf + K1), 0, 0], rel=1e-5)


def test_a_rare_word_says_more_than_a_common_one() -> None:
    texts = [["garden", "hen"], ["garden", "egg"], ["garden", "egg"], ["egg", "yard"]]
    assert scores(texts, "hen")[0] > scores(texts, "garden")[0]


def test_a_word_wanted_twice_counts_once_and_an_unknown_one_not_at_all() -> None:
    texts = [["hen"], ["egg"]]
    assert scores(texts, "hen", "hen", "ostrich") == scores(texts, "hen")


def test_a_word_in_the_heading_counts_as_one_in_the_text() -> None:
    found = LexicalIndex([[["egg"], ["yard"]], [["hen"], []]]).scores(["hen"])
    assert found[0] > 0 == found[1]


def test_no_texts_give_no_scores() -> None:
    assert LexicalIndex([[]]).scores(["hen"]).shape == (0,)
    assert LexicalIndex([[[], []]]).scores(["hen"]).tolist() == [0, 0]


def test_scores_do_not_depend_on_the_order_of_what_is_wanted() -> None:
    dice = np.random.default_rng(0)
    texts = [[f"w{word}" for word in dice.integers(0, 50, 30)] for _ in range(40)]
    wanted = [f"w{word}" for word in range(50)]
    index = LexicalIndex([texts])
    assert index.scores(wanted).tolist() == index.scores(reversed(wanted)).tolist()


def test_the_language_of_a_shelf_is_that_of_most_of_its_words() -> None:
    english = ["We visit each other in pairs, and then we talk about what we have seen in the staff meeting."]
    german = ["Wir besuchen uns zu zweit, und dann sprechen wir in der Konferenz über das, was wir gesehen haben."]
    assert shelf_language(english) == "en"
    assert shelf_language([*german, *german]) == "de"
    assert shelf_language([]) == ""
