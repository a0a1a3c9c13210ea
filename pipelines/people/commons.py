"""All work of an organization that may be used for matching, ready to be compared. Built once, then only read.

What was worked out of a text can be taken over into the next commons (`before`), and texts can stay where they are kept
(`read`): then only those are held that came with the works, and whoever reads decides anew which may be read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.arrays import Singles
from pipelines.people.in_common import in_common
from pipelines.people.likeness import Cosines, LikenessSpace, pooled_by
from pipelines.people.values import PersonWork, ShownPassage
from pipelines.ports import Embedder
from pipelines.speaking import Speaking
from pipelines.texts.language import content, language_of, passages_alike, quotable, tokens
from pipelines.texts.lexical import terms
from pipelines.texts.names import calendar
from pipelines.texts.wholes import whole
from pipelines.values import Criterion, Span

OWN_WORKS: Final = 40
"""A person's works that are compared with everybody's, the latest; a log-mean-exp over more changes little."""
SHORTEST_QUOTE: Final = 20
LONGEST_QUOTE: Final = 240
LEAST_SAID: Final = 4
DATED: Final = 0.4
"""Words that carry meaning which a passage must have, and figures and dates for each of them at most: "Wednesday 18
November, first lesson" is nothing to talk about."""
SAME: Final = 0.9
"""Share of the shorter passage's words from which two say the same, and there is nothing to tell each other."""
MATTER: Final = 2
"""Words that tell what two works have in common."""
ADDED: Final = 0.02
"""Share of works that may have come since statistics were taken, before they are taken anew: each costs every person
matched some microseconds more than one of the first. Below 50 works, every one does it."""
GONE: Final = 0.1
"""The same of works that are gone. They cost nothing and are in no result."""

TextsOf = Callable[[Collection[str]], Mapping[str, str]]
"""Texts of works by id, as they may be read now; of those that may not, none."""


Pointing = Callable[[Collection[str]], Mapping[str, Mapping[str, Span]]]
"""Where people pointed at in works, by work and criterion."""


def nowhere(ids: Collection[str]) -> Mapping[str, Mapping[str, Span]]:
    """Nobody pointed at anything."""
    return {}


def held(works: Sequence[PersonWork]) -> TextsOf:
    """Texts that came with the works."""
    texts = {work.id: work.text for work in works}
    return lambda ids: {id_: texts[id_] for id_ in ids if id_ in texts}


