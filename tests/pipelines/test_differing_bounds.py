"""Comparing work with documents costs by what they have in common, and finds exactly what comparing all would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import differing
from pipelines.differing import DifferingText, Heard, against, heard

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "regression" / "differing" / "cases.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
WORK = [
    DifferingText(f"{case['id']}-{at}", one["text"], 0, one["person"], one["group"])
    for case in CASES
    for at, one in enumerate(case["work"])
]


@dataclass(frozen=True)
class Everything(Heard):
    """As if every sentence had every stem: each is compared with each."""

    def saying(self, stem: str) -> frozenset[int]:
        return frozenset(range(len(self.sentences)))


@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_is_missed_by_looking_only_at_sentences_with_enough_in_common(language: str) -> None:
    there = heard(WORK, language)
    every = Everything(there.code, there.sentences, there.by_stem, there.by_ends)
    documents = [[DifferingText(case["id"], case["document"])] for case in CASES if case["language"] == language]
    found = [against(document, there, people=1) for document in documents]
    assert found == [against(document, every, people=1) for document in documents]
    assert sum(map(bool, found)) >= 10


def test_work_on_other_matters_is_not_compared_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    document = [DifferingText("handbook", "A visit lasts 45 minutes. Notes of a visit are kept by the pair.")]
    work = [
        DifferingText("w1", "Our visits last 20 minutes each.", 0, "amara", "north"),
        DifferingText("w2", "A visit lasts twenty minutes in the south.", 0, "lin", "south"),
    ]
    other = [
        DifferingText(f"o{at}", f"The garden group waters {at} tomato seedlings on Fridays.", 0, f"p{at}", "g")
        for at in range(300)
    ]
    real, made = differing._difference, []
    monkeypatch.setattr(differing, "_difference", lambda *given: made.append(given) or real(*given))
    alone = differing.differing(document, work)
    few = len(made)
    assert differing.differing(document, [*work, *other]) == alone != ()
    assert len(made) == 2 * few > 0
