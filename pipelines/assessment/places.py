"""Where a submission speaks of each criterion, and what people made of such passages before. May not fetch.

A place is a sentence. Facilitators' own quotations on a criterion say best what speaks of it: on the example
organization, each author left out, the chosen sentence holds the quotation of 70 in 100 points, against 35 by the
meaning of criterion and question alone and 40 by shared words.

From such passages with their standings, whether the criterion is met is learned as well: what decides is said in one
sentence, and drowns in a comparison of whole texts (there: accuracy .80 against .57, area under the curve .83 against
.53, on 112 judgements by 11 facilitated versions a challenge; so the figures are rough).
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from pipelines.arrays import Floats
from pipelines.assessment.copies import author, copies
from pipelines.assessment.entitlement import LeftOut, stood
from pipelines.assessment.sought import SoughtThings, common_likeness
from pipelines.assessment.terms import MARKS, Judged, standard
from pipelines.ports import Embedder
from pipelines.texts.language import content, language_code, orders, quotable, shared, written_in
from pipelines.values import ChallengeAsItStands, PastPoint, PointKind, ShelfItem, Span, Standing

MOST_SENTENCES: Final = 120
MOST_ROWS: Final = 60
MOST_QUOTES: Final = 240
"""What is looked at of one text, of judged work, and of approved points, the latest of both."""
SHORTEST: Final = 5
"""Words of a sentence that can be a place, where there is a longer one."""
NEAREST: Final = 3
"""Quotations on a criterion that a sentence is compared with: the mean of the nearest."""
OTHERS: Final = 0.7
"""How much likeness to quotations on other criteria counts against a sentence; and on a sheet, whatever speaks to them:
a sentence that is near to all criteria says little of any."""
TAKEN: Final = 1.0
"""What a sentence that is shown for another criterion must be ahead by to be shown again, in standard deviations."""
QUOTED: Final = 3.0
"""Weight of likeness to quotations, where the criterion, its question, and shared words weigh 1 each."""
SHARPNESS: Final = 2.0
"""How much the best place counts for whether the criterion is met: sentences weigh exp(SHARPNESS × score)."""
OTHER_CRITERIA: Final = 0.7
"""Share of what is learned of one criterion that holds for others: hopes instead of dates read alike everywhere."""
RIDGE: Final = 0.1
FEWEST: Final = 12
FEWEST_HERE: Final = 4
"""Judged passages, of all criteria and of this one, below which nothing is said of whether it is met."""
HALF_WAY: Final = 0.3
"""What a question that a facilitator asked is worth where nobody said how the criterion stood."""
COUNTED: Final = 5
PARTS: Final = 20
"""Parts that authors are left out in, where there are more of them."""

MOST_SPEAKING: Final = 2
SPEAKS: Final = 0.11
"""Sentences shown for a criterion, and how near one must be. On 58 works that people judged, the first sentence is
where a gap stands in .50, one of the first two in .79; of 109 criteria that are met it is nearer than .11 in 95 of 100.
How near it is does not tell met from not yet (area under the curve .54), so nobody says so."""
SPEAKS_OF_COMMON: Final = 0.66
"""And how near, as a share of what sentences on different matters have in common by the embedder, if that is more: in
English under the packaged model it is not (.08), in German it is (.27). On 201 criteria that German works meet and 438
of other challenges, each of nine challenges left out in turn, .075 of the first are then said to be nowhere and .23 of
the second; with .11 alone none of either."""

_KINDS = {PointKind.STRENGTH: 1.0, PointKind.QUESTION: HALF_WAY, PointKind.NEXT_STEP: 0.0}


@dataclass(frozen=True)
class CriterionPlace:
    """One criterion's place. `chance` that a person would say "met", None where too little was judged to tell."""

    span: Span
    evidence: float
    chance: float | None
    agreeing: int


@dataclass(frozen=True)
class _Text:
    """A text in sentences."""

    language: str
    spans: list[Span]
    said: list[str]
    vectors: Floats  # (sentences, d)
    stems: list[frozenset[str]]
    sought: dict[str, Floats] = field(default_factory=dict)  # by thing: what `SoughtThings` found


@dataclass(frozen=True)
class _Examples:
    """Passages with the criterion they are about (its position) and how it stood there, 0 to 1."""

    vectors: Floats  # (n, d)
    criterion: Floats  # (n,)
    met: Floats  # (n,)
    authors: tuple[str, ...]


