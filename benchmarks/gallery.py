"""Which solved works a learner is shown: are they of different approaches, none twice, and the first near the own way?

    python -m benchmarks.gallery DIR [--embedder minilm|hashing]

DIR holds programs.jsonl. Baselines in the same run: the three nearest by TF-IDF of tokens, and three at random. What
was tuned was tuned on the first challenge by name; `by_challenge` tells each apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.setting import command, say
from pipelines.evaluation import gallery
from pipelines.ports import Embedder


def run(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """All figures of a folder."""
    totals = {name: gallery.Score() for name in ("gallery", "tfidf", "random")}
    each: dict[str, Any] = {}
    for challenge, programs in sorted(gallery.read(folder).items()):
        say(f"{challenge}: {len(programs)} programs, {sum(one.solved for one in programs)} solved")
        works = [one.work for one in programs]
        choosers = (gallery.by_pipeline(works, embedder), gallery.by_nearest(works), gallery.by_chance())
        each[challenge] = {}
        for name, chooser in zip(totals, choosers, strict=True):
            found = gallery.measure(programs, chooser)
            totals[name].add(found)
            each[challenge][name] = found.figures()
        each[challenge]["clusters"] = gallery.clusters(programs)
    figures = {name: score.figures() for name, score in totals.items()}
    return {
        **figures.pop("gallery"),
        "embedder": embedder.name,
        "by_challenge": each,
        "baseline": figures,
    }


if __name__ == "__main__":
    command(__doc__, run)
