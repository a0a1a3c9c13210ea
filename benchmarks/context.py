"""Is the document that answers a question among the first found? Each organization is a tenant of one library.

    python -m benchmarks.context DIR [--embedder minilm|hashing]

DIR holds a folder an organization: docs/*.md and questions.jsonl (question, gold_files). The baseline is BM25 over the
same passages, in the same run.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.setting import embedder as embedder_named
from benchmarks.setting import last_line, rows, say
from benchmarks.shelves import MemoryLibrary
from pipelines.adapters.exact import ExactIndex
from pipelines.lexical import terms
from pipelines.passages import cut
from pipelines.ports import Embedder
from pipelines.retrieval import Caps, Part, Shelves, collection, find
from pipelines.values import Item, Scope, Shelf

DOCUMENTS = 10
"""How deep the ranking of documents is looked at; a gold file further down counts nothing."""


@dataclass(frozen=True)
class Question:
    """A question, and the files any of which answers it."""

    organization: str
    text: str
    gold: frozenset[str]


def load(folder: Path) -> tuple[dict[str, list[Item]], list[Question]]:
    """The passages of each organization, and all questions."""
    passages, questions = {}, []
    for home in sorted(path for path in folder.iterdir() if (path / "questions.jsonl").exists()):
        passages[home.name] = [
            item for path in sorted((home / "docs").glob("*.md")) for item in _items(home.name, path)
        ]
        for row in rows(home / "questions.jsonl"):
            questions.append(Question(home.name, row["question"], frozenset(row["gold_files"])))
    return passages, questions


def _items(organization: str, path: Path) -> list[Item]:
    text = path.read_text("utf-8")
    return [
        Item(p.id, Shelf.CONTEXT, p.text, p.document, p.start, p.end, path.stem, p.heading)
        for p in cut(text, f"{organization}/{path.name}", markdown=True)
    ]


def scope(organization: str) -> Scope:
    """A reader in an organization, at no challenge in particular."""
    return Scope(organization, "", "", "", datetime(2026, 1, 1, tzinfo=UTC))


def ranks(questions: list[Question], shelves: Shelves, embedder: Embedder) -> tuple[list[int | None], int]:
    """For each question the rank of the first gold document (1 is best), and how many hits were another tenant's."""
    found: list[int | None] = []
    foreign = 0
    vectors = embedder.embed([question.text for question in questions])
    for question, vector in zip(questions, vectors, strict=True):
        part = Part(question.text, vector)
        caps = Caps(per_document=1, per_author=0)
        where = scope(question.organization)
        hits = find(Shelf.CONTEXT, [part], where, shelves, embedder, limit=DOCUMENTS, caps=caps)
        names = [hit.item.document.partition("/") for hit in hits]
        foreign += sum(home != question.organization for home, _, _ in names)
        found.append(next((at for at, (_, _, name) in enumerate(names, 1) if name in question.gold), None))
    return found, foreign


def lexical_ranks(questions: list[Question], shelves: Shelves, embedder: Embedder) -> list[int | None]:
    """The baseline: documents by their best passage's BM25."""
    found: list[int | None] = []
    for question in questions:
        corpus = shelves.corpus(Shelf.CONTEXT, scope(question.organization), embedder)
        scores = corpus.passages.scores(terms(question.text, corpus.language))
        documents = [corpus.ids[at].partition("@")[0] for at in np.argsort(-scores, kind="stable")]
        names = [name.partition("/")[2] for name in dict.fromkeys(documents)][:DOCUMENTS]
        found.append(next((at for at, name in enumerate(names, 1) if name in question.gold), None))
    return found


def figures(found: list[int | None]) -> dict[str, float]:
    """hit@1, hit@5 and mean reciprocal rank."""
    return {
        "hit_at_1": round(sum(rank == 1 for rank in found) / len(found), 4),
        "hit_at_5": round(sum(rank is not None and rank <= 5 for rank in found) / len(found), 4),
        "mrr": round(sum(1 / rank for rank in found if rank) / len(found), 4),
    }


def run(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """All figures of a folder."""
    passages, questions = load(folder)
    library, index = MemoryLibrary(), ExactIndex()
    for organization, items in passages.items():
        say(f"{organization}: {len(items)} passages")
        library.add(organization, items)
        vectors = embedder.embed([item.indexed for item in items])
        index.write(collection(Shelf.CONTEXT, scope(organization)), [item.id for item in items], vectors)
    shelves = Shelves(library, index)
    say(f"asking {len(questions)} questions")
    found, foreign = ranks(questions, shelves, embedder)
    by_home = {
        home: figures([rank for rank, question in zip(found, questions, strict=True) if question.organization == home])
        for home in passages
    }
    baseline = figures(lexical_ranks(questions, shelves, embedder))
    return {
        "n": len(questions),
        **figures(found),
        "foreign": foreign,
        "embedder": embedder.name,
        "by_organization": by_home,
        "baseline": {"bm25": baseline},
    }


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--embedder", default="minilm", choices=["minilm", "hashing"])
    asked = parser.parse_args()
    last_line(run(asked.folder, embedder_named(asked.embedder)))


if __name__ == "__main__":
    main()