class Commons:
    """Works in the order of their people. Thread-safe; what may be used *now* is decided by every call."""

    def __init__(
        self,
        works: Sequence[PersonWork],
        embedder: Embedder,
        read: TextsOf | None = None,
        before: Commons | None = None,
        pointed: Pointing = nowhere,
    ) -> None:
        """`works`: a person's in the order they were made, the latest last. What `before` knows of the same texts is
        kept, as long as few are new and few are gone; it must have been made with the same embedder."""
        self._read, self._pointed = read or held(works), pointed
        self._embedder = embedder
        self.space, self._row_of_text, works = self._spaced(works, before)
        by_person: dict[str, list[PersonWork]] = defaultdict(list)
        for work in works:
            by_person[work.person].append(work)
        self.people = tuple(by_person)
        self.row_of = {person: row for row, person in enumerate(self.people)}
        self.works = tuple(work for person in self.people for work in by_person[person])
        self.by_person: Mapping[str, Sequence[PersonWork]] = by_person
        self._bounds = np.concatenate([[0], np.cumsum([len(by_person[person]) for person in self.people])])
        self._rows_of_works = np.array([self._row_of_text[work.id, work.title] for work in self.works], np.int64)
        self._in_order = np.array_equal(self._rows_of_works, np.arange(self.space.size))
        at: dict[str, set[str]] = defaultdict(set)
        for work in self.works:
            at[work.challenge].add(work.person)
        self._at = {challenge: frozenset(people) for challenge, people in at.items()}

    def _spaced(
        self, works: Sequence[PersonWork], before: Commons | None
    ) -> tuple[LikenessSpace, dict[tuple[str, str], int], Sequence[PersonWork]]:
        """The texts' space, their rows by work and title, and the works whose text could be read."""
        known = before._row_of_text if before else {}
        fresh = [work for work in works if (work.id, work.title) not in known]
        if before is not None and _little(len(fresh), len(works), before.space):
            rows, texts, space = dict(known), self._read([work.id for work in fresh]), before.space
            fresh = [work for work in fresh if work.id in texts]
            if fresh:
                rows |= {(work.id, work.title): row for row, work in enumerate(fresh, space.size)}
                space = space.more([_titled(work, texts) for work in fresh], self._embedder)
            return space, rows, [work for work in works if (work.id, work.title) in rows]
        texts = self._read([work.id for work in works])
        order = _by_person([work for work in works if work.id in texts])
        rows = {(work.id, work.title): row for row, work in enumerate(order)}
        return LikenessSpace([_titled(work, texts) for work in order], self._embedder), rows, order

    def at(self, challenge: str) -> frozenset[str]:
        """Everybody who has work on it."""
        return self._at.get(challenge, frozenset())

    def usable(self, person: str, hidden: Collection[str] = ()) -> list[PersonWork]:
        """A person's works that may be used now, the latest last."""
        return [work for work in self.by_person.get(person, ()) if work.id not in hidden]

    def nearness(self, person: str, hidden: Collection[str] = ()) -> Singles:
        """How near everybody's work is to this person's, as z-scores over the others: shape (people,)."""
        mine = self._rows(person, (), hidden).tolist()
        if not mine:
            return np.zeros(len(self.people), np.float32)
        return self._pooled(self.space.of_rows(self._rows_of_works[mine].tolist()), self.row_of[person], hidden)

    def knowing(self, text: str, hidden: Collection[str] = ()) -> Singles:
        """How near everybody's work is to a text, as z-scores: shape (people,)."""
        if not self.people:
            return np.zeros(0, np.float32)
        return self._pooled(self.space.of_text(text, self._embedder), None, hidden)

    def _pooled(self, similarities: Cosines, without: int | None, hidden: Collection[str]) -> Singles:
        """Each of the two pooled by itself, then added: as z-scores, since everybody's work is a little alike."""
        keep = np.array([work.id not in hidden for work in self.works]) if hidden else None
        by_work = (each if self._in_order else each[:, self._rows_of_works] for each in similarities)
        dense, lexical = (pooled_by(each, self._bounds.tolist(), keep) for each in by_work)
        return self._standardized(dense + lexical, without)

    @staticmethod
    def _standardized(values: Singles, without: int | None) -> Singles:
        others = np.delete(values, without) if without is not None else values
        if len(others) < 2 or float(others.std()) < 1e-9:
            return np.zeros_like(values)
        found: Singles = ((values - others.mean()) / others.std()).astype(np.float32)
        return found

    # Passages

    def texts(self, works: Sequence[PersonWork]) -> Mapping[str, str]:
        """What may be read now of these works' texts."""
        return self._read([work.id for work in works if work.quotable])

    def passage(self, work: PersonWork, criteria: Sequence[Criterion], criterion: str) -> ShownPassage | None:
        """Where a work speaks of one of its challenge's criteria: as a person said, else where it is told from the
        others; None where it is not."""
        text = self.texts([work]).get(work.id, "")
        place = work.places.get(criterion) or self._pointed([work.id]).get(work.id, {}).get(criterion)
        if text and place is None:
            found = Speaking(criteria, {}, self._embedder).places(text).get(criterion)
            place = found.span if found else None
        return shown(work, text, *whole(text, place), criterion) if text and place else None

    def each_about_other(self, one: PersonWork, other: PersonWork) -> list[ShownPassage | None]:
        """The two passages, one of each work, that say most of the same matter. Without the words of one, none."""
        texts = self._read([one.id, other.id])
        mine, theirs = (_telling(texts.get(work.id, "")) for work in (one, other))
        if not (mine and theirs):
            return [None, None]
        likeness = self._alike([of for _, of in mine], [of for _, of in theirs])
        a, b = (int(at) for at in np.unravel_index(int(np.argmax(likeness)), likeness.shape))
        places = ((one, mine[a][0]), (other, theirs[b][0]))
        return [shown(work, texts[work.id], *span) if work.quotable else None for work, span in places]

    def _alike(self, mine: Sequence[str], theirs: Sequence[str]) -> Singles:
        """Cosines in words and meaning, added; nothing for two passages that say the same."""
        both = self._embedder.embed([*mine, *theirs])
        meaning = both[: len(mine)] @ both[len(mine) :].T
        ours, other = (
            [self.space.lexical.weigh(terms(of, self.space.language)) for of in each] for each in (mine, theirs)
        )
        words = [[sum(weight * b.get(number, 0.0) for number, weight in a.items()) for b in other] for a in ours]
        same = [[passages_alike(a, b, self.space.language) >= SAME for b in theirs] for a in mine]
        found: Singles = np.where(same, -2.0, meaning + np.array(words)).astype(np.float32)
        return found

    def matter(self, shown: Sequence[ShownPassage | None], known: str) -> tuple[str, ...]:
        """Words that both of two passages have, else both works, by `in_common`; none of `known` (the challenge).
        What two people share is what neither learns of the other."""
        pair = [one for one in shown if one is not None]
        if len(pair) != 2:
            return ()
        texts = self._read([one.work for one in pair])
        whole = [texts.get(one.work, "") for one in pair]
        told = content(known, self.space.language)
        for said in ([one.quote for one in pair], whole):
            if common := in_common(said[0], said[1], whole, told):
                return tuple(common[:MATTER])
        return ()

    def best_passage(self, works: Sequence[PersonWork], about: str) -> ShownPassage | None:
        """The sentence of any of these works that speaks most of `about`."""
        wanted, texts = self.space.lexical.weigh(terms(about, self.space.language)), self.texts(works)
        spans = [(work, span) for work in works for span, _ in _telling(texts.get(work.id, ""))]
        worth = [self._likeness(wanted, texts[work.id][slice(*span)]) for work, span in spans]
        if not spans:
            return None
        if max(worth) <= 0:  # no word in common: by meaning, which costs a sentence's embedding each
            vectors = self._embedder.embed([about, *(texts[work.id][slice(*span)] for work, span in spans)])
            worth = (vectors[1:] @ vectors[0]).tolist()
        work, span = spans[int(np.argmax(worth))]
        return shown(work, texts[work.id], *span)

    def _likeness(self, wanted: Mapping[int, float], text: str) -> float:
        found = self.space.lexical.weigh(terms(text, self.space.language))
        return sum(weight * found.get(number, 0.0) for number, weight in wanted.items())

    def nearest_works(
        self, first: str, second: str, challenges: Collection[str] = (), hidden: Collection[str] = ()
    ) -> tuple[PersonWork, PersonWork] | None:
        """The two most alike works, one of each; only of these challenges, if any are named."""
        mine, theirs = (self._rows(person, challenges, hidden) for person in (first, second))
        if not (len(mine) and len(theirs)):
            return None
        of = self.space.vectors
        similar = of[self._rows_of_works[mine]] @ of[self._rows_of_works[theirs]].T
        one, other = np.unravel_index(int(np.argmax(similar)), similar.shape)
        return self.works[mine[one]], self.works[theirs[other]]

    def _rows(self, person: str, challenges: Collection[str], hidden: Collection[str]) -> NDArray[np.int64]:
        """Where the person's latest usable works are."""
        row = self.row_of.get(person)
        if row is None:
            return np.zeros(0, np.int64)
        rows = [
            at
            for at in range(int(self._bounds[row]), int(self._bounds[row + 1]))
            if self.works[at].id not in hidden and (not challenges or self.works[at].challenge in challenges)
        ]
        return np.array(rows[-OWN_WORKS:], np.int64)


