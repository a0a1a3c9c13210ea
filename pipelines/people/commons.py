"""All work of an organization that may be used for matching, ready to be compared. Built once, then only read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.lexical import terms
from pipelines.people.likeness import Floats, Space, pooled_by
from pipelines.people.values import Shown, Work
from pipelines.ports import Embedder
from pipelines.wording import sentences

OWN_WORKS: Final = 40
"""A person's works that are compared with everybody's, the latest; a log-mean-exp over more changes little."""
SHORTEST_QUOTE: Final = 20
LONGEST_QUOTE: Final = 240


class Commons:
    """Works in the order of their people. Thread-safe; what may be used *now* is decided by every call."""

    def __init__(self, works: Sequence[Work], embedder: Embedder) -> None:
        """`works`: a person's in the order they were made, the latest last."""
        by_person: dict[str, list[Work]] = defaultdict(list)
        for work in works:
            by_person[work.person].append(work)
        self.people = tuple(by_person)
        self.row_of = {person: row for row, person in enumerate(self.people)}
        self.works = tuple(work for person in self.people for work in by_person[person])
        self.by_person: Mapping[str, Sequence[Work]] = by_person
        self._bounds = np.concatenate([[0], np.cumsum([len(by_person[person]) for person in self.people])])
        at: dict[str, set[str]] = defaultdict(set)
        for work in self.works:
            at[work.challenge].add(work.person)
        self._at = {challenge: frozenset(people) for challenge, people in at.items()}
        self._embedder = embedder
        self.space = Space([f"{work.title}\n{work.text}" if work.title else work.text for work in self.works], embedder)

    def at(self, challenge: str) -> frozenset[str]:
        """Everybody who has work on it."""
        return self._at.get(challenge, frozenset())

    def usable(self, person: str, hidden: Collection[str] = ()) -> list[Work]:
        """A person's works that may be used now, the latest last."""
        return [work for work in self.by_person.get(person, ()) if work.id not in hidden]

    def nearness(self, person: str, hidden: Collection[str] = ()) -> Floats:
        """How near everybody's work is to this person's, as z-scores over the others: shape (people,)."""
        mine = self._rows(person, (), hidden).tolist()
        if not mine:
            return np.zeros(len(self.people), np.float32)
        return self._pooled(self.space.of_rows(mine), self.row_of[person], hidden)

    def knowing(self, text: str, hidden: Collection[str] = ()) -> Floats:
        """How near everybody's work is to a text, as z-scores: shape (people,)."""
        if not self.people:
            return np.zeros(0, np.float32)
        return self._pooled(self.space.of_text(text, self._embedder)[None, :], None, hidden)

    def _pooled(self, similarities: Floats, without: int | None, hidden: Collection[str]) -> Floats:
        keep = np.array([work.id not in hidden for work in self.works]) if hidden else None
        return self._standardized(pooled_by(similarities, self._bounds.tolist(), keep), without)

    @staticmethod
    def _standardized(values: Floats, without: int | None) -> Floats:
        others = np.delete(values, without) if without is not None else values
        if len(others) < 2 or float(others.std()) < 1e-9:
            return np.zeros_like(values)
        found: Floats = ((values - others.mean()) / others.std()).astype(np.float32)
        return found

    # Passages

    def passage(self, work: Work, about: str, criterion: str = "") -> Shown | None:
        """The sentence of a work that speaks most of `about`, or the place where its criterion was found met."""
        if not work.quotable:
            return None
        if criterion in work.places:
            return shown(work, *work.places[criterion], criterion)
        spans = [span for span in sentences(work.text) if SHORTEST_QUOTE <= span[1] - span[0] <= LONGEST_QUOTE]
        wanted = self.space.lexical.weigh(terms(about, self.space.language))
        if not spans or not about.strip():
            return None
        worth = [self._likeness(wanted, work.text[slice(*span)]) for span in spans]
        if max(worth) <= 0:  # no word in common: by meaning, which costs a sentence's embedding each
            vectors = self._embedder.embed([about, *(work.text[slice(*span)] for span in spans)])
            worth = (vectors[1:] @ vectors[0]).tolist()
        return shown(work, *spans[int(np.argmax(worth))], criterion)

    def best_passage(self, works: Sequence[Work], about: str) -> Shown | None:
        """The sentence of any of these works that speaks most of `about`."""
        wanted = self.space.lexical.weigh(terms(about, self.space.language))
        found = [passage for work in works if (passage := self.passage(work, about)) is not None]
        return max(found, key=lambda one: self._likeness(wanted, one.quote), default=None)

    def _likeness(self, wanted: Mapping[int, float], text: str) -> float:
        found = self.space.lexical.weigh(terms(text, self.space.language))
        return sum(weight * found.get(number, 0.0) for number, weight in wanted.items())

    def nearest_works(
        self, first: str, second: str, challenges: Collection[str] = (), hidden: Collection[str] = ()
    ) -> tuple[Work, Work] | None:
        """The two most alike works, one of each; only of these challenges, if any are named."""
        mine, theirs = (self._rows(person, challenges, hidden) for person in (first, second))
        if not (len(mine) and len(theirs)):
            return None
        similar = self.space.vectors[mine] @ self.space.vectors[theirs].T
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


def shown(work: Work, start: int, end: int, criterion: str = "") -> Shown | None:
    """A passage by its offsets; None if they are not in the text."""
    if not 0 <= start < end <= len(work.text):
        return None
    return Shown(f"{work.id}@{start}-{end}", work.id, work.person, start, end, work.text[start:end], criterion)
