"""Questions in people's own words find the page that answers, though they share few words with it.

Two invented public services, 70 pages and 125 questions, written before anything was tuned on them. The settings were
chosen on `wexmoor`; `selwyn` was asked when they were chosen. Floors stand beside what was measured when they were set.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import answering
from pipelines.evaluation import context, folders, measures
from pipelines.evaluation.configuration import Retrieving
from pipelines.evaluation.context import QuestionRanks
from pipelines.evaluation.folders import Documents
from pipelines.evaluation.shelves import Remembering
from pipelines.ports import Embedder
from pipelines.retrieval import Shelves

pytestmark = pytest.mark.model


def quietly(what: str, done: int, of: int) -> None:
    """Nobody waits for a test's progress."""


@pytest.fixture(scope="module")
def embedder(packaged_embedder: Embedder) -> Embedder:
    return Remembering(packaged_embedder)


@pytest.fixture(scope="module")
def documents() -> Documents:
    return folders.documents(Path(__file__).parent / "own_words")


@pytest.fixture(scope="module")
def shelves(documents: Documents, embedder: Embedder) -> Shelves:
    return context.shelved(documents, embedder, Retrieving(), quietly)


@pytest.fixture(scope="module")
def asked(documents: Documents, shelves: Shelves, embedder: Embedder) -> QuestionRanks:
    return context.ask(documents.questions, shelves, embedder, Retrieving(), quietly)


def figures(asked: QuestionRanks, home: str) -> dict[str, float | None]:
    pairs = [pair for pair in zip(asked.questions, asked.ranks, strict=True) if pair[0].organization == home]
    return measures.figures(context.outcomes([one for one, _ in pairs], [rank for _, rank in pairs]), measures.FINDING)


@pytest.mark.parametrize(
    ("home", "figure", "floor"),
    [
        ("wexmoor", "hit_at_5", 0.94),  # measured .968; by words alone .492
        ("wexmoor", "mrr", 0.82),  # measured .868; when each voice was equally loud .633
        ("selwyn", "hit_at_5", 0.88),  # measured .919; by words alone .500
        ("selwyn", "mrr", 0.72),  # measured .770; when each voice was equally loud .562
    ],
)
def test_pages_are_found_for_questions_in_other_words(
    asked: QuestionRanks, home: str, figure: str, floor: float
) -> None:
    assert (figures(asked, home)[figure] or 0) >= floor


def test_most_questions_to_the_wrong_service_are_told_that_nothing_answers_and_most_to_the_right_one_are_not(
    documents: Documents, shelves: Shelves, asked: QuestionRanks, embedder: Embedder
) -> None:
    least = answering.floor(embedder)
    wrong = context.elsewhere(documents.questions, documents, shelves, embedder)
    assert len(wrong) == len(documents.questions)
    assert sum(one < least for one in wrong) / len(wrong) >= 0.7  # measured .784
    assert sum(one < least for one in asked.nearness) / len(wrong) <= 0.35  # measured .280


def test_with_its_pages_hidden_a_question_comes_less_near_and_never_to_them(
    documents: Documents, shelves: Shelves, asked: QuestionRanks, embedder: Embedder
) -> None:
    without = context.withheld(documents.questions, shelves, embedder)
    mean = sum(without) / len(without)
    assert mean < sum(asked.nearness) / len(asked.nearness) - 0.03
