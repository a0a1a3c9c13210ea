"""Where a work speaks of each criterion, on a challenge that nobody has judged yet: does the evidence sheet find it?

    python -m benchmarks.places DIR [--embedder minilm|languages|hashing]

DIR holds challenges.jsonl and works.jsonl as `benchmarks.drafts` reads them; of a work only `text` and `places`
({criterion: [verbatim quotations]}) are used, never a standing. `first`: share of the criteria with known places whose
first passage overlaps one of them; `one_of_two`: of which one of the two passages shown does. The baseline, in the same
run: the sentences nearest to the criterion's words by the embedder alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.setting import command, share
from pipelines.assessment.places import MOST_SPEAKING, CriterionPlaces
from pipelines.evaluation.folders import rows
from pipelines.ports import Embedder
from pipelines.texts.language import sentences
from pipelines.values import ChallengeAsItStands, Criterion, Span

Find = Callable[[ChallengeAsItStands, str], Sequence[Sequence[Span]]]


def measure(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """All figures of a folder."""
    challenges = {row["id"]: _challenge(row) for row in rows(folder / "challenges.jsonl")}
    works = [row for row in rows(folder / "works.jsonl") if row.get("places")]
    places = {id_: CriterionPlaces(challenge, (), (), embedder) for id_, challenge in challenges.items()}

    def found(challenge: ChallengeAsItStands, text: str) -> list[list[Span]]:
        return [[span for span, _ in one] for one in places[challenge.id].speaking(text, embedder)]

    def nearest(challenge: ChallengeAsItStands, text: str) -> list[list[Span]]:
        spans = sentences(text)
        asked = embedder.embed([one.text for one in challenge.criteria])
        like = embedder.embed([text[slice(*span)] for span in spans]) @ asked.T
        return [[spans[i] for i in np.argsort(-like[:, at], kind="stable")[:MOST_SPEAKING]] for at in range(len(asked))]

    return {**_figures(challenges, works, found), "baseline": _figures(challenges, works, nearest)}


def _figures(
    challenges: dict[str, ChallengeAsItStands], works: Sequence[dict[str, Any]], find: Find
) -> dict[str, float | int | None]:
    hits = [hit for work in works for hit in _hits(challenges[work["challenge"]], work, find)]
    return {
        "n": len(hits),
        "first": share([any(hit[:1]) for hit in hits]),
        "one_of_two": share([any(hit) for hit in hits]),
    }


def _hits(challenge: ChallengeAsItStands, work: dict[str, Any], find: Find) -> Iterator[list[bool]]:
    """For each criterion with known places, whether each passage that was found overlaps one of them."""
    text = str(work["text"])
    for criterion, found in zip(challenge.criteria, find(challenge, text), strict=True):
        known = [(text.index(quote), text.index(quote) + len(quote)) for quote in work["places"].get(criterion.id, ())]
        if known:
            yield [any(a < end and start < b for a, b in known) for start, end in found]


def _challenge(row: dict[str, Any]) -> ChallengeAsItStands:
    criteria = tuple(Criterion(one["id"], one["text"], one.get("question", "")) for one in row["criteria"])
    return ChallengeAsItStands(id=row["id"], prompt=row["prompt"], language=row["language"], criteria=criteria)


if __name__ == "__main__":
    command(__doc__, measure)
