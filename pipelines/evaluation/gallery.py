"""How good galleries are: different approaches, no twins, nothing unsolved, the first one near the learner's own way.

Reads programs.jsonl (docs/how-to/evaluate.md); what only the scorer may know (`approach`, `same_after_renaming`) never
reaches what chooses. Holds the two baselines: nearest by TF-IDF of tokens, and at random.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipelines.approaches import ApproachWork, approaches, grouped
from pipelines.evaluation.folders import CasesUnusable, rows
from pipelines.galleries import WANTED, choose, rows_of
from pipelines.ports import Embedder
from pipelines.values import Standing

PROBES: Final = 300  # of a challenge
CLUSTERED: Final = 300

GalleryChooser = Callable[[ApproachWork, Sequence[ApproachWork]], Sequence[str]]
"""(own, candidates) → ids chosen, in order."""


@dataclass(frozen=True, slots=True)
class Program:
    """A row. `way` and `twin` are for the scorer alone."""

    work: ApproachWork
    challenge: str
    solved: bool
    way: str
    twin: str


def read(folder: Path) -> dict[str, list[Program]]:
    """By challenge, the rows of programs.jsonl in their order. Raises CasesUnusable."""
    found: dict[str, list[Program]] = defaultdict(list)
    for number, row in enumerate(rows(folder / "programs.jsonl"), 1):
        try:
            program = _program(row)
        except KeyError as missing:
            raise CasesUnusable(f"{folder / 'programs.jsonl'}, row {number} lacks {missing}.") from missing
        found[program.challenge].append(program)
    if not found:
        raise CasesUnusable(f"{folder} holds no programs.jsonl with rows.")
    return dict(found)


def _program(row: Mapping[str, Any]) -> Program:
    standing = Standing.MET if row["solved"] else Standing.NOT_YET
    work = ApproachWork(str(row["id"]), str(row["text"]), standing=standing)
    return Program(
        work, str(row["challenge"]), bool(row["solved"]), str(row["approach"]), str(row["same_after_renaming"])
    )


@dataclass(slots=True)
class Score:
    """What the galleries of some learners came to."""

    galleries: int = 0
    distinct: int = 0
    shown: int = 0
    twins: int = 0
    unsolved: int = 0
    first: int = 0
    first_of: int = 0

    def add(self, other: Score) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def figures(self) -> dict[str, float | int | None]:
        return {
            "n": self.galleries,
            "shown": round(self.shown / self.galleries, 4) if self.galleries else None,
            "distinct_approaches": round(self.distinct / self.galleries, 4) if self.galleries else None,
            "twins_shown": self.twins,
            "unsolved_shown": self.unsolved,
            "first_shares_approach": round(self.first / self.first_of, 4) if self.first_of else None,
        }


def measure(programs: Sequence[Program], chooser: GalleryChooser) -> Score:
    """Galleries for the first PROBES unsolved programs of one challenge, out of all its others."""
    score, by_id = Score(), {one.work.id: one for one in programs}
    works = [one.work for one in programs]
    existing = {one.way for one in programs if one.solved}
    for probe in [one for one in programs if not one.solved][:PROBES]:
        shown = [by_id[id_] for id_ in chooser(probe.work, works)]
        score.galleries += 1
        score.shown += len(shown)
        score.distinct += len({one.way for one in shown})
        score.twins += len({one.twin for one in shown}) < len(shown)
        score.unsolved += sum(not one.solved for one in shown)
        score.first_of += probe.way in existing
        score.first += bool(shown) and probe.way in existing and shown[0].way == probe.way
    return score


def by_pipeline(works: Sequence[ApproachWork], embedder: Embedder) -> GalleryChooser:
    """What production does."""
    vectors = dict(zip((work.id for work in works), embedder.embed([work.text for work in works]), strict=True))
    return lambda own, candidates: [one.work for one in choose(own, candidates, vectors).choices]


def by_nearest(works: Sequence[ApproachWork]) -> GalleryChooser:
    """The baseline: the nearest solved ones by TF-IDF of tokens (those of our own likeness, without control flow)."""
    at = {work.id: number for number, work in enumerate(works)}
    texts = rows_of([ApproachWork(work.id, " ".join(_tokens(work.text))) for work in works], {})

    def nearest(own: ApproachWork, candidates: Sequence[ApproachWork]) -> list[str]:
        solved = [work.id for work in candidates if work.standing is Standing.MET]
        near = texts[[at[id_] for id_ in solved]] @ texts[at[own.id]]
        return [solved[n] for n in np.argsort(-near, kind="stable")[:WANTED]]

    return nearest


def _tokens(text: str) -> list[str]:
    return "".join(char if char.isalnum() or char == "_" else " " for char in text).split()


def by_chance() -> GalleryChooser:
    """The other baseline: solved ones at random, the same in every run."""
    dice = random.Random(7)

    def drawn(_: ApproachWork, candidates: Sequence[ApproachWork]) -> list[str]:
        solved = [work.id for work in candidates if work.standing is Standing.MET]
        return dice.sample(solved, min(WANTED, len(solved)))

    return drawn


def clusters(programs: Sequence[Program]) -> dict[str, float | int]:
    """How the approaches told fit the scorer's: normalized mutual information, beside as many k-means of TF-IDF."""
    some = [one for one in programs if one.solved][:CLUSTERED]
    found = approaches([one.work for one in some])
    ours = {id_: one.id for one in found for id_ in one.members}
    plain = grouped(
        np.array(rows_of([ApproachWork(o.work.id, " ".join(_tokens(o.work.text))) for o in some], {})), len(found)
    )
    truth = [one.way for one in some]
    return {
        "approaches": len(found),
        "shared_information": round(information([ours[one.work.id] for one in some], truth), 4),
        "tfidf_k_means": round(information([str(label) for label in plain], truth), 4),
    }


def information(one: Sequence[str], other: Sequence[str]) -> float:
    """Mutual information of two labellings over the mean of their entropies, in [0, 1]; 0 where neither parts."""
    n, pairs = len(one), Counter(zip(one, other, strict=True))
    left, right = Counter(one), Counter(other)
    mutual = sum(c / n * np.log(c * n / (left[a] * right[b])) for (a, b), c in pairs.items())
    whole = sum(-c / n * np.log(c / n) for counts in (left, right) for c in counts.values())
    return float(2 * mutual / whole) if whole else 0.0
