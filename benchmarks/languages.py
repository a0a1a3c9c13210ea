"""Is the same matter found in another language? A small German and English set of our own.

    python -m benchmarks.languages tests/regression/languages [--embedder minilm|languages|hashing]

DIR holds pairs.jsonl (id, en, de: one matter in two languages) and questions.jsonl (de, pair). `twin_at_1`,
`twin_at_5`: share of texts whose nearest, or one of the five nearest, among all texts of both languages is the same in
the other. `question_at_1`, `question_at_5`: of German questions, whether the English text that answers is among the
nearest English ones. `ms`: processor time a text.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.setting import command
from pipelines.evaluation.folders import rows
from pipelines.ports import Embedder


def measure(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """All figures of a folder."""
    pairs, questions = list(rows(folder / "pairs.jsonl")), list(rows(folder / "questions.jsonl"))
    texts = [pair[code] for code in ("en", "de") for pair in pairs]
    embedder.embed([pairs[0]["en"]])  # load it
    start = time.process_time()
    vectors = embedder.embed(texts)
    ms = (time.process_time() - start) * 1000 / len(texts)
    similar = vectors @ vectors.T
    np.fill_diagonal(similar, -2.0)
    twins = _ranks(similar, (np.arange(len(texts)) + len(pairs)) % len(texts))
    at = {pair["id"]: row for row, pair in enumerate(pairs)}
    asked = embedder.embed([question["de"] for question in questions]) @ vectors[: len(pairs)].T
    found = _ranks(asked, np.array([at[question["pair"]] for question in questions]))
    told = {f"{name}_at_{k}": round(float((ranks <= k).mean()), 3)
            for name, ranks in (("twin", twins), ("question", found)) for k in (1, 5)}  # fmt: skip
    return {"n": len(texts), "questions": len(questions), **told, "ms": round(ms, 1), "embedder": embedder.name}


def _ranks(similar: NDArray[np.float32], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    own = similar[np.arange(len(wanted)), wanted][:, None]
    return np.asarray(1 + (similar > own).sum(axis=1))


if __name__ == "__main__":
    command(__doc__, measure)
