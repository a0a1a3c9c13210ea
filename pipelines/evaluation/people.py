"""Who knows what: are a person's items ordered as the person rated them, or the people for an item as these were rated?

The loss is the weighted Kendall distance of Stelmakh et al. 2023 ("A Gold Standard Dataset for the Reviewer Assignment
Problem"): over pairs of items that one person rated differently, the rating differences of misordered pairs, half for
ties, over the sum of all. Between people it is the same over pairs of people who are rated differently for one item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np

from pipelines.arrays import Singles
from pipelines.evaluation.folders import CasesUnusable, rows
from pipelines.evaluation.measures import mean
from pipelines.people.likeness import TermSpace
from pipelines.texts.language import stop_words
from pipelines.texts.lexical import terms

HIGH: Final = 4
LOW: Final = 2

Scorer = Callable[[Sequence[Sequence[str]], Mapping[str, str], Mapping[str, str]], Singles]
"""(profiles, works, items) → (people, items)."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A folder of people, read. `profiles`: by file, the works of each person; `ratings`: by person, of each item.

    `between_people`: the ratings are of several people for one item, so that people are compared and not items.
    """

    works: Mapping[str, str]
    items: Mapping[str, str]
    profiles: Mapping[str, Mapping[str, list[str]]]
    ratings: Mapping[str, Mapping[str, float]]
    between_people: bool = False


def read(folder: Path) -> Rated:
    """A folder with works.jsonl, items.jsonl, ratings.jsonl and profiles-NN.jsonl. Raises CasesUnusable.

    A rating is {person, item, rating}; where rows begin with the item, people are compared for it.
    """
    works, items = (_texts(folder / f"{name}.jsonl") for name in ("works", "items"))
    ratings: dict[str, dict[str, float]] = defaultdict(dict)
    between = False
    for row in rows(folder / "ratings.jsonl"):
        between = between or next(iter(row)) == "item"
        ratings[str(row["person"])][str(row["item"])] = float(row["rating"])
    profiles = {
        path.stem: {str(row["person"]): [str(work) for work in row["works"]] for row in rows(path)}
        for path in sorted(folder.glob("profiles-*.jsonl"))
    }
    if not (works and items and ratings and profiles):
        raise CasesUnusable(f"{folder} needs works.jsonl, items.jsonl, ratings.jsonl and a profiles-01.jsonl.")
    unknown = {work for people in profiles.values() for ids in people.values() for work in ids} - set(works)
    unknown |= {item for rated in ratings.values() for item in rated} - set(items)
    if unknown:
        raise CasesUnusable(f"{folder}: no text is there for {', '.join(sorted(unknown)[:5])}.")
    return Rated(works, items, profiles, ratings, between)


def _texts(path: Path) -> dict[str, str]:
    return {str(row["id"]): str(row["text"] or "") for row in rows(path)}


@dataclass(slots=True)
class Pairs:
    """Pairs of items looked at, summed over people."""

    wrong: float = 0.0
    weight: float = 0.0
    easy: float = 0.0
    easy_of: int = 0
    hard: float = 0.0
    hard_of: int = 0

    def add(self, rated: Sequence[float], scored: Sequence[float]) -> None:
        """All pairs of one person's items that are rated differently; a tie counts half."""
        for one, other in combinations(range(len(rated)), 2):
            gap = rated[one] - rated[other]
            if not gap:
                continue
            said = scored[one] - scored[other]
            right = 0.5 if said == 0 else float((said > 0) == (gap > 0))
            self.wrong += abs(gap) * (1.0 - right)
            self.weight += abs(gap)
            low, high = sorted((rated[one], rated[other]))
            if high >= HIGH and low <= LOW:
                self.easy, self.easy_of = self.easy + right, self.easy_of + 1
            if low >= HIGH:
                self.hard, self.hard_of = self.hard + right, self.hard_of + 1

    def figures(self) -> dict[str, float]:
        """loss, easy and hard; NaN where there was no such pair."""
        found = [(self.wrong, self.weight), (self.easy, self.easy_of), (self.hard, self.hard_of)]
        named = zip(("loss", "easy", "hard"), found, strict=True)
        return {name: part / whole if whole else float("nan") for name, (part, whole) in named}


def measure(rated: Rated, scorer: Scorer) -> dict[str, float]:
    """Means over the profile files of `loss`, `easy`, `hard`."""
    each = [_one(rated, people, scorer).figures() for people in rated.profiles.values()]
    return {name: mean(np.array([one[name] for one in each])) for name in ("loss", "easy", "hard")}


def _one(rated: Rated, people: Mapping[str, list[str]], scorer: Scorer) -> Pairs:
    """All works are known to the scorer, also those that are in no profile of this file: they tell what is common."""
    found, pairs = scorer(list(people.values()), rated.works, rated.items), Pairs()
    at = {item: number for number, item in enumerate(rated.items)}
    said: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row, person in zip(found, people, strict=True):
        for item, rating in rated.ratings.get(person, {}).items():
            said[item if rated.between_people else person].append((rating, float(row[at[item]])))
    for one in said.values():
        pairs.add([rating for rating, _ in one], [score for _, score in one])
    return pairs


def tfidf(profiles: Sequence[Sequence[str]], works: Mapping[str, str], items: Mapping[str, str]) -> Singles:
    """The baseline: mean cosine of TF-IDF, words as they are, without English stop words."""
    texts = [
        [word for word in terms(text, "") if word not in stop_words("en")]
        for text in (*works.values(), *items.values())
    ]
    space, columns = TermSpace(texts), {id_: number for number, id_ in enumerate(works)}
    similar = np.array([space.cosines(text)[: len(works)] for text in texts[len(works) :]])
    found = np.zeros((len(profiles), len(items)), np.float32)
    for number, profile in enumerate(profiles):
        if profile:
            found[number] = similar[:, [columns[id_] for id_ in profile]].mean(axis=1)
    return found
