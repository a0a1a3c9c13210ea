"""Questions to organizations' documents: is a document that answers among the first found?

All organizations are tenants of one library and one index; each question is asked inside its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pipelines import answering, retrieval
from pipelines.adapters.exact import ExactIndex
from pipelines.evaluation.configuration import Retrieving
from pipelines.evaluation.folders import DocumentQuestion, Documents, passages
from pipelines.evaluation.measures import Outcomes, ToldHowFar
from pipelines.evaluation.shelves import MemoryLibrary
from pipelines.ports import Embedder, Library
from pipelines.retrieval import Caps, Shelves, collection, find
from pipelines.values import Reviewed, Scope, Shelf, ShelfItem

DEPTH: Final = 10
"""Documents looked at; a right one further down counts nothing."""


@dataclass(frozen=True, slots=True)
class QuestionRanks:
    """What came of the questions. `ranks[i]`: of the first right document, 1 is best; None: not found."""

    questions: Sequence[DocumentQuestion]
    ranks: Sequence[int | None]
    foreign: int  # hits that belong to another organization
    nearness: Sequence[float] = ()  # of what was found for each, as `pipelines.answering` takes it

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


def shelved(documents: Documents, embedder: Embedder, settings: Retrieving, told: ToldHowFar) -> Shelves:
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
    questions: Sequence[DocumentQuestion], shelves: Shelves, embedder: Embedder, settings: Retrieving, told: ToldHowFar
) -> QuestionRanks:
    """Put every question to its own organization's shelf."""
    ranks: list[int | None] = []
    nearness: list[float] = []
    foreign = 0
    embedder.embed([question.text for question in questions])  # at once, for who keeps what was embedded
    caps = Caps(per_document=settings.per_document, per_author=0)
    for at, question in enumerate(questions):
        told(f"asking {len(questions)} questions", at, len(questions))
        parts, where = retrieval.parts_of(question.text, embedder), scope(question.organization)
        hits = find(Shelf.CONTEXT, parts, where, shelves, embedder, limit=DEPTH, caps=caps)
        nearness.append(answering.nearness(hits))
        names = [hit.item.document.partition("/") for hit in hits]
        foreign += sum(home != question.organization for home, _, _ in names)
        files = dict.fromkeys(name for _, _, name in names)
        ranks.append(next((rank for rank, name in enumerate(files, 1) if name in question.gold), None))
    return QuestionRanks(questions, ranks, foreign, nearness)


def elsewhere(
    questions: Sequence[DocumentQuestion], documents: Documents, shelves: Shelves, embedder: Embedder
) -> list[float]:
    """Nearness of what each question finds in every other organization, which does not answer it: left out is a pair
    where a file that answers has a namesake there."""
    return [
        _nearness(question.text, home, shelves, embedder)
        for home, texts in documents.texts.items()
        for question in questions
        if question.organization != home and not question.gold & texts.keys()
    ]


def withheld(questions: Sequence[DocumentQuestion], shelves: Shelves, embedder: Embedder) -> list[float]:
    """Nearness of what each question finds at home when the files that answer it may not be seen. Others may answer it
    a little: many a matter stands in two documents."""
    library = _Withholding(shelves.library)
    hiding, found = Shelves(library, shelves.index), []
    for home in dict.fromkeys(question.organization for question in questions):
        library.gold = frozenset()
        hiding.corpus(Shelf.CONTEXT, scope(home), embedder)
        for question in questions:
            if question.organization == home:
                library.gold = frozenset(f"{home}/{name}" for name in question.gold)
                found.append(_nearness(question.text, home, hiding, embedder))
    return found


def _nearness(text: str, home: str, shelves: Shelves, embedder: Embedder) -> float:
    asked, caps = retrieval.parts_of(text, embedder), Caps(per_document=1, per_author=0)
    return answering.nearness(find(Shelf.CONTEXT, asked, scope(home), shelves, embedder, limit=DEPTH, caps=caps))


class _Withholding:
    """Library over another one, without the documents `gold`; a shelf built before still counts their words."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.gold: frozenset[str] = frozenset()

    def fingerprint(self, shelf: Shelf, scope: Scope) -> str:
        return self._library.fingerprint(shelf, scope)

    def read(self, shelf: Shelf, scope: Scope, ids: Sequence[str] | None = None) -> list[ShelfItem]:
        return [item for item in self._library.read(shelf, scope, ids) if item.document not in self.gold]

    def visible(self, shelf: Shelf, scope: Scope) -> set[str]:
        return {item.id for item in self.read(shelf, scope)}

    def reviewed(self, scope: Scope, limit: int) -> list[Reviewed]:
        return self._library.reviewed(scope, limit)


def measure(documents: Documents, embedder: Embedder, settings: Retrieving, told: ToldHowFar) -> QuestionRanks:
    """From documents to ranks."""
    return ask(documents.questions, shelved(documents, embedder, settings, told), embedder, settings, told)