def _telling(text: str) -> list[tuple[Span, str]]:
    """Passages that can be read alone and say more than a date, with their words."""
    spans = dict.fromkeys(whole(text, span, LONGEST_QUOTE) for span in quotable(text))
    found = [(span, text[slice(*span)]) for span in spans if SHORTEST_QUOTE <= span[1] - span[0] <= LONGEST_QUOTE]
    return [(span, said) for span, said in found if _says(said)] or found


def _says(said: str) -> bool:
    words = content(said, language_of(said))
    dates = sum(word.isdigit() or word in calendar() for word in tokens(said))
    return len(words) >= LEAST_SAID and dates <= DATED * len(words)


def _titled(work: PersonWork, texts: Mapping[str, str]) -> str:
    return f"{work.title}\n{texts[work.id]}" if work.title else texts[work.id]


def _by_person(works: Sequence[PersonWork]) -> list[PersonWork]:
    first = {person: at for at, person in enumerate(dict.fromkeys(work.person for work in works))}
    return sorted(works, key=lambda work: first[work.person])


def _little(fresh: int, now: int, space: LikenessSpace) -> bool:
    """Whether statistics that were taken over other works still do: few have come or gone since."""
    added, gone = space.size + fresh - space.measured, space.size + fresh - now
    return added <= ADDED * space.measured and gone <= GONE * space.measured


def shown(work: PersonWork, text: str, start: int, end: int, criterion: str = "") -> ShownPassage | None:
    """A passage by its offsets; None if they are not in the text."""
    if not 0 <= start < end <= len(text):
        return None
    return ShownPassage(f"{work.id}@{start}-{end}", work.id, work.person, start, end, text[start:end], criterion)
