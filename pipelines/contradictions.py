"""Where one work says otherwise than the organization's documents: an amount, a day, a role, "not". Judges nothing.

Which of the two is right, a person says: all that follows is a question with both in it. One author is enough here,
where `pipelines.differing` asks for the agreement of several before it doubts a document: of what it finds so, .88 is a
difference (benchmarks.documents, `alone`), and a question that misses costs the facilitator a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipelines.differing import DifferingText, differing
from pipelines.ports import Embedder
from pipelines.prompts import has_words
from pipelines.retrieval import Caps, QueryPart, Shelves, find
from pipelines.texts.clauses import claimed, guarded
from pipelines.texts.language import Span, language_code, sentences
from pipelines.values import DraftingTask, Evidence, Shelf

ASKED: Final = 8
"""Sentences of a work that documents are looked for with: the first that say something that can be compared."""
NEAREST: Final = 2
"""Passages looked at for each."""
LONGEST: Final = 30
"""Words of a document's sentence that is quoted."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The work's sentence at `place` says otherwise than `quote` in the evidence of this label."""

    label: str
    title: str
    quote: str
    place: Span


def contradicted(brief: DraftingTask, shelves: Shelves, embedder: Embedder) -> list[Evidence]:
    """Passages of the organization's documents that say otherwise than the work, without labels yet."""
    asked = [brief.text[slice(*span)] for span in _comparable(brief)][:ASKED]
    near: dict[str, Evidence] = {}
    for text, vector in zip(asked, embedder.embed(asked), strict=True):
        part = QueryPart(text, vector)
        for one in find(Shelf.CONTEXT, [part], brief.scope, shelves, embedder, limit=NEAREST, caps=Caps()):
            near.setdefault(one.item.id, one)
    return [one for one in near.values() if contradictions(brief, [one])]


def contradictions(brief: DraftingTask, evidence: Iterable[Evidence]) -> list[Contradiction]:
    """What of this evidence the work says otherwise, one a sentence of the work, in its order."""
    code = _code(brief)
    work = [DifferingText("work", brief.text, person="author")]
    found: dict[Span, Contradiction] = {}
    for piece in evidence if code else ():
        if piece.item.shelf is not Shelf.CONTEXT:
            continue
        for one in differing([DifferingText(piece.label, piece.item.text)], work, code, people=1):
            place = (one.work[0].start, one.work[0].end)
            if len(one.document.quote.split()) <= LONGEST:
                found.setdefault(place, Contradiction(piece.label, piece.item.title, one.document.quote.strip(), place))
    return [found[place] for place in sorted(found)]


def _comparable(brief: DraftingTask) -> Sequence[Span]:
    code = _code(brief)
    spans = sentences(brief.text) if code else []
    return [span for span in spans if _says(brief.text[slice(*span)], code)]


def _says(text: str, code: str) -> bool:
    claim = claimed(text, code)
    return bool(claim.values or claim.denied or claim.order) and not guarded(text, code)


def _code(brief: DraftingTask) -> str:
    """The language that work and documents are compared in; "" where there is no table of its words."""
    code = language_code(brief.language)
    return code if has_words(f"differing/{code}") else ""
