"""Evidence sheets: for each criterion, where a work speaks of it and what the organization and its people say on it.

It finds, and judges nothing: a person does, and from that feedback is composed (`pipelines.drafting.judged`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pipelines.assessment.places import CriterionPlaces
from pipelines.disputed import Disputes
from pipelines.ports import Embedder
from pipelines.retrieval import Caps, QueryPart, Shelves, find
from pipelines.texts.language import quotable
from pipelines.values import Criterion, DraftingTask, Evidence, SheetLine, SheetPlace, Shelf, Span

PRECEDENTS: Final = 2
"""Points decided before that are shown for one criterion."""
LOOKED_AT: Final = 24
"""Nearest precedents of all criteria among which those on one are looked for."""
PASSAGES: Final = 3
RELEVANT: Final = 0.35
"""Cosine to the criterion or its question from which a document's sentence is a line on it."""
SHORTEST, LONGEST = 5, 45
"""Words of a sentence that is shown."""
PLACED: Final = 0.5
"""Weight of the work's passage beside the criterion when documents are searched."""


@dataclass(frozen=True, slots=True)
class SheetSearch:
    """Where a sheet's evidence is looked for."""

    shelves: Shelves
    embedder: Embedder
    places: CriterionPlaces
    disputes: Disputes


def lay_out(
    brief: DraftingTask, known: Sequence[Evidence], search: SheetSearch
) -> tuple[tuple[SheetLine, ...], tuple[Evidence, ...]]:
    """A line for each criterion, and all evidence: `known`, and what was found besides, with labels that go on."""
    gathered = _Gathered(list(known))
    speaking = search.places.speaking(brief.text, search.embedder)
    lines = [
        _line(brief, criterion, [SheetPlace(*span, near) for span, near in found], gathered, search)
        for criterion, found in zip(brief.challenge.criteria, speaking, strict=True)
    ]
    return tuple(lines), tuple(gathered.evidence)


class _Gathered:
    """Evidence as it comes together; nothing is in it twice."""

    def __init__(self, evidence: list[Evidence]) -> None:
        self.evidence = evidence
        self._labels = {one.item.id: one.label for one in evidence}

    def label(self, one: Evidence) -> str:
        if one.item.id not in self._labels:
            self._labels[one.item.id] = label = f"E{len(self.evidence) + 1}"
            self.evidence.append(replace(one, label=label))
        return self._labels[one.item.id]


def _line(
    brief: DraftingTask, criterion: Criterion, places: list[SheetPlace], gathered: _Gathered, search: SheetSearch
) -> SheetLine:
    said = [text for text in (criterion.text, criterion.question) if text.strip()]
    asked = [QueryPart(text, vector) for text, vector in zip(said, search.embedder.embed(said), strict=True)]
    texts = [brief.text[place.start : place.end] for place in places]
    own = [QueryPart(text, vector) for text, vector in zip(texts, search.embedder.embed(texts), strict=True)]
    precedents = tuple(gathered.label(one) for one in _precedents(brief, criterion, own or asked, search))
    found = _document(brief, asked, own, search)
    if found is None:
        return SheetLine(criterion.id, tuple(places), precedents=precedents)
    piece, (start, end) = found
    return SheetLine(criterion.id, tuple(places), gathered.label(piece), start, end, precedents)


def _precedents(
    brief: DraftingTask, criterion: Criterion, parts: Sequence[QueryPart], search: SheetSearch
) -> Iterable[Evidence]:
    """The nearest points that were decided on this criterion, one of each author."""
    caps = Caps(per_document=0, per_author=0)
    near = find(Shelf.PRECEDENTS, parts, brief.scope, search.shelves, search.embedder, limit=LOOKED_AT, caps=caps)
    seen: dict[str, Evidence] = {}
    for one in near:
        if one.item.past is not None and one.item.past.criterion == criterion.id and not one.item.past.dismissed:
            seen.setdefault(one.item.author or one.item.document, one)
    return list(seen.values())[:PRECEDENTS]


def _document(
    brief: DraftingTask, asked: Sequence[QueryPart], own: Sequence[QueryPart], search: SheetSearch
) -> tuple[Evidence, Span] | None:
    """The sentence of the organization's documents nearest to the criterion, with its offsets; None below the floor: a
    find that says nothing of the matter is no find. Of a passage that another document speaks against, no sentence."""
    parts = [*asked, *(replace(part, weight=PLACED) for part in own[:1])]
    near = find(Shelf.CONTEXT, parts, brief.scope, search.shelves, search.embedder, limit=PASSAGES, caps=Caps())
    told = [(piece, span) for piece in near for span in _quotable(piece.item.text)]
    if not told or not asked:
        return None
    vectors = search.embedder.embed([piece.item.text[slice(*span)] for piece, span in told])
    likeness = (vectors @ np.stack([part.vector for part in asked]).T).max(axis=1)
    for best in np.argsort(-likeness, kind="stable").tolist():
        piece, (start, end) = told[best]
        if likeness[best] < RELEVANT:
            return None
        if search.disputes.of(piece.item) is None:
            return piece, (piece.item.start + start, piece.item.start + end)
    return None


def _quotable(text: str) -> list[Span]:
    """Sentences that say something by themselves: no rows of a table either, and nobody else's words."""
    spans = [span for span in quotable(text) if not text[slice(*span)].lstrip().startswith(("#", "|", ">"))]
    return [span for span in spans if SHORTEST <= len(text[slice(*span)].split()) <= LONGEST]
