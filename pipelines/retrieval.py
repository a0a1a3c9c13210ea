"""What on a shelf speaks to a text: dense and lexical, passage and document, read again under the reader's scope.

Voices, each as z-scores over the shelf: cosine and BM25F of the passage, cosine and BM25 of its whole document, and for
documents the cosine of the passage's nearest sentence; words are as loud as they cover the question. What that brings,
for questions in the documents' words and in people's own, is in docs/decisions/0004-retrieval.md.

The index answers ids and cosines; texts come from the Library alone, so what the scope may not see is never in a
result, whatever the index still holds.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pipelines.arrays import Singles
from pipelines.ports import Embedder, Library, VectorIndex, Vectors
from pipelines.texts.language import language_of, sentences
from pipelines.texts.lexical import Ints, LexicalIndex, shelf_language, terms
from pipelines.values import Evidence, Reviewed, Scope, Shelf, ShelfItem

DEPTH: Final = 400
"""Nearest ids asked of the index; the rest count as near as the last of them. 200 and more measured as good as all."""
SHORT: Final = 8.0
"""Words of a longer text weigh SHORT / its distinct terms: nothing on questions, .788 → .883 MRR on long queries."""
CONTENT: Final = 3
"""Distinct terms of a sentence that is asked by itself beside the whole question."""
TWIN: Final = 0.97
"""Cosine from which two passages say the same."""
PIECES: Final = 6
"""Texts at most that are embedded for a document's passage besides the passage."""
KEPT: Final = 64
"""Shelves held in memory at once, the least used dropped first."""


@dataclass(frozen=True, slots=True)
class QueryPart:
    """One part of what is asked (a learner's passage, a criterion): scored on its own, since joined into one text the
    longest would drown the others. `vector`: (dimensions,), of `text` alone."""

    text: str
    vector: Vectors
    weight: float = 1.0


def parts_of(text: str, embedder: Embedder) -> list[QueryPart]:
    """A question as a person writes it: as a whole, and by its sentences where there are several, since people tell
    before they ask ("My wallet was stolen. Do I pay for the card?"). Sentences of less than three words of content
    ("Hello there.") are not asked alone. Embeds a text for each."""
    language = language_of(text)
    alone = [text[a:b].strip() for a, b in sentences(text)]
    alone = [one for one in alone if len(set(terms(one, language))) >= CONTENT] if len(alone) > 1 else []
    whole, *vectors = embedder.embed([text, *alone])
    parts = [QueryPart(one, vector, 1 / len(alone)) for one, vector in zip(alone, vectors, strict=True)]
    return [QueryPart(text, whole), *parts]


@dataclass(frozen=True, slots=True)
class Caps:
    """At most so many passages of one document, of one author (0: any number); no two with cosine of TWIN or more, but
    where `twins` are wanted: two people who write the same are two."""

    per_document: int = 2
    per_author: int = 1
    twins: bool = False


@dataclass(frozen=True)
class Corpus:
    """A shelf ready to be searched, without its texts. `document_of` numbers each passage's document."""

    fingerprint: str
    language: str
    ids: tuple[str, ...]
    position: dict[str, int]
    document_of: Ints  # (passages,)
    owners: tuple[str, ...]  # the documents, by number
    document_vectors: Vectors  # (documents, dimensions): mean of the document's passages, length 1
    piece_vectors: Vectors  # (pieces, dimensions): of the passages' sentences; none but of documents
    piece_of: Ints  # (pieces,), rising: the number of the passage
    passages: LexicalIndex
    documents: LexicalIndex


class Shelves:
    """The shelves of all organizations, built when first asked for and again when what is on them has changed.

    A shelf is built over all that anybody of the organization may see there; what one reader may see is decided when
    texts are read. Safe to use from several threads.
    """

    def __init__(self, library: Library, index: VectorIndex) -> None:
        self.library = library
        self.index = index
        self._kept: OrderedDict[tuple[str, str], Corpus] = OrderedDict()
        self._lock = threading.Lock()

    def corpus(self, shelf: Shelf, scope: Scope, embedder: Embedder) -> Corpus:
        """The shelf as it stands."""
        whole = replace(scope, author="", reader="", groups=(), peers=True)
        fingerprint = self.library.fingerprint(shelf, whole)
        key = (collection(shelf, scope), embedder.name)
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or kept.fingerprint != fingerprint:
            kept = _build(fingerprint, self.library.read(shelf, whole), embedder)
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return kept

    def glance(self) -> Shelves:
        """The shelves for one piece of work, such as a draft: whether a shelf has changed is asked once, and a text is
        read once under each scope, however many searches there are. Not for longer than that work takes."""
        return _Glance(self)


