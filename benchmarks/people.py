"""Who knows what, from all of a person's work: are items ordered as the person rated them, or people as they were?

    python -m benchmarks.people DIR [--embedder minilm|hashing]
    python -m benchmarks.people --growth

DIR holds works.jsonl and items.jsonl (id, text), profiles-NN.jsonl (person, works) and ratings.jsonl (person, item,
rating 1 to 5); where a rating's row begins with the item, people are compared for that item instead of items for one
person. The baseline is the mean cosine of TF-IDF, in the same run. `--growth` measures instead how long
matching for one person takes among 10,000 people with 100,000 works, against 1,000 with 10,000 (texts are made up and
vectors drawn at random, since what they mean does not change how long comparing them takes).
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.setting import embedder as embedder_named
from benchmarks.setting import last_line, say
from pipelines.evaluation import people
from pipelines.people.commons import Commons
from pipelines.people.likeness import scores
from pipelines.people.matching import match
from pipelines.people.reasons import Circle
from pipelines.people.values import PersonWork, Profile
from pipelines.ports import Embedder, Vectors
from pipelines.values import ChallengeAsItStands, Standing

EACH: Final = 10  # works of a person
ASKED: Final = 30  # people matched for


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
        "between": "people" if rated.between_people else "items",
        **rounded(found),
        "embedder": embedder.name,
        "baseline": {"tfidf": rounded(people.measure(rated, people.tfidf))},
    }


class Drawn:
    """Unit vectors of the usual size, drawn by the text's checksum."""

    name, dimensions = "drawn", 384

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As every embedder does, but without meaning."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            found[row] = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dimensions)
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), np.float32)


def invented_people(people: int) -> tuple[Circle, Commons, dict[str, ChallengeAsItStands]]:
    """An organization of groups of 25, with as many people at each challenge whatever its size."""
    rng = random.Random(people)
    names, challenges = [f"p{number}" for number in range(people)], [f"c{number}" for number in range(people // 20)]
    words = [f"{a}{b}{c}" for a in ("ba", "do", "fi", "ku", "me", "ro", "su", "ta", "ne", "li")
             for b in ("nd", "rk", "ll", "st", "mp") for c in range(60)]  # fmt: skip
    odds = [1 / (rank + 10) for rank in range(len(words))]
    works = []
    for name in names:
        for challenge in rng.sample(challenges, EACH):
            text = " ".join(rng.choices(words, odds, k=60)).capitalize() + "."
            judged = {f"{challenge}-{k}": rng.choice((Standing.MET, Standing.NOT_YET)) for k in range(4)}
            works.append(PersonWork(f"{name}-{challenge}", name, challenge, text, criteria=judged, quotable=True))
    profiles = {
        name: Profile(name, name, frozenset({f"g{row // 25}"}), open_to=rng.random() < 0.85,
                      contacts=frozenset(rng.sample(names, 4)))
        for row, name in enumerate(names)
    }  # fmt: skip
    return Circle.of(profiles), Commons(works, Drawn()), {one: ChallengeAsItStands(one, "", one) for one in challenges}


def growth() -> dict[str, Any]:
    """Median and 95th percentile of one person's matching, in milliseconds, at either size."""
    found: dict[str, Any] = {}
    for size in (1_000, 10_000):
        say(f"building {size} people with {size * EACH} works")
        circle, commons, challenges = invented_people(size)
        open_to = [name for name, profile in circle.profiles.items() if profile.open_to][:ASKED]
        say("matching")
        times = sorted(_milliseconds(name, circle, commons, challenges) for name in open_to)
        found[f"ms_{size}"] = round(statistics.median(times), 1)
        found[f"p95_ms_{size}"] = round(times[int(len(times) * 0.95)], 1)
    return {"asked": ASKED, **found, "growth_ratio": round(found["ms_10000"] / found["ms_1000"], 2)}


def _milliseconds(name: str, circle: Circle, commons: Commons, challenges: dict[str, ChallengeAsItStands]) -> float:
    start = time.perf_counter()
    match(name, circle, commons, challenges)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--embedder", default="minilm", choices=["minilm", "hashing"])
    parser.add_argument("--growth", action="store_true")
    asked = parser.parse_args()
    if not asked.growth and asked.folder is None:
        parser.error("name a folder, or --growth")
    last_line(growth() if asked.growth else run(asked.folder, embedder_named(asked.embedder)))


if __name__ == "__main__":
    main()
