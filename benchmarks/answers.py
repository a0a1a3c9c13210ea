"""Peers, verdicts, scores and criteria of short answers that people have judged.

    python -m benchmarks.answers DIR [--embedder minilm|hashing]

Peers and precedents of a probe are the history of its challenge. The assessment is the one that drafts are made with;
blanks and cold challenges go through the whole of it, drafts included. The baseline, in the same run: character TF-IDF,
the majority of the five nearest, sure where they agree.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score

from benchmarks.setting import embedder as embedder_named
from benchmarks.setting import last_line, rows, say, share
from benchmarks.shelves import MemoryLibrary
from pipelines import feedback
from pipelines.adapters.exact import ExactIndex
from pipelines.adapters.extractive import ExtractiveModel
from pipelines.assessment import Desks, assess, fit
from pipelines.assessment.terms import MARKS, VERDICTS
from pipelines.indexing import Holding, settle
from pipelines.ports import Embedder
from pipelines.retrieval import Shelves, collection
from pipelines.values import (
    AI,
    Brief,
    ChallengeBrief,
    Criterion,
    Draft,
    Item,
    Outcome,
    PastPoint,
    PointKind,
    Reviewed,
    Scope,
    Shelf,
    Standing,
)
from pipelines.wording import language_code

LABELS = {"Correct": Standing.MET, "Partially correct": Standing.PARTLY, "Incorrect": Standing.NOT_YET}
ORGANIZATION = "benchmark"


@dataclass(frozen=True)
class Row:
    """One answer, with what a person said of it."""

    id: str
    challenge: str
    author: str
    text: str
    feedback: str
    mark: float
    standing: Standing

    @property
    def reviewed(self) -> Reviewed:
        return Reviewed(self.id, self.text, self.standing, self.mark, author=self.author, feedback=self.feedback)


@dataclass(frozen=True)
class Answers:
    """A folder, read."""

    challenges: Mapping[str, ChallengeBrief]
    history: Mapping[str, list[Row]]
    probes: list[Row]
    blanks: list[Row]
    cold: list[Row]


def load(folder: Path) -> Answers:
    """Read a folder; scores become shares of full marks."""
    raw = rows(folder / "challenges.jsonl")
    marks = {one["id"]: float(one.get("full_marks") or 1.0) for one in raw}
    by: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(folder / "history.jsonl", marks):
        by[row.challenge].append(row)
    probes, blanks, cold = (_rows(folder / f"{name}.jsonl", marks) for name in ("probes", "blanks", "cold"))
    return Answers({one["id"]: _challenge(one) for one in raw}, by, probes, blanks, cold)


def _challenge(one: Mapping[str, Any]) -> ChallengeBrief:
    criteria = tuple(Criterion(c["id"], c["text"], points=c.get("points")) for c in one.get("criteria") or ())
    language = language_code(one.get("language") or "en")
    return ChallengeBrief(
        one["id"], one.get("prompt") or "", reference=one.get("reference") or "", language=language, criteria=criteria
    )


def _rows(path: Path, marks: Mapping[str, float]) -> list[Row]:
    return [
        Row(
            one["id"],
            one["challenge"],
            one.get("author") or "",
            one["text"],
            one.get("feedback") or "",
            MARKS[LABELS[one["label"]]] if one.get("score") is None else one["score"] / marks[one["challenge"]],
            LABELS[one["label"]],
        )
        for one in rows(path)
    ]


@dataclass(frozen=True)
class Read:
    """What the pipeline said of a probe."""

    row: Row
    standing: Standing
    score: float
    confidence: float
    abstained: bool
    nearest: tuple[Standing, ...]
    points: float | None


class Bench:
    """A folder's history, fitted once, ready to be asked."""

    def __init__(self, answers: Answers, embedder: Embedder) -> None:
        self.answers, self.embedder = answers, embedder
        self.desks = Desks()
        say("fitting on the history")
        self.fitted = self.learn(answers.challenges)

    def learn(self, challenges: Mapping[str, ChallengeBrief]) -> dict[str, Any]:
        """The model of an organization that has only these challenges' histories."""
        histories = [(challenge, self.history(key)) for key, challenge in challenges.items()]
        return fit([(challenge, reviewed) for challenge, reviewed in histories if reviewed], self.embedder)

    def history(self, challenge: str) -> list[Reviewed]:
        """Judged work, the most recent first."""
        return [row.reviewed for row in reversed(self.answers.history.get(challenge, []))]

    def read(self, row: Row) -> Read:
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


def figures(read: Sequence[Read]) -> dict[str, Any]:
    """Of verdicts, scores and the surest."""
    right = np.array([one.standing is one.row.standing for one in read])
    order = np.argsort([-one.confidence for one in read], kind="stable")
    errors = np.array([one.score - one.row.mark for one in read])
    truth = [VERDICTS.index(one.row.standing) for one in read]
    said = [VERDICTS.index(one.standing) for one in read]
    near = [standing is one.row.standing for one in read for standing in one.nearest]
    return {
        "n": len(read),
        "p_at_5": share(near),
        "verdict_accuracy": round(float(right.mean()), 4),
        "verdict_macro_f1": round(float(f1_score(truth, said, average="macro", labels=[0, 1, 2], zero_division=0)), 4),
        "score_rmse": round(float(np.sqrt((errors**2).mean())), 4),
        "precision_at_45": _precision(right[order], 0.45),
        "precision_at_26": _precision(right[order], 0.26),
        "curve": [{"coverage": at / 20, "precision": _precision(right[order], at / 20)} for at in range(1, 21)],
    }


