"""Judged answers put to the pipelines: how well are verdicts, scores, criteria and peers read, and what is drafted?

Peers and precedents of a probe are the history of its challenge. The assessment is the one that drafts are made with;
drafts go through the whole of `pipelines.feedback`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from scipy.stats import spearmanr

from pipelines import feedback
from pipelines.adapters.exact import ExactIndex
from pipelines.adapters.extractive import ExtractiveModel
from pipelines.assessment import Desks, assess, fit
from pipelines.assessment.terms import VERDICTS
from pipelines.evaluation.configuration import Assessing, PromptChoice
from pipelines.evaluation.folders import Answers, JudgedAnswer
from pipelines.evaluation.measures import Outcomes, ToldHowFar
from pipelines.evaluation.shelves import MemoryLibrary
from pipelines.indexing import Holding, settle
from pipelines.ports import Embedder, LanguageModel
from pipelines.retrieval import Shelves, collection
from pipelines.texts.language import alike
from pipelines.values import (
    AI,
    Draft,
    DraftingTask,
    DraftOutcome,
    PastPoint,
    PointKind,
    Reviewed,
    Scope,
    Shelf,
    ShelfItem,
    Standing,
)

ORGANIZATION: Final = "evaluation"
LEAST_SAME: Final = 3
"""How often a feedback occurs in a challenge from which it should be found again by the answers it was given to."""


@dataclass(frozen=True, slots=True)
class Read:
    """What the pipeline said of a probe. `points`: of the criteria judged met; None where criteria carry none."""

    row: JudgedAnswer
    standing: Standing
    score: float
    confidence: float
    abstained: bool
    nearest: tuple[Standing, ...]
    points: float | None = None


@dataclass
class Bench:
    """A folder's history, learned from once, ready to be asked."""

    answers: Answers
    embedder: Embedder
    settings: Assessing = field(default_factory=Assessing)
    desks: Desks = field(default_factory=Desks)
    fitted: Mapping[str, Any] | None = field(init=False)

    def __post_init__(self) -> None:
        histories = [(challenge, self.history(key)) for key, challenge in self.answers.challenges.items()]
        learned = [(challenge, reviewed) for challenge, reviewed in histories if reviewed]
        self.fitted = fit(learned, self.embedder) if self.settings.shared else None

    def history(self, challenge: str) -> list[Reviewed]:
        """Judged work, the most recent first."""
        kept = self.answers.history.get(challenge, [])
        return [row.reviewed for row in reversed(kept)][: self.settings.judged]

    def read(self, row: JudgedAnswer) -> Read:
        """Assess one probe."""
        challenge, history = self.answers.challenges[row.challenge], self.history(row.challenge)
        found = assess(challenge, row.text, history, self.embedder, self.desks, self.fitted)
        known = {one.id: one.standing for one in history}
        worth = {c.id: c.points or 0.0 for c in challenge.criteria}
        points = sum(worth[one.criterion] for one in found.criteria if one.chance > 0.5)
        return Read(
            row,
            found.overall.standing,
            found.score or 0.0,
            found.overall.confidence,
            found.abstained,
            tuple(standing for id_ in found.nearest[:5] if (standing := known[id_]) is not None),
            points if any(worth.values()) else None,
        )

    def read_all(self, told: ToldHowFar) -> list[Read]:
        """Assess the probes of all challenges that have a history."""
        probes = [row for row in self.answers.probes if self.answers.history.get(row.challenge)]
        read = []
        for at, row in enumerate(probes):
            told(f"assessing {len(probes)} probes", at, len(probes))
            read.append(self.read(row))
        return read


def outcomes(read: Sequence[Read]) -> Outcomes:
    """A row a probe, in the words of `measures.ASSESSING`."""
    return Outcomes.of([one.row.id for one in read], [_outcome(one) for one in read])


def _outcome(one: Read) -> dict[str, float | None]:
    return {
        "truth": VERDICTS.index(one.row.standing),
        "said": VERDICTS.index(one.standing),
        "right": float(one.standing is one.row.standing),
        "error": one.score - one.row.mark,
        "confidence": one.confidence,
        "answered": float(not one.abstained),
        "near": float(sum(standing is one.row.standing for standing in one.nearest)),
        "near_of": float(len(one.nearest)),
    }


def criterion_spearman(read: Sequence[Read]) -> float | None:
    """Points of criteria judged met against the score, within each challenge, weighted by its size."""
    by: dict[str, list[Read]] = defaultdict(list)
    for one in read:
        if one.points is not None:
            by[one.row.challenge].append(one)
    found = [
        (_rank_correlation([o.points for o in some], [o.row.mark for o in some]), len(some)) for some in by.values()
    ]
    if not found:
        return None
    return round(float(np.average([value for value, _ in found], weights=[size for _, size in found])), 4)


def _rank_correlation(one: Sequence[float | None], other: Sequence[float]) -> float:
    if len(set(one)) < 2 or len(set(other)) < 2:
        return 0.0
    return float(spearmanr(one, other)[0])


def same_feedback(bench: Bench, told: ToldHowFar) -> list[bool]:
    """Rows not met whose feedback recurs: does the first precedent, the row itself left out, carry the same?"""
    wanted = [
        row
        for history in bench.answers.history.values()
        for row in history
        if row.standing is not Standing.MET and row.feedback and _recurs(row, history)
    ]
    hits = []
    for at, row in enumerate(wanted):
        told(f"leaving out {len(wanted)} rows of the history whose feedback recurs", at, len(wanted))
        others = [one for one in bench.history(row.challenge) if one.id != row.id]
        challenge = bench.answers.challenges[row.challenge]
        found = assess(challenge, row.text, others, bench.embedder, Desks(), bench.fitted)
        said = {one.id: one.feedback for one in others}
        hits.append(bool(found.precedents) and said[found.precedents[0]] == row.feedback)
    return hits


