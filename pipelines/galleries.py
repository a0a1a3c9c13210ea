"""Which two or three peers' solutions a learner sees after an own attempt, why, and what to compare in them.

Pure over texts, vectors and verdicts. The caller passes only works that may be shown to this learner as of now; nothing
else is ever chosen. A facilitator decides on each choice; the reasons are for them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipelines.approaches import ApproachPlace, ApproachWork, approaches, clipped
from pipelines.prompts import has_words, words
from pipelines.texts.language import content, language_code, language_of, sentences, tokens
from pipelines.texts.shapes import flow, is_program, twins
from pipelines.values import Standing

Vectors = Mapping[str, NDArray[np.float32]]
Floats = NDArray[np.float64]

WANTED: Final = 3
COLUMNS: Final = 4096
STEP: Final = 0.15  # of full marks ahead is the best distance of an example
FAR: Final = 0.35  # ahead by more, and among the strongest, is "the best"
CLOSE: Final = 0.02  # of the highest score there is: among the strongest
AHEAD: Final = 1.0  # weight, in standard deviations of nearness, of being the best distance ahead
MEETS: Final = 0.5  # the same of each criterion met that the learner's own does not meet, at most two
UNJUDGED: Final = 2.0  # marked down by
UNLIKE: Final = 0.5  # marked down by, where it repeats what was chosen: of the highest cosine with any chosen
_TELLING: Final = frozenset("for while if elif each switch match try with lambda def function".split())  # noqa: SIM905


class GalleryReason(StrEnum):
    """What speaks for an example, or is to be known of it."""

    NEAR = "near"
    SAME_APPROACH = "same_approach"
    OTHER_APPROACH = "other_approach"
    SOLVED = "solved"
    UNJUDGED = "unjudged"
    AHEAD = "ahead"
    BEHIND = "behind"
    MET = "met"
    STRONGEST = "strongest"


@dataclass(frozen=True, slots=True)
class Because:
    """A reason in words, for the facilitator. `value`: the number in it, if there is one."""

    why: GalleryReason
    text: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class GalleryChoice:
    """One example. `nearness`: cosine with the own text, mean of words and meaning; `ahead`: score less the own one."""

    work: str
    person: str
    approach: str
    nearness: float
    ahead: float | None
    reasons: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison to verify, drafted without a model. The two quotes stand in `text` as they stand in their works."""

    text: str
    places: tuple[ApproachPlace, ApproachPlace]


@dataclass(frozen=True, slots=True)
class ChosenGallery:
    """Examples in the order in which they are shown. Fewer than wanted, or none, where no more are fit to be shown."""

    own: str
    choices: tuple[GalleryChoice, ...]
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class _Pool:
    """What may be chosen, and what is known of it; all rows are in the order of `works`."""

    own: ApproachWork
    works: tuple[ApproachWork, ...]
    nearness: Floats
    rows: Floats
    ways: tuple[str, ...]
    own_way: str
    labels: Mapping[str, str]


def choose(
    own: ApproachWork,
    candidates: Sequence[ApproachWork],
    vectors: Vectors | None = None,
    *,
    wanted: int = WANTED,
    ways: Mapping[str, str] | None = None,
    language: str = "en",
) -> ChosenGallery:
    """At most `wanted` of the candidates: near, no two the same once names are changed, of different approaches where
    there are any, none that is known not to meet the task, and not the strongest alone.

    The first goes about it as the learner does, where one does; the others go about it differently. `vectors`: unit
    rows by work id; without one for each, words alone decide. `ways`: the approach of each work (own one included) by
    id, where the caller has clustered already. Raises ValueError on an unknown number or an id given twice.
    """
    if not 1 <= wanted <= 5 or len({work.id for work in candidates}) != len(candidates):
        raise ValueError("A gallery holds one to five works, and each candidate once.")
    fit = sorted((work for work in candidates if _fit(own, work)), key=lambda work: work.id)
    if not fit:
        return ChosenGallery(own.id, (), None)
    pool = _pool(own, fit, vectors or {}, ways)
    chosen = _chosen(pool, wanted)
    table = _table(language)
    return ChosenGallery(
        own.id,
        tuple(_choice(pool, at, table) for at in chosen),
        compare(own, [pool.works[at] for at in chosen], language) if chosen else None,
    )


def _fit(own: ApproachWork, work: ApproachWork) -> bool:
    """Somebody else's, says something, and is not known to miss the task."""
    somebody_else = work.id != own.id and not (own.person and work.person == own.person)
    return somebody_else and bool(tokens(work.text)) and work.standing not in (Standing.NOT_YET, Standing.PARTLY)


