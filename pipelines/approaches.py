"""How one challenge was gone about: its solutions in a few approaches, each with a passage and words of its own.

Pure over texts and vectors; no model, no store, no chance: the same works give the same approaches in any order. One
approach is a valid answer: more are told only where the works part more clearly than shuffled features would.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.arrays import Floats
from pipelines.texts.language import clauses, language_of, quotable, stem, stop_words, tokens
from pipelines.texts.plain import one_line
from pipelines.texts.shapes import flow, is_program
from pipelines.texts.wholes import SHORTEST, points_back, whole
from pipelines.values import Standing

MOST: Final = 6  # approaches; more are not taken in at one look
LEAST: Final = 6  # works below which nothing is parted
COLUMNS: Final = 512  # terms are hashed into these
KEPT: Final = 8  # dimensions that works are parted in
CLEARER: Final = 0.06  # silhouette above that of shuffled features from which parting is honest
JUDGED: Final = 400  # works that the silhouette is taken over
ROUNDS: Final = 25
QUOTE: Final = 220  # characters of a representative passage
NAME: Final = 90  # of a clause that an approach is called by
GAP: Final = 0.02  # that works on the map are kept apart by
TELLING: Final = 3  # words of a label
_SEED: Final = 20_261


@dataclass(frozen=True, slots=True)
class ApproachWork:
    """A solution that may be used here: the caller has looked at consent and sharing policy as of now.

    `standing`: the verdict, None where none is known; `by_person` who gave it. `score` in [0, 1]. `criteria`: standing
    by criterion id, in `judged` those that a person said; `places`: where the text speaks of a criterion (offsets, end
    exclusive), and in `sure` how clearly, where that is known.
    """

    id: str
    text: str
    person: str = ""
    standing: Standing | None = None
    score: float | None = None
    criteria: Mapping[str, Standing] = field(default_factory=dict)
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    by_person: bool = False
    judged: frozenset[str] = frozenset()
    sure: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ApproachPlace:
    """A verbatim piece of a work: `text[start:end]` is `quote`."""

    work: str
    start: int
    end: int
    quote: str

    @property
    def id(self) -> str:
        return f"{self.work}@{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a work stands on the map; both in [0, 1]. Near means alike, the axes mean nothing."""

    work: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Approach:
    """Works that go about it alike, the most typical first. `words` tell it from the others; `named` is the clause of
    its representative passage that has most of them, so that it is called by what people do."""

    id: str
    members: tuple[str, ...]
    words: tuple[str, ...]
    representative: ApproachPlace | None
    spots: tuple[Spot, ...]
    named: str = ""

    @property
    def label(self) -> str:
        """What it is called: by its clause, or where there is none by its words."""
        return self.named or " · ".join(self.words)


def approaches(
    works: Sequence[ApproachWork], vectors: Mapping[str, NDArray[np.float32]] | None = None, *, most: int = MOST
) -> tuple[Approach, ...]:
    """The approaches, the commonest first; every work is in one. `vectors`: unit rows by work id, of one embedder;
    without one for every work, words alone decide. Programs are parted by control flow. Raises ValueError on ids given
    twice."""
    if len({work.id for work in works}) != len(works):
        raise ValueError("Two works have the same id.")
    if not works:
        return ()
    ordered = sorted(works, key=lambda work: (work.text, work.id))
    terms = [_terms(work.text) for work in ordered]
    features = _features(ordered, terms, vectors or {})
    labels = part(features, most)
    said = [tokens(work.text) if is_program(work.text) else own for work, own in zip(ordered, terms, strict=True)]
    spots = {
        work.id: Spot(work.id, float(x), float(y)) for work, (x, y) in zip(ordered, positions(features), strict=True)
    }
    found = [_approach(ordered, said, features, labels == label, spots) for label in np.unique(labels)]
    found.sort(key=lambda one: (-len(one.members), one.members[0]))
    return tuple(replace(one, id=f"a{number}") for number, one in enumerate(found, 1))


def _terms(text: str) -> list[str]:
    """Steps of the control flow and their neighbours for a program; stems of the words that carry meaning for prose."""
    if is_program(text):
        steps = flow(text)
        bare = [step.lstrip("0123456789") for step in steps]
        return [*steps, *(" ".join(pair) for pair in pairwise(bare))]
    language = language_of(text)
    stop = stop_words(language) | stop_words("en")
    return [stem(word, language) for word in tokens(text) if word not in stop and len(word) > 1]


def _features(
    works: Sequence[ApproachWork], terms: Sequence[Sequence[str]], vectors: Mapping[str, NDArray[np.float32]]
) -> Floats:
    """One row a work, reduced to at most KEPT dimensions. Words and meaning weigh alike where both are known."""
    parts = [_weighted(terms)]
    programs = sum(is_program(work.text) for work in works) * 2 > len(works)
    if not programs and all(work.id in vectors for work in works):
        parts.append(np.stack([vectors[work.id] for work in works]).astype(np.float64))
    return _reduced(np.hstack([part - part.mean(axis=0) for part in parts]))