def _recurs(row: JudgedAnswer, history: Sequence[JudgedAnswer]) -> bool:
    return Counter(one.feedback for one in history)[row.feedback] >= LEAST_SAME


@dataclass(frozen=True, slots=True)
class Drafter:
    """The whole pipeline over the folder's history."""

    bench: Bench
    tools: feedback.Tools

    @classmethod
    def over(cls, bench: Bench, model: LanguageModel | None = None, prompt: PromptChoice | None = None) -> Drafter:
        """With this model, or with the drafter that needs no network."""
        library, index = MemoryLibrary(), ExactIndex()
        for key, history in bench.answers.history.items():
            library.judge(key, reversed(bench.history(key)))
            for shelf in (Shelf.WORK, Shelf.PRECEDENTS):
                items = [_item(row, shelf) for row in history if shelf is Shelf.WORK or row.feedback]
                library.add(key, items)
                name = collection(shelf, _scope(key, ""))
                settle([Holding(name, (i.id,), {i.id: i.indexed}) for i in items], bench.embedder, index)
        budget = (prompt or PromptChoice()).budget()
        shelves = Shelves(library, index)
        return cls(bench, feedback.Tools(bench.embedder, shelves, bench.desks, model, ExtractiveModel(), budget))

    def draft(self, row: JudgedAnswer) -> Draft:
        """The draft for one answer."""
        challenge = self.bench.answers.challenges[row.challenge]
        ai = AI.LOCAL if self.tools.model is None or self.tools.model.local else AI.ANY
        scope = _scope(row.challenge, row.author)
        brief = DraftingTask(scope, challenge, row.id, row.text, ai, challenge.language, fitted=self.bench.fitted)
        return feedback.make(brief, self.tools)

    def refused(self, told: ToldHowFar) -> list[bool]:
        """Of each blank, whether it was answered by "there is nothing to give feedback on"."""
        blanks, found = self.bench.answers.blanks, []
        for at, row in enumerate(blanks):
            told(f"drafting {len(blanks)} blanks", at, len(blanks))
            found.append(self.draft(row).outcome is DraftOutcome.NOTHING_TO_SAY)
        return found

    def cold(self, told: ToldHowFar) -> tuple[float, list[bool]] | None:
        """Challenges without history: rank correlation of score and mark, and whether drafts say there are no peers."""
        rows, scores, said = self.bench.answers.cold, [], []
        for at, row in enumerate(rows):
            told(f"drafting {len(rows)} answers to challenges without history", at, len(rows))
            made = self.draft(replace(row, author=""))
            scores.append(made.assessment.score if made.assessment and made.assessment.score is not None else 0.0)
            said.append(any(finding.code == feedback.NO_PEERS.code for finding in made.findings))
        return (_rank_correlation(scores, [row.mark for row in rows]), said) if rows else None

    def drafts(self, most: int, told: ToldHowFar) -> Outcomes:
        """A row a probe, in the words of `measures.DRAFTING`, for at most so many probes, evenly picked."""
        probes = [row for row in self.bench.answers.probes if self.bench.answers.history.get(row.challenge)]
        picked = [probes[at * len(probes) // most] for at in range(most)] if most < len(probes) else probes
        rows = []
        for at, row in enumerate(picked):
            told(f"drafting {len(picked)} probes", at, len(picked))
            rows.append(self._outcome(row, self.draft(row)))
        return Outcomes.of([row.id for row in picked], rows)

    def _outcome(self, row: JudgedAnswer, draft: Draft) -> dict[str, float | None]:
        usage, asked = draft.usage, self.tools.model is not None
        steps = any(point.kind is not PointKind.STRENGTH for point in draft.points)
        told_to_do = any(point.kind is PointKind.NEXT_STEP for point in draft.points)
        fits = not told_to_do if row.standing is Standing.MET else steps
        claims = [point.kind for point in draft.points if point.kind is not PointKind.QUESTION]
        right = PointKind.STRENGTH if row.standing is Standing.MET else PointKind.NEXT_STEP
        near = [alike(point.text, row.feedback, draft.language) for point in draft.points]
        return {
            "drafted": float(draft.outcome is DraftOutcome.DRAFTED),
            "claimed": float(bool(claims)),
            "claims": float(len(claims)),
            "claims_right": float(sum(kind is right for kind in claims)),
            "fits_verdict": float(fits) if draft.points else None,
            "near_human": max(near) if near and row.feedback else None,
            "left_out": float(sum(finding.code == "left-out" for finding in draft.findings)),
            "fell_back": float(draft.model == self.tools.fallback.name) if asked else None,
            "tokens": float(usage.prompt_tokens + usage.completion_tokens) if asked else None,
            "seconds": usage.seconds if asked else None,
        }


def _item(row: JudgedAnswer, shelf: Shelf) -> ShelfItem:
    kind = PointKind.STRENGTH if row.standing is Standing.MET else PointKind.NEXT_STEP
    past = PastPoint(kind, row.feedback, row.text) if shelf is Shelf.PRECEDENTS else None
    return ShelfItem(row.id, shelf, row.text, row.id, 0, len(row.text), author=row.author, past=past)


def _scope(challenge: str, author: str) -> Scope:
    return Scope(ORGANIZATION, challenge, author, author, datetime(2026, 1, 1, tzinfo=UTC))
