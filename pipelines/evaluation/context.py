"""Questions to organizations' documents: is a document that answers among the first found?

All organizations are tenants of one library and one index; each question is asked inside its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pipelines.adapters.exact import ExactIndex
from pipelines.evaluation.configuration import Retrieving
from pipelines.evaluation.folders import DocumentQuestion, Documents, passages
from pipelines.evaluation.measures import Outcomes
from pipelines.evaluation.shelves import MemoryLibrary
from pipelines.ports import Embedder
from pipelines.retrieval import Caps, QueryPart, Shelves, collection, find
from pipelines.values import Scope, Shelf

DEPTH: Final = 10
"""Documents looked at; a right one further down counts nothing."""

Told = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class QuestionRanks:
    """What came of the questions. `ranks[i]`: of the first right document, 1 is best; None: not found."""

    questions: Sequence[DocumentQuestion]
    ranks: Sequence[int | None]
    foreign: int  # hits that belong to another organization

    @property
    def outcomes(self) -> Outcomes:
        return outcomes(self.questions, self.ranks)


def outcomes(questions: Sequence[DocumentQuestion], ranks: Sequence[int | None]) -> Outcomes:
    """A row a question."""
    shares = [1 / rank if rank else 0.0 for rank in ranks]
    rows = [{"hit_at_1": float(one == 1), "hit_at_5": float(one >= 1 / 5), "mrr": one} for one in shares]
    return Outcomes.of([question.id for question in questions], rows)


def scope(organization: str) -> Scope:
    """A reader in an organization, at no challenge in particular."""
    return Scope(organization, "", "", "", datetime(2026, 1, 1, tzinfo=UTC))


def shelved(documents: Documents, embedder: Embedder, settings: Retrieving, told: Told) -> Shelves:
    """All documents in one library and one index, each organization on its own shelf."""
    library, index = MemoryLibrary(), ExactIndex()
    for organization, texts in documents.texts.items():
        items = passages(texts, organization, settings.passage_tokens)
        library.add(organization, items)
        for start in range(0, len(items), 64):
            told(f"{organization}: embedding {len(items)} passages", start, len(items))
            some = items[start : start + 64]
            vectors = embedder.embed([item.indexed for item in some])
            index.write(collection(Shelf.CONTEXT, scope(organization)), [item.id for item in some], vectors)
    return Shelves(library, index)


def ask(
    questions: Sequence[DocumentQuestion], shelves: Shelves, embedder: Embedder, settings: Retrieving, told: Told
) -> QuestionRanks:
    """Put every question to its own organization's shelf."""
    ranks: list[int | None] = []
    foreign = 0
    vectors = embedder.embed([question.text for question in questions])
    caps = Caps(per_document=settings.per_document, per_author=0)
    for at, (question, vector) in enumerate(zip(questions, vectors, strict=True)):
        told(f"asking {len(questions)} questions", at, len(questions))
        part, where = QueryPart(question.text, vector), scope(question.organization)
        hits = find(Shelf.CONTEXT, [part], where, shelves, embedder, limit=DEPTH, caps=caps)
        names = [hit.item.document.partition("/") for hit in hits]
        foreign += sum(home != question.organization for home, _, _ in names)
        files = dict.fromkeys(name for _, _, name in names)
        ranks.append(next((rank for rank, name in enumerate(files, 1) if name in question.gold), None))
    return QuestionRanks(questions, ranks, foreign)


def measure(documents: Documents, embedder: Embedder, settings: Retrieving, told: Told) -> QuestionRanks:
    """From documents to ranks."""
    return ask(documents.questions, shelved(documents, embedder, settings, told), embedder, settings, told)
