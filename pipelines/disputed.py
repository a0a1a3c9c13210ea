"""Where two of the organization's documents say otherwise than each other: then neither is quoted as the rule.

Which of them is right, a person says: both lines go into a finding, and nothing rests on either passage until then. One
document has one author, so no agreement can be asked for, as `pipelines.differing` asks it of work; in its place both
sentences must differ when read from either side, of one subject, below titles and headings that name no two things.
What that costs and brings: `python -m benchmarks.documents DIR` and docs/decisions/0009-goals-and-documents.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipelines.differing import Differing, DifferingText, against, heard
from pipelines.ports import Embedder
from pipelines.prompts import has_words
from pipelines.retrieval import Caps, QueryPart, Shelves, find
from pipelines.texts.clauses import claimed, clauses_of, guarded
from pipelines.texts.language import akin, content, language_code, sentences
from pipelines.values import Evidence, Finding, Scope, Shelf, ShelfItem

ASKED: Final = 4
"""Sentences of a passage that say something that can be compared, with each of which others are looked for."""
NEAREST: Final = 3
"""Passages looked at for each."""
DIFFER: Final = "documents_differ"
"""The finding's code. It is of documents, and stays whatever is composed anew from a person's verdicts."""
MOST: Final = 3
"""Findings of this kind in one draft; more are the work of a conversation about the documents."""

_ENTRY: Final = re.compile(r"^\s*[#>]|\||\*\*|^\W*[\w ]{1,40}:\s")
"""Markup and labels: of 4,961 pairs of neighbouring passages in two organizations' lists and tables, eleven would be
taken for rules that differ ("Address: 77 Main Street", "Address: 59 Main Street"); without them none is."""


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A sentence of a document, verbatim, and the passage that holds it."""

    item: ShelfItem
    quote: str


@dataclass(frozen=True, slots=True)
class DisputedRule:
    """Two lines that cannot both hold. `kind` as in `pipelines.differing`; the lines are in the order of their ids."""

    kind: str
    lines: tuple[DocumentLine, DocumentLine]

    @property
    def finding(self) -> Finding:
        """What the facilitator is told, with both lines."""
        one, other = (f"{line.item.title or 'A document'} says “{line.quote}”" for line in self.lines)
        return Finding(
            DIFFER,
            f"{one}, {other[:1].lower() + other[1:] if not self.lines[1].item.title else other}. Nothing here rests on "
            "either: say which one holds, and have the other changed.",
        )


def between(one: ShelfItem, other: ShelfItem, language: str) -> DisputedRule | None:
    """The first thing that two passages cannot both be right about; None where there is none, or it cannot be told.

    Of a document in two versions the newer one holds, and nothing is disputed.
    """
    code = _code(language)
    if not code or one.id == other.id or not _may_be_of_one_matter(one, other, code):
        return None
    first, second = sorted((one, other), key=lambda item: item.id)
    there = {(found.work[0].quote, found.document.quote) for found in _read(second, first, code)}
    for found in _read(first, second, code):
        quotes = found.document.quote, found.work[0].quote
        if quotes in there and all(_is_a_rule(quote, code) for quote in quotes) and _of_one_subject(*quotes, code):
            return DisputedRule(
                found.kind, (DocumentLine(first, quotes[0].strip()), DocumentLine(second, quotes[1].strip()))
            )
    return None


def _read(document: ShelfItem, other: ShelfItem, code: str) -> tuple[Differing, ...]:
    """How one passage reads beside the other, as if the other were a person's work."""
    return against(
        [DifferingText(document.id, document.text)],
        heard([DifferingText(other.id, other.text, person=other.id)], code),
        people=1,
    )


def _is_a_rule(quote: str, code: str) -> bool:
    """Whether it is a sentence that says how it is done: no heading, no row, no labelled entry of a list."""
    return not _ENTRY.search(quote) and not guarded(quote, code)


def _may_be_of_one_matter(one: ShelfItem, other: ShelfItem, code: str) -> bool:
    """Whether nothing above the passages says that they are of two things: two sections of a document, two members of a
    series ("Branches in Patna", "Branches in Agra"), or one document's two versions."""
    if one.document == other.document:
        return one.heading == other.heading
    if one.title and one.title == other.title and one.version != other.version:
        return False
    heads = ((one.title, other.title), (_innermost(one), _innermost(other)))
    return not any(_siblings(a, b, code) for a, b in heads)


def _innermost(item: ShelfItem) -> str:
    return item.heading.rpartition(" › ")[2]


def _siblings(one: str, other: str, code: str) -> bool:
    """Whether two headings share a word and each has another one of its own."""
    a, b = content(one, code), content(other, code)
    return bool(a & b) and bool(a - b) and bool(b - a)


def _of_one_subject(one: str, other: str, code: str) -> bool:
    """Whether two clauses of the sentences differ in their value and in nothing else that both would have to say: where
    each has a word in the place of the other's ("adults borrow ten books", "children borrow five") they are of two."""
    return any(
        not (_missing(a, b) and _missing(b, a))
        for a in _stems(one, code)
        for b in _stems(other, code)
        if any(akin(x, y) for x in a for y in b)
    )


def _stems(sentence: str, code: str) -> list[frozenset[str]]:
    return [claimed(sentence[a:b], code).stems for a, b in clauses_of(sentence)]


def _missing(wanted: frozenset[str], there: frozenset[str]) -> bool:
    return any(not any(akin(one, other) for other in there) for one in wanted)


@dataclass(frozen=True)
class Disputes:
    """What is disputed of the documents that a scope may see. Keeps what it has found: made for one draft."""

    scope: Scope
    shelves: Shelves
    embedder: Embedder
    language: str
    _known: dict[str, DisputedRule | None] = field(default_factory=dict)

    def of(self, item: ShelfItem) -> DisputedRule | None:
        """The first rule in this passage that another one on the shelf speaks against. Raises IndexUnavailable."""
        if item.id not in self._known:
            near = self._near(item) if item.shelf is Shelf.CONTEXT else ()
            found = (between(item, other, self.language) for other in near)
            self._known[item.id] = next(filter(None, found), None)
        return self._known[item.id]

    def without(self, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """The evidence that nothing on the shelf speaks against, labels as they were. Raises IndexUnavailable."""
        return tuple(one for one in evidence if self.of(one.item) is None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was met so far, each rule once: both of its passages may have been asked about."""
        met = dict.fromkeys(one for one in self._known.values() if one is not None)
        return tuple(one.finding for one in met)[:MOST]

    def _near(self, item: ShelfItem) -> Iterator[ShelfItem]:
        """What lies nearest to each of its sentences by words, and to the whole by meaning: its vector is there
        already, so nothing is embedded for this."""
        asked = list(_comparable(item.text, _code(self.language)))[:ASKED]
        vector = self.embedder.embed([item.indexed])[0]
        search = (self.scope, self.shelves, self.embedder)
        for text in asked:
            part, caps = QueryPart(text, vector), Caps(per_author=0, twins=True)
            for one in find(Shelf.CONTEXT, [part], *search, limit=NEAREST + 1, caps=caps):
                yield one.item


def _comparable(text: str, code: str) -> Iterable[str]:
    """Sentences that say how much, when, who, where or whether."""
    for a, b in sentences(text) if code else ():
        claim = claimed(text[a:b], code)
        if (claim.values or claim.denied or claim.order) and _is_a_rule(text[a:b], code):
            yield text[a:b]


def _code(language: str) -> str:
    """The language that documents are compared in; "" where there is no table of its words."""
    code = language_code(language)
    return code if has_words(f"differing/{code}") else ""