class _Glance(Shelves):
    """Shelves that are looked at once."""

    def __init__(self, shelves: Shelves) -> None:
        super().__init__(_ReadOnce(shelves.library), shelves.index)
        self._shelves = shelves
        self._seen: dict[tuple[str, str], Corpus] = {}

    def corpus(self, shelf: Shelf, scope: Scope, embedder: Embedder) -> Corpus:
        key = (collection(shelf, scope), embedder.name)
        if key not in self._seen:
            self._seen[key] = self._shelves.corpus(shelf, scope, embedder)
        return self._seen[key]


class _ReadOnce:
    """Library over another one that is not asked twice for the same item, nor for one that it did not give."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._items: dict[tuple[Shelf, Scope], dict[str, ShelfItem | None]] = {}

    def fingerprint(self, shelf: Shelf, scope: Scope) -> str:
        return self._library.fingerprint(shelf, scope)

    def read(self, shelf: Shelf, scope: Scope, ids: Sequence[str] | None = None) -> list[ShelfItem]:
        known = self._items.setdefault((shelf, scope), {})
        if ids is None:
            found = self._library.read(shelf, scope)
            known.update((item.id, item) for item in found)
            return found
        missing = [id_ for id_ in dict.fromkeys(ids) if id_ not in known]
        if missing:
            known.update(dict.fromkeys(missing))
            known.update((item.id, item) for item in self._library.read(shelf, scope, missing))
        return [item for id_ in ids if (item := known[id_]) is not None]

    def visible(self, shelf: Shelf, scope: Scope) -> set[str]:
        return self._library.visible(shelf, scope)

    def reviewed(self, scope: Scope, limit: int) -> list[Reviewed]:
        return self._library.reviewed(scope, limit)


def collection(shelf: Shelf, scope: Scope) -> str:
    """The name of the index's collection: one an organization for context, one a challenge for work and precedents."""
    return f"{shelf.value}-{scope.organization if shelf is Shelf.CONTEXT else scope.challenge}"


def _build(fingerprint: str, items: Sequence[ShelfItem], embedder: Embedder) -> Corpus:
    language = shelf_language(item.text for item in items)
    bodies = [terms(item.text, language) for item in items]
    heads = [terms(item.context, language) for item in items]
    numbers: dict[str, int] = {}
    document_of = np.array([numbers.setdefault(item.document, len(numbers)) for item in items], np.int32)
    whole: list[list[str]] = [[] for _ in numbers]
    for number, body in zip(document_of, bodies, strict=True):
        whole[number].extend(body)
    vectors = embedder.embed([item.indexed for item in items])
    pieces = [(number, piece) for number, item in enumerate(items) for piece in pieces_of(item)]
    return Corpus(
        fingerprint,
        language,
        tuple(item.id for item in items),
        {item.id: number for number, item in enumerate(items)},
        document_of,
        tuple(numbers),
        _means(vectors, document_of, len(numbers)),
        embedder.embed([piece for _, piece in pieces]),
        np.array([number for number, _ in pieces], np.int32),
        LexicalIndex([bodies, heads]),
        LexicalIndex([whole]),
    )


def pieces_of(item: ShelfItem) -> list[str]:
    """What is embedded of a document's passage besides itself: its sentences below title and headings, neighbours
    joined where there are more than PIECES. A question is mostly about one sentence, and a passage is of several.
    Nothing of work and precedents, and of a passage that is one sentence."""
    spans = sentences(item.text) if item.shelf is Shelf.CONTEXT else []
    if len(spans) < 2:
        return []
    each = -(-len(spans) // PIECES)
    groups = [spans[at : at + each] for at in range(0, len(spans), each)]
    head = item.context
    return ["\n".join(filter(None, (head, item.text[some[0][0] : some[-1][1]].strip()))) for some in groups]


def _means(vectors: Vectors, groups: Ints, count: int) -> Vectors:
    sums = np.zeros((count, vectors.shape[1]), np.float32)
    np.add.at(sums, groups, vectors)
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), np.float32)


def find(
    shelf: Shelf,
    parts: Sequence[QueryPart],
    scope: Scope,
    shelves: Shelves,
    embedder: Embedder,
    *,
    limit: int,
    caps: Caps,
    first: Sequence[str] = (),
) -> list[Evidence]:
    """The `limit` best passages that the scope may see, best first, varied as `caps` ask. Raises IndexUnavailable.

    Passages of the documents `first`, in that order, come before all others.
    """
    corpus = shelves.corpus(shelf, scope, embedder)
    if not parts or not corpus.ids:
        return []
    dense = np.array([_cosines(part, corpus, shelves.index, collection(shelf, scope)) for part in parts])
    wanted = [set(terms(part.text, corpus.language)) for part in parts]
    lexical = np.array([corpus.passages.scores(words) for words in wanted])
    whole = np.array([corpus.document_vectors @ part.vector for part in parts])
    fused = _fused(parts, corpus, dense, whole, lexical, wanted)
    near, close, about = dense.max(axis=0), lexical.max(axis=0), whole.max(axis=0)[corpus.document_of]
    found: list[Evidence] = []
    order = _order(corpus, fused, first)
    for item in _varied(_visible(shelf, scope, shelves.library, order, limit), embedder, limit, caps):
        at = corpus.position[item.id]
        found.append(Evidence("", item, float(near[at]), float(close[at]), float(fused[at]), whole=float(about[at])))
    return found