class CriterionPlaces:
    """What one challenge's criteria look like in submissions; can be kept while what it was made from is the same."""

    def __init__(
        self,
        challenge: ChallengeAsItStands,
        rows: Sequence[Judged],
        approved: Sequence[ShelfItem],
        embedder: Embedder,
        known: dict[str, _Text] | None = None,
    ) -> None:
        """`known`: texts that were read already, for places that are made several times of nearly the same work."""
        self._known = {} if known is None else known
        self._language = language_code(challenge.language)
        self._order = {criterion.id: at for at, criterion in enumerate(challenge.criteria)}
        self._sought = SoughtThings(challenge.criteria, self._language, embedder)
        self._asked = [
            [_unit(embedder, text) for text in (criterion.text, criterion.question, criterion.evidence) if text.strip()]
            for criterion in challenge.criteria
        ]
        self._words = [
            content(f"{one.text} {one.question} {one.evidence}", self._language) for one in challenge.criteria
        ]
        quotes = [
            (item, past)
            for item in approved
            if (past := item.past) and not past.dismissed and past.quote.strip() and past.criterion in self._order
        ][-MOST_QUOTES:]
        self._quotes = self._quoted(quotes, rows[-MOST_ROWS:], embedder)
        self._examples = self._learn(rows[-MOST_ROWS:], quotes, embedder)
        self._weights = self._solve()

    def find(self, text: str, embedder: Embedder) -> list[CriterionPlace]:
        """The place of each criterion, in their order; none where there are no criteria or no words."""
        read = self._read(text, embedder)
        if not read.spans or not self._order:
            return []
        scores = self._scores(read)
        chosen = _apart(scores)
        chances = self._chances(read, scores)
        near = [self._near(read.vectors[at], k) for k, at in enumerate(chosen)]
        return [
            CriterionPlace(read.spans[at], near[k], chances[k], self._agreeing(read.vectors[at], k, chances[k]))
            for k, at in enumerate(chosen)
        ]

    def speaking(self, text: str, embedder: Embedder) -> list[list[tuple[Span, float]]]:
        """For each criterion the sentences that speak most to it, best first, with how near each is; none where nothing
        is near enough. Two criteria may share one."""
        read = self._read(text, embedder)
        if not read.spans or not self._order:
            return [[] for _ in self._order]
        scores = _taken_once(_own(self._scores(read)))
        return [self._nearest(read, scores[:, at], at, embedder) for at in range(len(self._order))]

    def _nearest(self, read: _Text, scores: Floats, at: int, embedder: Embedder) -> list[tuple[Span, float]]:
        best = np.argsort(-scores, kind="stable")[:MOST_SPEAKING]
        near = [(read.spans[i], self._near(read.vectors[i], at), read.said[i]) for i in best]
        floor = max(SPEAKS, SPEAKS_OF_COMMON * common_likeness(embedder, read.language))
        return [
            (span, like)
            for span, like, said in near
            if like >= floor or self._sought.dealt_with(said, at, read.language)
        ]

    def without(self, text: str, embedder: Embedder) -> list[float | None]:
        """The chance that each criterion is met in a text that these were made without."""
        read = self._learned_from(text, embedder)
        return self._chances(read, self._scores(read)) if read.spans and self._order else [None] * len(self._order)

    def _learned_from(self, text: str, embedder: Embedder) -> _Text:
        """Judged work, which is read once however often it is learned from."""
        if text not in self._known:
            self._known[text] = self._read(text, embedder)
        return self._known[text]

    def _read(self, text: str, embedder: Embedder) -> _Text:
        spans = quotable(text)[:MOST_SENTENCES]
        told = orders(text)  # to a machine: no part of the solution
        spans = [one for one in spans if not any(a < one[1] and one[0] < b for a, b in told)]
        spans = [one for one in spans if len(text[slice(*one)].split()) >= SHORTEST] or spans
        said = [text[slice(*span)] for span in spans]
        vectors = np.asarray(embedder.embed(said), np.float64)
        language = language_code(written_in(text, self._language))
        return _Text(language, spans, said, vectors, [content(one, self._language) for one in said])

    def _quoted(
        self, quotes: Sequence[tuple[ShelfItem, PastPoint]], rows: Sequence[Judged], embedder: Embedder
    ) -> list[Floats]:
        """For each criterion, the passages that people pointed at: in points, and where they read how it stands."""
        said = [(past.criterion, past.quote) for _, past in quotes]
        pointed = {(item.document, past.criterion) for item, past in quotes}
        said += [
            (key, row.text[slice(*place)])
            for row in rows
            for key, place in row.places.items()
            if key in self._order and (row.id, key) not in pointed
        ]
        vectors = np.asarray(embedder.embed([quote for _, quote in said]), np.float64)
        about = np.array([self._order[key] for key, _ in said], int)
        return [vectors[about == at] for at in range(len(self._order))]

    def _scores(self, read: _Text) -> Floats:
        """(sentences, criteria): z-scores of likeness to the criterion, its question, its words and its quotations, and
        of what it asks for."""
        columns = []
        for at in range(len(self._order)):
            asked = sum((standard(read.vectors @ vector) for vector in self._asked[at]), np.zeros(len(read.spans)))
            words = standard(np.array([_overlap(self._words[at], stems) for stems in read.stems]))
            columns.append(asked + words + QUOTED * standard(self._like_quotes(read.vectors, at)))
        return np.stack(columns, axis=1) + self._sought.scores(read.said, read.vectors, read.language, read.sought)

    def _near(self, vector: Floats, at: int) -> float:
        """Cosine to the criterion, its question, or what was quoted for it, whichever is nearest."""
        return max(float((np.vstack([*self._asked[at], *self._quotes[at]]) @ vector).max()), -1.0)

    def _like_quotes(self, vectors: Floats, at: int) -> Floats:
        """(n,) likeness to what facilitators pointed at for this criterion, less that for others."""
        others = [quotes for number, quotes in enumerate(self._quotes) if number != at]
        return _nearest(vectors, self._quotes[at]) - OTHERS * _nearest(vectors, np.vstack([vectors[:0], *others]))

    def _learn(
        self, rows: Sequence[Judged], quotes: Sequence[tuple[ShelfItem, PastPoint]], embedder: Embedder
    ) -> _Examples:
        """Passages that were judged: those quoted, and of judged work without a quotation the best place."""
        standing = {(row.id, key): mark for row in rows for key, mark in row.criteria.items()}
        known: list[tuple[Floats, int, float, str]] = []
        pointed = set()
        for item, past in quotes:
            mark = standing.get((item.document, past.criterion), _KINDS[past.kind])
            at = self._order[past.criterion]
            known.append((_unit(embedder, past.quote), at, _learned(mark), item.author or item.document))
            pointed.add((item.document, past.criterion))
        for row in rows:
            for key, place in row.places.items():
                if key in self._order and key in row.criteria and (row.id, key) not in pointed:
                    vector = _unit(embedder, row.text[slice(*place)])
                    known.append((vector, self._order[key], _learned(row.criteria[key]), author(row)))
                    pointed.add((row.id, key))
            wanted = [key for key in row.criteria if key in self._order and (row.id, key) not in pointed]
            read = self._learned_from(row.text, embedder) if wanted else None
            if read is None or not read.spans:
                continue
            best = read.vectors[self._scores(read).argmax(axis=0)]
            for key in wanted:
                at = self._order[key]
                known.append((best[at], at, _learned(row.criteria[key]), author(row)))
        vectors = np.stack([one[0] for one in known]) if known else np.zeros((0, 0))
        criterion, met = np.array([one[1] for one in known], int), np.array([one[2] for one in known], np.float64)
        return _Examples(vectors, criterion, met, tuple(one[3] for one in known))

    def _solve(self) -> Floats:
        """(criteria, examples): a kernel ridge for each, in which what was judged of other criteria counts less."""
        known, count = self._examples, len(self._order)
        if len(known.met) < FEWEST:
            return np.zeros((count, 0))
        same = known.criterion[:, None] == known.criterion[None]
        kernel = (known.vectors @ known.vectors.T) * np.where(same, 1.0, OTHER_CRITERIA)
        inverse = np.linalg.inv(kernel + RIDGE * np.eye(len(known.met)))
        return np.stack([inverse @ (known.met - self._usual(at)) for at in range(count)])

    def _usual(self, at: int) -> float:
        """Share of met for this criterion, two more of the common share added."""
        known = self._examples
        here = known.met[known.criterion == at]
        return float((here.sum() + 2 * known.met.mean()) / (len(here) + 2))

    def _chances(self, read: _Text, scores: Floats) -> list[float | None]:
        if not self._weights.size or not 0.0 < self._examples.met.mean() < 1.0:
            return [None] * len(self._order)
        return [self._chance(read, scores[:, at], at) for at in range(len(self._order))]

    def _chance(self, read: _Text, scores: Floats, at: int) -> float | None:
        known = self._examples
        here = known.criterion == at
        if here.sum() < FEWEST_HERE:
            return None
        kernel = (read.vectors @ known.vectors.T) * np.where(here, 1.0, OTHER_CRITERIA)
        each = self._usual(at) + kernel @ self._weights[at]
        weights = np.exp(SHARPNESS * (scores - scores.max()))
        return float(np.clip((weights * each).sum() / weights.sum(), 0.02, 0.98))

    def _agreeing(self, vector: Floats, at: int, chance: float | None) -> int:
        """Different authors among the nearest judged passages on the criterion that stood as this one seems to."""
        if chance is None:
            return 0
        here = np.flatnonzero(self._examples.criterion == at)
        near = here[np.argsort(-(self._examples.vectors[here] @ vector), kind="stable")][:COUNTED]
        same = [i for i in near if (self._examples.met[i] > 0.5) == (chance > 0.5)]
        return len({self._examples.authors[i] for i in same})


