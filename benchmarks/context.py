"""Is the document that answers a question among the first found? Each organization is a tenant of one library.

    python -m benchmarks.context DIR [--embedder minilm|hashing]

DIR holds a folder an organization: docs/*.md and questions.jsonl (question, gold_files). The baseline is BM25 over the
same passages, in the same run. `unanswered_told`: of questions put to another organization, the share that are told
that no document answers; `unanswered_told_withheld`: of questions whose own documents are hidden; `answered_told`: of
those that a document does answer, wrongly. `told_curve` has the three at other cosines than the one in use.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.setting import command, share, told
from pipelines import answering
from pipelines.evaluation import context, folders, measures
from pipelines.evaluation.configuration import Retrieving
from pipelines.evaluation.context import DEPTH, ask, outcomes, scope, shelved
from pipelines.evaluation.folders import DocumentQuestion
from pipelines.ports import Embedder
from pipelines.retrieval import Shelves
from pipelines.texts.lexical import terms
from pipelines.values import Shelf


def lexical_ranks(questions: Sequence[DocumentQuestion], shelves: Shelves, embedder: Embedder) -> list[int | None]:
    """The baseline: documents by their best passage's BM25."""
    found: list[int | None] = []
    for question in questions:
        corpus = shelves.corpus(Shelf.CONTEXT, scope(question.organization), embedder)
        scores = corpus.passages.scores(terms(question.text, corpus.language))
        documents = [corpus.ids[at].partition("@")[0] for at in np.argsort(-scores, kind="stable")]
        names = [name.partition("/")[2] for name in dict.fromkeys(documents)][:DEPTH]
        found.append(next((at for at, name in enumerate(names, 1) if name in question.gold), None))
    return found


def figures(questions: Sequence[DocumentQuestion], ranks: Sequence[int | None]) -> dict[str, float | None]:
    """hit@1, hit@5 and mean reciprocal rank."""
    return measures.figures(outcomes(questions, ranks), measures.FINDING)


def telling(
    nearness: Sequence[float], elsewhere: Sequence[float], withheld: Sequence[float], at: float
) -> dict[str, Any]:
    """Shares that are told that no document answers, where that is said below a cosine of `at`."""
    return {
        "cosine": round(at, 3),
        "answered_told": share([one < at for one in nearness]),
        "unanswered_told": share([one < at for one in elsewhere]),
        "unanswered_told_withheld": share([one < at for one in withheld]),
    }


def run(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """All figures of a folder."""
    documents, settings = folders.documents(folder), Retrieving()
    questions = documents.questions
    shelves = shelved(documents, embedder, settings, told)
    found = ask(questions, shelves, embedder, settings, told)
    told("asking where nothing answers", 0, 1)
    without = context.elsewhere(questions, documents, shelves, embedder), context.withheld(questions, shelves, embedder)
    floor = answering.floor(embedder)
    by_home = {}
    for home in documents.texts:
        pairs = [pair for pair in zip(questions, found.ranks, strict=True) if pair[0].organization == home]
        by_home[home] = figures([question for question, _ in pairs], [rank for _, rank in pairs])
    return {
        "n": len(questions),
        **figures(questions, found.ranks),
        "foreign": found.foreign,
        **telling(found.nearness, *without, floor),
        "told_curve": [telling(found.nearness, *without, floor + step / 20) for step in range(-3, 5)],
        "embedder": embedder.name,
        "by_organization": by_home,
        "baseline": {"bm25": figures(questions, lexical_ranks(questions, shelves, embedder))},
    }


if __name__ == "__main__":
    command(__doc__, run)