def _cosines(part: QueryPart, corpus: Corpus, index: VectorIndex, name: str) -> Singles:
    """Cosine of each passage: shape (passages,). What the index does not name is as near as the last it names."""
    answers = [
        (corpus.position[id_], cosine)
        for id_, cosine in index.search(name, part.vector, min(DEPTH, len(corpus.ids)))
        if id_ in corpus.position
    ]
    cosines = np.full(len(corpus.ids), min((cosine for _, cosine in answers), default=0.0), np.float32)
    for at, cosine in answers:
        cosines[at] = cosine
    return cosines


def _fused(
    parts: Sequence[QueryPart],
    corpus: Corpus,
    dense: Singles,
    whole: Singles,
    lexical: Singles,
    wanted: Sequence[set[str]],
) -> Singles:
    """The weighted mean over the parts of the four voices' sums: shape (passages,)."""
    total = sum(part.weight for part in parts) or 1.0
    mean = np.zeros(len(corpus.ids), np.float32)
    for part, cosines, about, scores, words in zip(parts, dense, whole, lexical, wanted, strict=True):
        passage = standardize(cosines) + _by_words(corpus.passages, scores, words)
        if len(corpus.piece_of):
            passage = passage + standardize(_by_sentence(corpus, part, cosines))
        document = standardize(about)
        document = document + _by_words(corpus.documents, corpus.documents.scores(words), words)
        mean += (passage + document[corpus.document_of]) * np.float32(part.weight / total)
    return mean


def _by_sentence(corpus: Corpus, part: QueryPart, cosines: Singles) -> Singles:
    """Cosine of each passage's nearest sentence, or its own where it is one sentence: shape (passages,)."""
    starts = np.flatnonzero(np.diff(corpus.piece_of, prepend=-1))  # pieces are in the order of their passages
    nearest = cosines.copy()
    nearest[corpus.piece_of[starts]] = np.maximum.reduceat(corpus.piece_vectors @ part.vector, starts)
    return nearest


def _by_words(index: LexicalIndex, scores: Singles, words: set[str]) -> Singles:
    """The voice of words, as loud as the best text covers the question.

    z-scores alone make much of little: of a question that shares one word with two texts, those two stand out by five
    deviations. With the share covered, questions in the documents' words are found as before, and of questions in
    people's own words .81 MRR instead of .63 (docs/decisions/0004-retrieval.md).
    """
    weight = min(1.0, SHORT / max(1, len(words))) * index.covered(scores, words)
    return np.asarray(np.float32(weight) * standardize(scores), np.float32)


def standardize(scores: Singles) -> Singles:
    """z-scores over all; zeros where all are alike."""
    spread = float(scores.std()) if scores.size else 0.0
    return np.asarray((scores - scores.mean()) / spread, np.float32) if spread > 1e-9 else np.zeros_like(scores)


def _order(corpus: Corpus, scores: Singles, first: Sequence[str]) -> list[str]:
    """All ids, best first; ties go by position, so that a result can be repeated."""
    rank = {owner: at for at, owner in enumerate(first)}
    turns = np.array([rank.get(owner, len(rank)) for owner in corpus.owners], np.int32)[corpus.document_of]
    return [corpus.ids[at] for at in np.lexsort((-scores, turns)).tolist()]


def _visible(shelf: Shelf, scope: Scope, library: Library, order: Sequence[str], limit: int) -> Iterator[ShelfItem]:
    """What the scope may see, in order, read a batch at a time. Where the first batch is not enough, the library is
    asked once which of the rest are there to be read, so that a narrow scope does not walk through all of a shelf."""
    batch = max(32, 4 * limit)
    yield from library.read(shelf, scope, order[:batch])
    seen = library.visible(shelf, scope) if len(order) > batch else set()
    rest = [id_ for id_ in order[batch:] if id_ in seen]
    for start in range(0, len(rest), batch):
        yield from library.read(shelf, scope, rest[start : start + batch])


def _varied(items: Iterator[ShelfItem], embedder: Embedder, limit: int, caps: Caps) -> Iterator[ShelfItem]:
    """The first `limit` that keep within the caps and are no twin of one taken before."""
    documents: Counter[str] = Counter()
    authors: Counter[str] = Counter()
    taken: list[Vectors] = []
    for item in items:
        if len(taken) >= limit:
            return
        if caps.per_document and documents[item.document] >= caps.per_document:
            continue
        if caps.per_author and item.author and authors[item.author] >= caps.per_author:
            continue
        vector = embedder.embed([item.indexed])[0]
        if not caps.twins and any(float(other @ vector) >= TWIN for other in taken):
            continue
        taken.append(vector)
        documents[item.document] += 1
        authors[item.author] += 1
        yield item
