"""Where one work says otherwise than the organization's documents: an amount, a day, a role, "not". Judges nothing.

Which of the two is right, a person says: all that follows is a question with both in it. One author is enough here,
where `pipelines.differing` asks for the agreement of several before it doubts a document: of what it finds so, .88 is a
difference (benchmarks.documents, `alone`), and a question that misses costs the facilitator a key. Since nobody else
says so, it abstains besides where a sentence is of one case, another place, a wish, what is wrong, or what others say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipelines.differing import Differing, DifferingText, against, heard
from pipelines.ports import Embedder
from pipelines.prompts import has_words
from pipelines.retrieval import Caps, QueryPart, Shelves, find
from pipelines.texts.clauses import claimed, guarded, phrases_of
from pipelines.texts.language import language_code, sentences
from pipelines.values import DraftingTask, Evidence, Shelf, Span

MOST: Final = 2
"""Passages, and questions about them, in one draft; more are the work of a conversation."""
ASKED: Final = 8
"""Sentences of a work that documents are looked for with: the first that say something that can be compared."""
NEAREST: Final = 2
"""Passages looked at for each."""
LONGEST: Final = 30
"""Words of a document's sentence that is quoted."""


@dataclass(frozen=True, slots=True)
class SaysOtherwise:
    """The work's sentence at `place` says otherwise than `quote` in the evidence of this label."""

    label: str
    title: str
    quote: str
    place: Span


def contradicted(brief: DraftingTask, shelves: Shelves, embedder: Embedder) -> list[Evidence]:
    """The first passages found of the organization's documents that say otherwise than the work, without labels yet."""
    asked = [brief.text[slice(*span)] for span in _comparable(brief)][:ASKED]
    near: dict[str, Evidence] = {}
    for text, vector in zip(asked, embedder.embed(asked), strict=True):
        part = QueryPart(text, vector)
        for one in find(Shelf.CONTEXT, [part], brief.scope, shelves, embedder, limit=NEAREST, caps=Caps()):
            near.setdefault(one.item.id, one)
    otherwise = {piece.item.id: piece for piece, _ in _found(brief, near.values())}
    return list(otherwise.values())[:MOST]


def contradictions(brief: DraftingTask, evidence: Iterable[Evidence]) -> list[SaysOtherwise]:
    """What of this evidence the work says otherwise, one a sentence of the work, in its order; the first of them."""
    found: dict[Span, SaysOtherwise] = {}
    for piece, one in _found(brief, evidence):
        place = (one.work[0].start, one.work[0].end)
        found.setdefault(place, SaysOtherwise(piece.label, piece.item.title, one.document.quote.strip(), place))
    return [found[place] for place in sorted(found)][:MOST]


def _found(brief: DraftingTask, evidence: Iterable[Evidence]) -> Iterator[tuple[Evidence, Differing]]:
    """What is asked about, piece by piece. Of each person a sentence counts, so each sentence is heard by itself; once,
    however many documents it is held against."""
    code = _code(brief)
    spans = sentences(brief.text) if code else []
    work = [heard([DifferingText("work", brief.text[a:b], a, person="author")], code) for a, b in spans]
    for piece in evidence:
        if piece.item.shelf is Shelf.CONTEXT:
            document = [DifferingText(piece.label, piece.item.text)]
            every = (one for said in work for one in against(document, said, people=1))
            yield from ((piece, one) for one in every if _is_asked(one, code))


def _is_asked(found: Differing, code: str) -> bool:
    """Whether the document's sentence can be quoted, and the author's says how it is done: of no case of its own that
    the document's is not about, and not within its limit."""
    document, work = found.document.quote, found.work[0].quote
    own = phrases_of(work, "alone", code) - phrases_of(document, "alone", code)
    return len(document.split()) <= LONGEST and not own and not _kept(found, code)


def _kept(found: Differing, code: str) -> bool:
    """Whether the work keeps the document's limit: "within a day" is within two. Several who say so may doubt it."""
    bounds = {claimed(quote, code).bound for quote in (found.document.quote, found.work[0].quote)}
    if not found.kind.startswith("amount") or len(bounds) > 1:
        return False
    bound = bounds.pop()
    return bound * float(found.instead) < bound * float(found.says)


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