def _pool(own: ApproachWork, works: Sequence[ApproachWork], vectors: Vectors, ways: Mapping[str, str] | None) -> _Pool:
    rows = rows_of([own, *works], vectors)
    known, labels = (ways, {}) if ways is not None else _ways([own, *works], vectors)
    return _Pool(
        own,
        tuple(works),
        np.round(rows[1:] @ rows[0], 6),
        rows[1:],
        tuple(known.get(work.id, "") for work in works),
        known.get(own.id, ""),
        labels,
    )


def _ways(works: Sequence[ApproachWork], vectors: Vectors) -> tuple[dict[str, str], dict[str, str]]:
    """Each work's approach, and what each is called: control flow for programs, clusters for prose."""
    programs = [work for work in works if is_program(work.text)]
    prose = [work for work in works if not is_program(work.text)]
    ways = {work.id: " ".join(flow(work.text)) for work in programs}
    labels = {way: _steps(way) for way in set(ways.values())}
    for approach in approaches(prose, vectors):
        ways |= dict.fromkeys(approach.members, approach.id)
        labels[approach.id] = approach.label
    return ways, labels


def _steps(way: str) -> str:
    """ "1for 2if 3return" → "for › if"."""
    steps = [step.lstrip("0123456789") for step in way.split()]
    return " › ".join([step for step in steps if step in _TELLING - {"def", "function"}][:5]) or "—"


def rows_of(works: Sequence[ApproachWork], vectors: Vectors) -> Floats:
    """A row a work; the product of two rows is their cosine in words (TF-IDF) or, where every work has a vector, the
    mean of that and the cosine in meaning. Terms beyond COLUMNS share columns."""
    texts = [Counter(_marks(work.text)) for work in works]
    terms = sorted({term for text in texts for term in text})
    columns = {term: at % COLUMNS for at, term in enumerate(terms)}
    rows = np.zeros((len(works), min(COLUMNS, len(terms))))
    for row, text in zip(rows, texts, strict=True):
        for term, count in text.items():
            row[columns[term]] += 1 + np.log(count)
    rows *= np.log((1 + len(works)) / (1 + (rows > 0).sum(axis=0))) + 1
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    if all(work.id in vectors for work in works):
        meaning = np.stack([vectors[work.id] for work in works]).astype(np.float64)
        return np.asarray(np.hstack([rows, meaning]) / np.sqrt(2), np.float64)
    return np.asarray(rows, np.float64)


def _marks(text: str) -> list[str]:
    """Tokens of a program with its control flow; words of prose."""
    return [*tokens(text), *flow(text)] if is_program(text) else tokens(text)


def _chosen(pool: _Pool, wanted: int) -> list[int]:
    """One after the other, each the best of what is left."""
    worth, chosen = _worth(pool), list[int]()
    left = [at for at, work in enumerate(pool.works) if not twins(pool.own.text, work.text)]
    while left and len(chosen) < wanted:
        at = _next(pool, worth, left, chosen)
        if not any(twins(pool.works[at].text, pool.works[one].text) for one in chosen):
            chosen.append(at)
        left.remove(at)
        if at in chosen and _strongest(pool, at):
            left = [one for one in left if not _strongest(pool, one)]
    return [] if all(_strongest(pool, at) for at in chosen) else chosen


def _next(pool: _Pool, worth: Floats, left: Sequence[int], chosen: Sequence[int]) -> int:
    """Approach first: the learner's own for the first, one that is not there yet for the others; then worth."""
    taken = {pool.ways[one] for one in chosen}
    alike = np.round((pool.rows[list(left)] @ pool.rows[list(chosen)].T), 6) if chosen else np.zeros((len(left), 1))
    repeats = dict(zip(left, alike.max(axis=1), strict=True))

    def rank(at: int) -> tuple[bool, float, str]:
        way = pool.ways[at]
        fits = way == pool.own_way if not chosen else way not in taken
        return fits, round(float(worth[at] - UNLIKE * repeats[at]), 5), pool.works[at].id

    return max(left, key=rank)


def _worth(pool: _Pool) -> Floats:
    """Nearness in standard deviations, and what a small step ahead adds to it."""
    spread = pool.nearness.std()
    near: Floats = (pool.nearness - pool.nearness.mean()) / (spread if spread > 1e-9 else 1.0)
    more = [_step(pool.own, work) + MEETS * min(2, len(_adds(pool.own, work))) for work in pool.works]
    unjudged = [UNJUDGED * (work.standing is not Standing.MET) for work in pool.works]
    return np.asarray(near + np.array(more) - np.array(unjudged), np.float64)