def _weighted(terms: Sequence[Sequence[str]]) -> Floats:
    """TF-IDF (1 + ln tf, idf of terms that two works have at least), hashed with signs, rows of length 1 or 0."""
    df = Counter(term for found in terms for term in set(found))
    rows = np.zeros((len(terms), COLUMNS))
    for row, found in zip(rows, terms, strict=True):
        for term, count in Counter(found).items():
            if df[term] > 1 or len(terms) < LEAST:
                at = zlib.crc32(term.encode("utf-8", "surrogatepass"))
                idf = np.log((1 + len(terms)) / (0.5 + df[term]))
                row[at % COLUMNS] += (1 if at >> 16 & 1 else -1) * (1 + np.log(count)) * idf
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length == 0, 1, length)


def _reduced(rows: Floats) -> Floats:
    """Principal components; the sign of each such that its largest loading is positive. Rounded, so that rows that are
    equal stay equal."""
    kept = max(1, min(KEPT, len(rows) // 8))  # few works have more directions than they have ways
    if len(rows) <= rows.shape[1]:
        axes = rows.T @ np.linalg.eigh(rows @ rows.T)[1][:, ::-1][:, :kept]
    else:
        axes = np.linalg.eigh(rows.T @ rows)[1][:, ::-1][:, :kept]
    axes = axes / np.maximum(np.linalg.norm(axes, axis=0), 1e-12)
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    reduced: Floats = np.round(rows @ (axes * np.where(signs == 0, 1, signs)), 9)
    return reduced


def part(features: Floats, most: int = MOST) -> NDArray[np.int64]:
    """A label a row: the number of groups with the best silhouette, if it is clearer than with columns shuffled."""
    single = np.zeros(len(features), np.int64)
    distinct = len(np.unique(features, axis=0))
    if len(features) < LEAST or distinct < 3:
        return single
    shuffled = np.random.default_rng(_SEED).permuted(features, axis=0)
    best, taken = CLEARER, single
    for count in range(2, min(most, distinct - 1, len(features) // 3) + 1):
        labels = grouped(features, count)
        gain = silhouette(features, labels) - silhouette(shuffled, grouped(shuffled, count))
        if gain > best and np.bincount(labels).min() > 1:
            best, taken = gain, labels
    return taken


def grouped(rows: Floats, count: int) -> NDArray[np.int64]:
    """k-means from centres that are far apart: the row nearest the mean, then always the one farthest from all."""
    centres = [rows[np.square(rows - rows.mean(axis=0)).sum(axis=1).argmin()]]
    while len(centres) < count:
        centres.append(rows[_squares(rows, np.array(centres)).min(axis=1).argmax()])
    middle, labels = np.array(centres), np.zeros(len(rows), np.int64)
    for _ in range(ROUNDS):
        labels = _squares(rows, middle).argmin(axis=1)
        moved = np.array([rows[labels == k].mean(axis=0) if (labels == k).any() else middle[k] for k in range(count)])
        if np.allclose(moved, middle):
            break
        middle = moved
    return np.unique(labels, return_inverse=True)[1]


def _squares(rows: Floats, others: Floats) -> Floats:
    found: Floats = np.square(rows).sum(axis=1)[:, None] - 2 * rows @ others.T + np.square(others).sum(axis=1)[None]
    return np.maximum(found, 0)


def silhouette(rows: Floats, labels: NDArray[np.int64]) -> float:
    """Mean silhouette (Rousseeuw 1987) over at most JUDGED rows, evenly taken; -1 where there is one group."""
    step = max(1, len(rows) // JUDGED)
    rows, labels = rows[::step], labels[::step]
    kinds, at = np.unique(labels, return_inverse=True)
    if len(kinds) < 2:
        return -1.0
    member = np.eye(len(kinds))[at]
    sums, sizes = np.sqrt(_squares(rows, rows)) @ member, member.sum(axis=0)
    own = sums[np.arange(len(rows)), at] / np.maximum(sizes[at] - 1, 1)
    other = np.where(member > 0, np.inf, sums / sizes).min(axis=1)
    value = (other - own) / np.maximum(np.maximum(own, other), 1e-12)
    return float(np.where(sizes[at] > 1, value, 0).mean())


def _approach(
    works: Sequence[ApproachWork],
    terms: Sequence[Sequence[str]],
    features: Floats,
    inside: NDArray[np.bool_],
    spots: Mapping[str, Spot],
) -> Approach:
    numbers = np.flatnonzero(inside)
    distance = np.square(features[numbers] - features[numbers].mean(axis=0)).sum(axis=1)
    order = [int(n) for n in numbers[np.lexsort((numbers, np.round(distance, 9)))]]
    telling = _telling(terms, inside)
    texts = [works[n].text for n in order[:20]]
    language = language_of("\n".join(texts))
    named = [term for term in telling if len(term) > 2 and not term.isdigit()][:TELLING]
    label = [term if is_program(texts[0]) else _surface(term, texts, language) for term in named]
    typical = next((place for n in order[:5] if (place := passage(works[n], telling))), None)
    return Approach(
        "",
        tuple(works[n].id for n in order),
        tuple(dict.fromkeys(label)),
        typical,
        tuple(spots[works[n].id] for n in order),
        _named(typical.quote, telling) if typical and telling else "",
    )


def _named(quote: str, telling: Mapping[str, float]) -> str:
    """The whole clause of a passage with most telling words; "" for a program, and where none is short enough."""
    if is_program(quote):
        return ""
    said = [one_line(quote[slice(*span)]) for span in dict.fromkeys(clauses(quote, (0, len(quote))))]
    fit = [one for one in said if len(one) <= NAME and len(one.split()) >= SHORTEST and not points_back(one)]

    def weight(clause: str) -> tuple[float, int]:
        return sum(telling.get(term, 0.0) for term in set(_terms(clause))), -len(clause)

    best = max(fit, key=weight, default="")
    return best.strip(" .;:,") if best and weight(best)[0] > 0 else ""


def _telling(terms: Sequence[Sequence[str]], inside: NDArray[np.bool_]) -> dict[str, float]:
    """Terms that more works inside have than outside, by the difference of the shares times the share inside."""
    here: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for found, member in zip(terms, inside, strict=True):
        (here if member else there).update(set(found))
    size, rest = int(inside.sum()), max(1, int((~inside).sum()))
    weight = {term: (n / size) * (n / size - there[term] / rest) for term, n in here.items()}
    most = sorted((term for term, value in weight.items() if value > 0), key=lambda term: (-weight[term], term))
    return {term: weight[term] for term in most[:40]}


def _surface(term: str, texts: Sequence[str], language: str) -> str:
    """The word as most write it."""
    seen = Counter(word for text in texts for word in tokens(text) if word[:3] == term[:3])
    alike = [word for word in seen if word == term or stem(word, language) == term]
    return min(alike, key=lambda word: (-seen[word], word), default=term)


def passage(work: ApproachWork, telling: Mapping[str, float]) -> ApproachPlace | None:
    """The sentence or line with most telling words for its length; None for a text that says nothing."""
    spans = [whole(work.text, span, QUOTE) for span in quotable(work.text)[:200]]
    spans = [span for span in spans if any(map(str.isalnum, work.text[span[0] : span[1]]))]
    if not spans:
        return None
    program = is_program(work.text)

    def weight(span: tuple[int, int]) -> tuple[float, int]:
        piece = work.text[span[0] : span[1]]
        found = tokens(piece) if program else _terms(piece)
        return sum(telling.get(term, 0.0) for term in set(found)) / np.sqrt(8 + len(found)), -span[0]

    start, end = max(spans, key=weight)
    return ApproachPlace(work.id, start, end, work.text[start:end])


def positions(features: Floats) -> Floats:
    """Two columns in [0, 1]: the first two components, works in one place set round it, the crowded pushed apart."""
    flat = np.zeros((len(features), 2))
    flat[:, : min(2, features.shape[1])] = features[:, :2]
    low, span = flat.min(axis=0), np.ptp(flat, axis=0)
    flat = np.where(span > 1e-9, (flat - low) / np.where(span > 1e-9, span, 1), 0.5)
    _, place = np.unique(np.round(flat, 6), axis=0, return_inverse=True)
    turn = np.zeros(len(flat))
    for label in np.unique(place):
        here = np.flatnonzero(place == label)
        turn[here] = np.arange(len(here))
    angle, radius = turn * np.pi * (3 - np.sqrt(5)), GAP * np.sqrt(turn)  # a sunflower's seeds
    flat = flat + np.minimum(radius, 0.1)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    apart = _apart(flat) if len(flat) <= JUDGED else flat
    low, span = apart.min(axis=0), np.ptp(apart, axis=0)
    fitted: Floats = np.where(span > 1e-9, (apart - low) / np.where(span > 1e-9, span, 1), 0.5)
    return np.clip(np.round(fitted, 4), 0, 1)


def _apart(flat: Floats, rounds: int = 12) -> Floats:
    """Points nearer than GAP are pushed away from one another, a little at a time."""
    for _ in range(rounds):
        way = flat[:, None] - flat[None]
        far = np.sqrt(np.square(way).sum(axis=2))
        push = np.where((far > 1e-9) & (far < GAP), (GAP - far) / np.maximum(far, 1e-9), 0)
        flat = flat + 0.25 * (way * push[:, :, None]).sum(axis=1)
    return flat
