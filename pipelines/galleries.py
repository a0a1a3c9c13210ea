"""Which two or three peers' solutions a learner sees after an own attempt, and why. What to compare in them is said by
`pipelines.comparing`.

Pure over texts, vectors and verdicts. The caller passes only works that may be shown to this learner as of now; nothing
else is ever chosen. A facilitator decides on each choice; the reasons are for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipelines.approaches import ApproachWork, approaches
from pipelines.arrays import Floats
from pipelines.prompts import has_words, words
from pipelines.texts.language import language_code, language_of, stem, stop_words, tokens
from pipelines.texts.masking import unmasked
from pipelines.texts.names import calendar
from pipelines.texts.plain import one_line
from pipelines.texts.shapes import copied, flow, is_program
from pipelines.values import Criterion, Standing

VectorsOfWorks = Mapping[str, NDArray[np.float32]]

WANTED: Final = 3
COLUMNS: Final = 4096
STEP: Final = 0.15  # of full marks ahead is the best distance of an example
FAR: Final = 0.35  # ahead by more, and among the strongest, is "the best"
CLOSE: Final = 0.02  # of the highest score there is: among the strongest
AHEAD: Final = 1.0  # weight, in standard deviations of nearness, of being the best distance ahead
MEETS: Final = 0.5  # the same of each criterion met that the learner's own does not meet, at most two
UNJUDGED: Final = 2.0  # marked down by
TOLD: Final = 3  # words, or criteria, that a reason names
LONG: Final = 4  # letters that such a word has more than
UNLIKE: Final = 0.5  # marked down by, where it repeats what was chosen: of the highest cosine with any chosen
_TELLING: Final = frozenset("for while if elif each switch match try with lambda def function".split())  # noqa: SIM905


class GalleryReason(StrEnum):
    """What speaks for an example, or is to be known of it."""

    NEAR = "near"
    SAME_APPROACH = "same_approach"
    OTHER_APPROACH = "other_approach"
    SOLVED = "solved"
    UNJUDGED = "unjudged"
    MET = "met"
    ALONE = "alone"
    STRONGEST = "strongest"


@dataclass(frozen=True, slots=True)
class Because:
    """A reason in words, for the facilitator."""

    why: GalleryReason
    text: str


@dataclass(frozen=True, slots=True)
class GalleryChoice:
    """One example. `nearness`: cosine with the own text, mean of words and meaning."""

    work: str
    person: str
    approach: str
    nearness: float
    reasons: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class ChosenGallery:
    """Examples in the order in which they are shown. Fewer than wanted, or none, where no more are fit to be shown."""

    own: str
    choices: tuple[GalleryChoice, ...]


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
    vectors: VectorsOfWorks | None = None,
    *,
    wanted: int = WANTED,
    ways: Mapping[str, str] | None = None,
    criteria: Sequence[Criterion] = (),
    language: str = "en",
) -> ChosenGallery:
    """At most `wanted` of the candidates: near, none that copies the own text or another one, of different approaches
    where there are any, none that is known not to meet the task, and not the strongest alone.

    The first goes about it as the learner does, where one does; the others go about it differently. `vectors`: unit
    rows by work id; without one for each, words alone decide. `ways`: the approach of each work (own one included) by
    id, where the caller has clustered already. Raises ValueError on an unknown number or an id given twice.
    """
    if not 1 <= wanted <= 5 or len({work.id for work in candidates}) != len(candidates):
        raise ValueError("A gallery holds one to five works, and each candidate once.")
    fit = sorted((work for work in candidates if _fit(own, work)), key=lambda work: work.id)
    if not fit:
        return ChosenGallery(own.id, ())
    pool = _pool(own, fit, vectors or {}, ways)
    chosen = _chosen(pool, wanted)
    asked = {one.id: one_line(one.text) for one in criteria}
    choices = list[GalleryChoice]()
    for at in chosen:
        met = [id_ for id_ in _adds(pool.own, pool.works[at]) if id_ in pool.works[at].judged and id_ in asked]
        choices.append(_choice(pool, at, chosen, [asked.pop(id_) for id_ in met[:TOLD]], _table(language)))
    return ChosenGallery(own.id, tuple(choices))


def _fit(own: ApproachWork, work: ApproachWork) -> bool:
    """Somebody else's, says something, and is not known to miss the task."""
    somebody_else = work.id != own.id and not (own.person and work.person == own.person)
    return somebody_else and bool(tokens(work.text)) and work.standing not in (Standing.NOT_YET, Standing.PARTLY)


