"""Who knows what, from all of a person's work: are items ordered as the person rated them?

    python -m benchmarks.people DIR [--embedder minilm|hashing]
    python -m benchmarks.people --growth [--embedder hashing]

DIR holds works.jsonl and items.jsonl (id, text), profiles-NN.jsonl (person, works) and ratings.jsonl (person, item,
rating 1 to 5). The baseline is the mean cosine of TF-IDF, in the same run. `--growth` measures instead how long
matching for one person takes among 10,000 people with 100,000 works, against 1,000 with 10,000.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.setting import embedder as embedder_named
from benchmarks.setting import last_line, say
from pipelines.evaluation import people
from pipelines.people.likeness import scores
from pipelines.ports import Embedder


def rounded(figures: dict[str, float]) -> dict[str, float | None]:
    """To four places; None where it cannot be told."""
    return {name: None if np.isnan(value) else round(value, 4) for name, value in figures.items()}


def run(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """All figures of a folder."""
    rated = people.read(folder)
    say(f"{len(rated.works)} works, {len(rated.items)} items, {len(rated.profiles)} files of profiles")
    found = people.measure(rated, lambda profiles, works, items: scores(profiles, works, items, embedder))
    say("the same with TF-IDF")
    return {
        "n": sum(map(len, rated.ratings.values())),
        "people": len(rated.ratings),
        **rounded(found),
        "embedder": embedder.name,
        "baseline": {"tfidf": rounded(people.measure(rated, people.tfidf))},
    }


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--embedder", default="minilm", choices=["minilm", "hashing"])
    asked = parser.parse_args()
    last_line(run(asked.folder, embedder_named(asked.embedder)))


if __name__ == "__main__":
    main()
