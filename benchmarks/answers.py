"""Peers, verdicts, scores and criteria of short answers that people have judged.

    python -m benchmarks.answers DIR [--embedder minilm|hashing]

Peers and precedents of a probe are the history of its challenge. The assessment is the one that drafts are made with;
probes, blanks and cold challenges go through the whole of it, drafts included. A claim of a draft is right where the
person's verdict bears it out: a strength where all is met, a next step where it is not. The baseline, in the same run:
character TF-IDF, the majority of the five nearest, sure where they agree; its draft copies the commonest precedent of
the nearest answer's verdict, so it always claims.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.setting import command, say, share, told
from pipelines.evaluation import folders, measures
from pipelines.evaluation.answers import Bench, Drafter, Read, criterion_spearman, outcomes, same_feedback
from pipelines.evaluation.folders import JudgedAnswer
from pipelines.ports import Embedder
from pipelines.values import Standing


def figures(read: Sequence[Read]) -> dict[str, Any]:
    """Of verdicts, scores and the surest."""
    made = outcomes(read)
    curve = [{"coverage": coverage, "precision": precision} for coverage, precision in measures.curve(made)]
    return {"n": len(read), **measures.figures(made, measures.ASSESSING), "curve": curve}


def baseline(bench: Bench) -> dict[str, Any]:
    """Character TF-IDF and the five nearest, under the same figures."""
    read: list[tuple[Read, bool]] = []
    for key, history in bench.answers.history.items():
        probes = [row for row in bench.answers.probes if row.challenge == key]
        if not probes:
            continue
        grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        known = grams.fit_transform([row.text for row in history])
        likeness = (grams.transform([row.text for row in probes]) @ known.T).toarray()
        read += [
            (_by_five(row, history, near), _copied(row, history, near))
            for row, near in zip(probes, likeness, strict=True)
        ]
    found = figures([one for one, _ in read])
    del found["curve"], found["answered"], found["answered_precision"]
    return found | {"claimed": 1.0, "claim_precision": share([right for _, right in read])}


def _by_five(row: JudgedAnswer, history: Sequence[JudgedAnswer], likeness: Any) -> Read:
    nearest = [history[at] for at in np.argsort(-likeness, kind="stable")[:5]]
    (standing, votes), *_ = Counter(one.standing for one in nearest).most_common()
    score = float(np.mean([one.mark for one in nearest]))
    sure = votes + float(likeness.max()) / 10
    return Read(row, standing, score, sure, votes < 3, tuple(one.standing for one in nearest))


def _copied(row: JudgedAnswer, history: Sequence[JudgedAnswer], likeness: Any) -> bool:
    """Whether the commonest precedent of the nearest answer's verdict says rightly that this one is met, or is open."""
    verdict = history[int(np.argmax(likeness))].standing
    said = Counter(one.feedback for one in history if one.standing is verdict).most_common(1)[0][0]
    copied = next(one for one in history if one.standing is verdict and one.feedback == said)
    return (copied.standing is Standing.MET) == (row.standing is Standing.MET)


def run(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """All figures of a folder."""
    answers = folders.answers(folder)
    say("fitting on the history")
    bench = Bench(answers, embedder)
    read = bench.read_all(told)
    found = figures(read) | {"criterion_spearman": criterion_spearman(read)}
    same = same_feedback(bench, told)
    found |= {"same_feedback_p1": share(same), "same_feedback_n": len(same)}
    drafter = Drafter.over(bench)
    drafted = drafter.drafts(len(answers.probes), told)
    claims = measures.figures(drafted, measures.DRAFTING)
    found |= {name: claims[name] for name in ("drafted", "claimed", "claim_precision")}
    found["blanks_refused"] = share(drafter.refused(told))
    if cold := drafter.cold(told):
        found |= {"cold_spearman": round(cold[0], 4), "cold_told": share(cold[1])}
    return found | {"embedder": embedder.name, "baseline": baseline(bench)}


if __name__ == "__main__":
    command(__doc__, run)
