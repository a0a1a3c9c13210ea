"""Words of facilitators that are used again for somebody else: none may be a matter or a name of the one before."""

from __future__ import annotations

import pytest

from tests.pipelines.test_extractive import drafted
from tests.pipelines.worked_example import precedent


@pytest.mark.parametrize(
    "said",
    [
        ("You were ill for weeks, so which day is the talk?", "You were away for weeks, so which day is the talk?"),
        ("Philippa knows how the last talk went: which day is it?",) * 2,
        ("Ask Ms Adeyemi which day the talk is.",) * 2,
        ("Which day is the talk? Write to lena@harbor.example.",) * 2,
        ("Which day is the talk? Call 0171 5550132.",) * 2,
    ],
)
def test_no_word_that_may_be_somebodys_own_matter_or_name_reaches_another_learner(said: tuple[str, str]) -> None:
    evidence = tuple(
        precedent(f"E{n}", text, "talk about it in the staff meeting", author=str(n), criterion="k3")
        for n, text in enumerate(said)
    )
    for made in (drafted(evidence=evidence), drafted(evidence=evidence[::-1])):
        assert made.points
        told = " ".join(point.text for point in made.points)
        assert not any(word in told for word in ("ill for", "Philippa", "Adeyemi", "lena@", "5550132"))