def left_out(
    challenge: ChallengeAsItStands, rows: Sequence[Judged], approved: Sequence[ShelfItem], embedder: Embedder
) -> list[list[LeftOut]]:
    """For each criterion, the judged work on it as it is read when its author's work and points are left out, and those
    of everybody who shares a text with the author: one by one, where there are many several at a time. A text that was
    handed in several times counts once for each standing that it was given."""
    used, known = rows[-MOST_ROWS:], dict[str, _Text]()
    texts, sharing = copies(rows)
    read: list[dict[tuple[int, Standing], LeftOut]] = [{} for _ in challenge.criteria]
    for part in _parts(sharing, {author(row) for row in used}):
        others = [row for row in used if author(row) not in part]
        points = [item for item in approved if (item.author or item.document) not in part]
        places = CriterionPlaces(challenge, others, points, embedder, known)
        for row in (row for row in used if author(row) in part):
            chances = places.without(row.text, embedder)
            for at, criterion in enumerate(challenge.criteria):
                if criterion.id in row.criteria:
                    standing = stood(row.criteria[criterion.id])
                    read[at][texts[row.id], standing] = LeftOut(chances[at], standing)
    return [list(one.values()) for one in read]


def _parts(sharing: Sequence[frozenset[str]], used: Set[str]) -> list[frozenset[str]]:
    """Authors who are left out together; those who share a text never in two parts."""
    there = sorted((one for one in sharing if one & used), key=min)
    return [frozenset[str]().union(*there[at::PARTS]) for at in range(min(PARTS, len(there)))]