def _precision(right: Any, coverage: float) -> float:
    return round(float(right[: max(1, round(len(right) * coverage))].mean()), 4)


def baseline(bench: Bench) -> dict[str, Any]:
    """Character TF-IDF, the five nearest."""
    read: list[Read] = []
    for challenge, history in bench.answers.history.items():
        probes = [row for row in bench.answers.probes if row.challenge == challenge]
        if not probes:
            continue
        grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        table = grams.fit_transform([row.text for row in history])
        likeness = (grams.transform([row.text for row in probes]) @ table.T).toarray()
        read += [_by_five(row, history, near) for row, near in zip(probes, likeness, strict=True)]
    found = figures(read)
    found.pop("curve")
    return found


def _by_five(row: Row, history: Sequence[Row], likeness: Any) -> Read:
    nearest = [history[at] for at in np.argsort(-likeness, kind="stable")[:5]]
    (standing, votes), *_ = Counter(one.standing for one in nearest).most_common()
    score = float(np.mean([one.mark for one in nearest]))
    sure = votes + float(likeness.max()) / 10
    return Read(row, standing, score, sure, votes < 3, tuple(one.standing for one in nearest), None)


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


def same_feedback(bench: Bench) -> dict[str, Any]:
    """Rows not met whose feedback occurs at least three times: does the first precedent, the row left out, carry it?"""
    hits: list[bool] = []
    for key, history in bench.answers.history.items():
        count = Counter(row.feedback for row in history)
        for row in history:
            if row.standing is Standing.MET or not row.feedback or count[row.feedback] < 3:
                continue
            others = [one.reviewed for one in reversed(history) if one.id != row.id]
            challenge = bench.answers.challenges[key]
            found = assess(challenge, row.text, others, bench.embedder, Desks(), bench.fitted)
            said = {one.id: one.feedback for one in others}
            hits.append(bool(found.precedents) and said[found.precedents[0]] == row.feedback)
    return {"same_feedback_p1": share(hits), "same_feedback_n": len(hits)}


def drafter(bench: Bench) -> feedback.Tools:
    """The whole pipeline over the folder's history, with the drafter that needs no network."""
    library, index = MemoryLibrary(), ExactIndex()
    for key, history in bench.answers.history.items():
        library.judge(key, [row.reviewed for row in history])
        for shelf in (Shelf.WORK, Shelf.PRECEDENTS):
            items = [_item(row, shelf) for row in history if shelf is Shelf.WORK or row.feedback]
            library.add(key, items)
            name = collection(shelf, _scope(key, ""))
            settle([Holding(name, (i.id,), {i.id: i.indexed}) for i in items], bench.embedder, index)
    return feedback.Tools(bench.embedder, Shelves(library, index), bench.desks, None, ExtractiveModel())


def _item(row: Row, shelf: Shelf) -> Item:
    kind = PointKind.STRENGTH if row.standing is Standing.MET else PointKind.NEXT_STEP
    past = PastPoint(kind, row.feedback, row.text) if shelf is Shelf.PRECEDENTS else None
    return Item(row.id, shelf, row.text, row.id, 0, len(row.text), author=row.author, past=past)


def _scope(challenge: str, author: str) -> Scope:
    return Scope(ORGANIZATION, challenge, author, author, datetime(2026, 1, 1, tzinfo=UTC))


def draft(bench: Bench, tools: feedback.Tools, row: Row) -> Draft:
    """The draft for one answer."""
    challenge = bench.answers.challenges[row.challenge]
    scope = _scope(row.challenge, row.author)
    brief = Brief(scope, challenge, row.id, row.text, AI.LOCAL, challenge.language, fitted=bench.fitted)
    return feedback.make(brief, tools)


def cold(bench: Bench, tools: feedback.Tools) -> dict[str, Any]:
    """Challenges without history: score against mark, and whether the draft says that there are no peers."""
    if not bench.answers.cold:
        return {}
    say(f"drafting {len(bench.answers.cold)} answers to challenges without history")
    scores, told = [], []
    for row in bench.answers.cold:
        made = draft(bench, tools, replace(row, author=""))
        scores.append(made.assessment.score if made.assessment and made.assessment.score is not None else 0.0)
        told.append(any(finding.code == feedback.NO_PEERS.code for finding in made.findings))
    marks = [row.mark for row in bench.answers.cold]
    return {"cold_spearman": round(_rank_correlation(scores, marks), 4), "cold_told": share(told)}


def run(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """All figures of a folder."""
    bench = Bench(load(folder), embedder)
    say(f"assessing {len(bench.answers.probes)} probes")
    read = [bench.read(row) for row in bench.answers.probes if bench.answers.history.get(row.challenge)]
    found = figures(read)
    sure = [one.standing is one.row.standing for one in read if not one.abstained]
    found |= {"answered": round(len(sure) / len(read), 4), "answered_precision": share(sure)}
    found["criterion_spearman"] = criterion_spearman(read)
    say("leaving out rows of the history whose feedback recurs")
    found |= same_feedback(bench)
    tools = drafter(bench)
    say(f"drafting {len(bench.answers.blanks)} blanks")
    refused = [draft(bench, tools, row).outcome is Outcome.NOTHING_TO_SAY for row in bench.answers.blanks]
    found["blanks_refused"] = share(refused)
    found |= cold(bench, tools)
    return found | {"embedder": embedder.name, "baseline": baseline(bench)}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--embedder", default="minilm", choices=["minilm", "hashing"])
    asked = parser.parse_args()
    last_line(run(asked.folder, embedder_named(asked.embedder)))


if __name__ == "__main__":
    main()