def _pool(
    own: ApproachWork, works: Sequence[ApproachWork], vectors: VectorsOfWorks, ways: Mapping[str, str] | None
) -> _Pool:
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


def _ways(works: Sequence[ApproachWork], vectors: VectorsOfWorks) -> tuple[dict[str, str], dict[str, str]]:
    """Each work's approach, and what each is called: control flow for programs, clusters for prose."""
    programs = [work for work in works if is_program(work.text)]
    prose = [work for work in works if not is_program(work.text)]
    ways = {work.id: " ".join(flow(work.text)) for work in programs}
    labels = {way: _steps(way) for way in set(ways.values())}
    for approach in approaches(prose, vectors):
        ways |= dict.fromkeys(approach.members, approach.id)
        labels[approach.id] = ", ".join(approach.words)
    return ways, labels


def _steps(way: str) -> str:
    """ "1for 2if 3return" → "for › if"."""
    steps = [step.lstrip("0123456789") for step in way.split()]
    return " › ".join([step for step in steps if step in _TELLING - {"def", "function"}][:5]) or "—"


def rows_of(works: Sequence[ApproachWork], vectors: VectorsOfWorks) -> Floats:
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
    left = [at for at, work in enumerate(pool.works) if not copied(work.text, pool.own.text)]
    while left and len(chosen) < wanted:
        at = _next(pool, worth, left, chosen)
        if not any(copied(pool.works[at].text, pool.works[one].text) for one in chosen):
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


def _choice(pool: _Pool, at: int, chosen: Sequence[int], met: Sequence[str], table: Mapping[str, Any]) -> GalleryChoice:
    """`met`: criteria, in words, that it was judged to meet and the own text was not, and that no other one tells."""
    said = [
        Because(why, one_line(table["reasons"][why.value].format(words=words)))
        for why, words in _reasons(pool, at, chosen, met, table)
    ]
    work = pool.works[at]
    return GalleryChoice(work.id, work.person, pool.ways[at], float(pool.nearness[at]), tuple(said))


def _reasons(
    pool: _Pool, at: int, chosen: Sequence[int], met: Sequence[str], table: Mapping[str, Any]
) -> Iterator[tuple[GalleryReason, str]]:
    """What is so of this work, and as far as may be of none of the others: nothing that holds for all."""
    work, way = pool.works[at], pool.ways[at]
    if len({*pool.ways, pool.own_way}) > 1:
        same = way == pool.own_way
        yield (GalleryReason.SAME_APPROACH if same else GalleryReason.OTHER_APPROACH), pool.labels.get(way, way) or "—"
    if len(chosen) > 1 and at == max(chosen, key=lambda one: (pool.nearness[one], -one)):
        yield GalleryReason.NEAR, ""
    if alone := _alone(work, [pool.own, *(pool.works[one] for one in chosen if one != at)]):
        yield GalleryReason.ALONE, table["and"].join(table["quoted"].format(words=word) for word in alone)
    if met:
        yield GalleryReason.MET, table["and"].join(table["quoted"].format(words=text) for text in met)
    judged = work.by_person and work.standing is Standing.MET
    yield (GalleryReason.SOLVED if judged else GalleryReason.UNJUDGED), ""
    if _strongest(pool, at):
        yield GalleryReason.STRONGEST, ""


def _alone(work: ApproachWork, others: Sequence[ApproachWork]) -> list[str]:
    """Words that only this one of these has, those said most often first; of programs none, whose names mean little."""
    if is_program(work.text):
        return []
    language = language_of(work.text)
    there = {stem(word, language) for one in others for word in tokens(one.text)}
    stop = stop_words(language) | stop_words("en") | calendar()
    counts = Counter(word for word in tokens(unmasked(work.text)) if len(word) > LONG and word.isalpha())
    own = {stem(word, language): word for word in counts if word not in stop and stem(word, language) not in there}
    return sorted(own.values(), key=lambda word: (-counts[word], -len(word), word))[:TOLD]