def _step(own: ApproachWork, work: ApproachWork) -> float:
    """AHEAD at a step ahead, less the further from it; 0 where a score is not known."""
    ahead = _ahead(own, work)
    return 0.0 if ahead is None else AHEAD * (1 - min(2.0, abs(ahead - STEP) / STEP))


def _ahead(own: ApproachWork, work: ApproachWork) -> float | None:
    return None if own.score is None or work.score is None else round(work.score - own.score, 6)


def _adds(own: ApproachWork, work: ApproachWork) -> list[str]:
    """Criteria that the work meets and the own one does not."""
    met = [id_ for id_, standing in work.criteria.items() if standing is Standing.MET]
    return [id_ for id_ in met if own.criteria.get(id_) is not Standing.MET]


def _strongest(pool: _Pool, at: int) -> bool:
    """Far ahead and among the best there are: more than one of these makes people give up."""
    top = max((work.score for work in pool.works if work.score is not None), default=None)
    score, ahead = pool.works[at].score, _ahead(pool.own, pool.works[at])
    if top is None or score is None or ahead is None:
        return False
    return ahead > FAR and score >= top - CLOSE


def _table(language: str) -> Mapping[str, Any]:
    path = f"gallery/{language_code(language)}"
    return words(path if has_words(path) else "gallery/en")


def _choice(pool: _Pool, at: int, table: Mapping[str, Any]) -> GalleryChoice:
    work, ahead = pool.works[at], _ahead(pool.own, pool.works[at])
    near, way = float(pool.nearness[at]), pool.ways[at]
    found: list[tuple[GalleryReason, float | None]] = [
        (GalleryReason.NEAR, round(100 * float((pool.nearness < near).mean())))
    ]
    found.append((GalleryReason.SAME_APPROACH if way == pool.own_way else GalleryReason.OTHER_APPROACH, None))
    found.append((GalleryReason.SOLVED if work.standing is Standing.MET else GalleryReason.UNJUDGED, None))
    if ahead is not None:
        found.append((GalleryReason.AHEAD, round(100 * ahead)) if ahead > 0 else (GalleryReason.BEHIND, None))
    if adds := len(_adds(pool.own, work)):
        found.append((GalleryReason.MET, adds))
    if _strongest(pool, at):
        found.append((GalleryReason.STRONGEST, None))
    called = pool.labels.get(way, way) or "—"
    reasons = tuple(
        Because(why, table["reasons"][why.value].format(n=f"{n:g}" if n is not None else "", words=called), n)
        for why, n in found
    )
    return GalleryChoice(work.id, work.person, way, near, ahead, reasons)


def compare(own: ApproachWork, chosen: Sequence[ApproachWork], language: str = "en") -> Comparison | None:
    """What to compare: the two chosen that differ most, or the own text with the only one; None if one has no words."""
    if not chosen:
        return None
    first, second = (own, chosen[0]) if len(chosen) == 1 else (chosen[0], min(chosen[1:], key=_overlap(chosen[0])))
    a, b = _peculiar(first, second), _peculiar(second, first)
    if a is None or b is None:
        return None
    text = _table(language)["comparison"]["one" if len(chosen) == 1 else "two"]
    quotes = {"{a}": a.quote, "{b}": b.quote}
    return Comparison(re.sub(r"\{[ab]\}", lambda mark: quotes[mark[0]], text), (a, b))


def _overlap(first: ApproachWork) -> Any:
    mine = set(_marks(first.text))

    def shared(other: ApproachWork) -> tuple[float, str]:
        theirs = set(_marks(other.text))
        return len(mine & theirs) / max(1, len(mine | theirs)), other.id

    return shared


def _peculiar(work: ApproachWork, other: ApproachWork) -> ApproachPlace | None:
    """The sentence or line that says most that the other text does not say anywhere."""
    program, language = is_program(work.text), language_of(work.text)
    there = set(tokens(other.text)) if program else content(other.text, language)
    spans = [clipped(work.text, *span) for span in sentences(work.text)[:200]]
    spans = [span for span in spans if tokens(work.text[span[0] : span[1]])]
    if not spans:
        return None

    def weight(span: tuple[int, int]) -> tuple[float, int]:
        said = work.text[span[0] : span[1]]
        found = set(tokens(said)) if program else content(said, language)
        steps = 2 * sum(word in _TELLING for word in found) if program else 0
        return (len(found - there) + steps) / (4 + len(found)), -span[0]

    start, end = max(spans, key=weight)
    return ApproachPlace(work.id, start, end, work.text[start:end])