def _learned(mark: float) -> float:
    """Partly is nearer to open than to met: there is something to say of it."""
    return HALF_WAY if mark == MARKS[Standing.PARTLY] else mark


def _unit(embedder: Embedder, text: str) -> Floats:
    return np.asarray(embedder.embed([text])[0], np.float64)


def _nearest(vectors: Floats, quotes: Floats) -> Floats:
    if not len(quotes):
        return np.zeros(len(vectors))
    return np.asarray(np.sort(vectors @ quotes.T, axis=1)[:, -NEAREST:].mean(axis=1))


def _overlap(wanted: frozenset[str], there: frozenset[str]) -> float:
    return len(shared(wanted, there)) / (len(wanted) * len(there)) ** 0.5 if wanted and there else 0.0


def _own(scores: Floats) -> Floats:
    """(sentences, criteria): less what each sentence has of the other criteria, on the average of them."""
    others = scores.shape[1] - 1
    return scores - OTHERS * (scores.sum(axis=1, keepdims=True) - scores) / others if others else scores


def _taken_once(scores: Floats) -> Floats:
    """Less `TAKEN` at a sentence for each criterion before that has it; the clearest first."""
    found, left = scores.copy(), scores - scores.mean(axis=0)
    taken = np.zeros(len(scores))
    waiting = list(range(scores.shape[1]))
    while waiting:
        at = max(waiting, key=lambda one: float((left[:, one] - taken).max()))
        waiting.remove(at)
        found[:, at] -= taken
        taken[int(found[:, at].argmax())] += TAKEN
    return found


def _apart(scores: Floats) -> list[int]:
    """A sentence for each criterion, each its own where there are enough."""
    if len(scores) < scores.shape[1]:
        return [int(at) for at in scores.argmax(axis=0)]
    from scipy.optimize import linear_sum_assignment  # takes long to load, as what else is imported so

    row, column = linear_sum_assignment(-scores)
    return [int(at) for at in row[np.argsort(column)]]
