"""When two pieces of work are nearly the same text."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from service.domain.texts.likeness import MOST, NEARLY, Likeness, sketch

PLAN = (
    "We pair teachers across grades and visit each other twice before half-term, on Mondays in the second period. "
    "Afterwards we talk about it in the staff meeting and write down one thing to try."
)
WORDS = [f"word{at}" for at in range(4000)]


def likeness(a: str, b: str) -> float:
    assert Likeness(sketch(a)).to(sketch(b)) == Likeness(sketch(b)).to(sketch(a))
    return Likeness(sketch(a)).to(sketch(b))


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        (PLAN, PLAN, 1.0, 1.0),
        (PLAN, PLAN.upper().replace(",", " –"), 1.0, 1.0),
        (PLAN, PLAN.replace("Mondays", "Fridays").replace("second", "third"), 0.7, 0.9),
        (PLAN, "I go alone, and I keep what I saw to myself.", 0.0, 0.1),
        ("", "  \n", 1.0, 1.0),
        ("", PLAN, 0.0, 0.0),
        ("yes", "Yes!", 1.0, 1.0),
        ("光合成は光を使って糖を作る働きです", "光合成は光を使って糖を作る仕組みです", 0.6, 0.9),
        ("光合成は光を使って糖を作る働きです", "祖母は古い本を棚に置いています", 0.0, 0.2),
        ("a lone \ud800 surrogate", "a lone \ud800 surrogate", 1.0, 1.0),
    ],
)
def test_it_is_the_share_of_word_pairs_that_both_have(a: str, b: str, low: float, high: float) -> None:
    assert low <= likeness(a, b) <= high


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.6, 0.9])
def test_of_long_texts_a_sample_tells_it_within_three_standard_errors(kept: float) -> None:
    dice = random.Random(1)
    mine = [dice.choice(WORDS) for _ in range(2000)]
    other = [word if at < kept * 2000 else dice.choice(WORDS) for at, word in enumerate(mine)]
    pairs = [set(pairwise(one)) for one in (mine, other)]
    exact = len(pairs[0] & pairs[1]) / len(pairs[0] | pairs[1])
    found = likeness(" ".join(mine), " ".join(other))
    assert len(sketch(" ".join(mine))) == 4 * MOST
    assert abs(found - exact) <= 0.09 or (found == 0 and exact < NEARLY / 2)
