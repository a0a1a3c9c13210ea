"""Does work that differs from a document come to light, and only that? Beside it: the tensions of the meeting brief.

    python -m benchmarks.documents DIR [--embedder minilm|hashing]

DIR holds cases.jsonl: a passage of a document, passages of work by people in groups, whether several of them differ
from it in the same way. Rules were tuned on the half `tuned`; `held` was looked at when they were done. The baseline is
the nearest passages by cosine with any other number; `alone` is the detector without agreement of several people.
Where DIR holds pairs.jsonl instead (first, second, language, differs, half), two documents are held against each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.setting import command, say, share
from pipelines.approaches import ApproachWork
from pipelines.briefs.making import tensions
from pipelines.differing import DifferingText, differing
from pipelines.disputed import between
from pipelines.ports import Embedder
from pipelines.texts.language import tokens
from pipelines.values import Criterion, Shelf, ShelfItem

NEAREST: Final = 0.5
"""Cosine from which the baseline takes two passages for the same matter."""
Case = dict[str, Any]
Detector = Callable[[Case], bool]


def read(folder: Path, name: str = "cases.jsonl") -> list[Case]:
    """The cases of a folder."""
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def detector(embedder: Embedder) -> Detector:
    """What ships."""

    def found(case: Case) -> bool:
        return bool(differing(*_texts(case, embedder), case["language"]))

    return found


def alone(embedder: Embedder) -> Detector:
    """The same where one person is enough."""

    def found(case: Case) -> bool:
        return bool(differing(*_texts(case, embedder), case["language"], people=1))

    return found


def baseline(embedder: Embedder) -> Detector:
    """A passage near by cosine that holds a number which the document does not."""

    def found(case: Case) -> bool:
        (document,), work = _texts(case, embedder)
        here = _numbers(document.text)
        near = [one for one in work if _near(document, one)]
        return any(_numbers(one.text) - here for one in near) and bool(here)

    return found


def _near(document: DifferingText, one: DifferingText) -> bool:
    if document.vector is None or one.vector is None:
        return False
    return float(document.vector @ one.vector) >= NEAREST


def _numbers(text: str) -> set[str]:
    return {word for word in tokens(text) if word[0].isdigit()}


def _texts(case: Case, embedder: Embedder) -> tuple[list[DifferingText], list[DifferingText]]:
    vectors = embedder.embed([case["document"], *(one["text"] for one in case["work"])])
    work = [
        DifferingText(f"w{at}", one["text"], 0, one["person"], one["group"], vectors[at])
        for at, one in enumerate(case["work"], 1)
    ]
    return [DifferingText("document", case["document"], vector=vectors[0])], work


def of_brief(cases: Sequence[Case]) -> dict[str, Any]:
    """The brief's tensions between the document's passage and each passage of work, taken as two works: pairs."""
    criterion, told = Criterion("k", "k"), []
    for case in cases:
        one = _work("a", case["document"])
        for at, other in enumerate(case["work"]):
            said = tensions([one, _work(f"b{at}", other["text"])], [criterion], case["language"])
            told.append((other["stands"] == "differs", bool(said)))
    return measured(told)


def _work(id_: str, text: str) -> ApproachWork:
    return ApproachWork(id_, text, id_, places={"k": (0, len(text))})


def measured(told: Sequence[tuple[bool, bool]]) -> dict[str, Any]:
    """Precision and recall of (is, said)."""
    return {
        "n": len(told),
        "said": sum(said for _, said in told),
        "precision": share([is_ for is_, said in told if said]),
        "recall": share([said for is_, said in told if is_]),
    }


def pairs(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """Documents against documents: what ships, and two baselines by one sentence against one: near with other numbers,
    and the detector for work where one author is enough."""
    ways: dict[str, Detector] = {
        "disputed": _disputed,
        "one_way": _one_way,
        "nearest_number": partial(_other_number, embedder),
    }
    by_half = {}
    for half in ("tuned", "held"):
        of = [case for case in read(folder, "pairs.jsonl") if case["half"] == half]
        found = {name: [(case["differs"], way(case)) for case in of] for name, way in ways.items()}
        wrong = [case["id"] for case, (is_, said) in zip(of, found["disputed"], strict=True) if is_ != said]
        say(f"{half}: wrong at {', '.join(wrong) or 'none'}")
        by_half[half] = {name: measured(told) for name, told in found.items()}
    return {**by_half["held"]["disputed"], "embedder": embedder.name, "by_half": by_half}


def _disputed(case: Case) -> bool:
    one, other = (ShelfItem(key, Shelf.CONTEXT, case[key], key) for key in ("first", "second"))
    return between(one, other, case["language"]) is not None


def _one_way(case: Case) -> bool:
    work = [DifferingText("w", case["second"], person="a", group="1")]
    return bool(differing([DifferingText("d", case["first"])], work, case["language"], people=1))


def _other_number(embedder: Embedder, case: Case) -> bool:
    one, other = embedder.embed([case["first"], case["second"]])
    numbers = _numbers(case["first"]), _numbers(case["second"])
    return float(one @ other) >= NEAREST and all(numbers) and numbers[0] != numbers[1]


def run(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """All figures of a folder."""
    if (folder / "pairs.jsonl").exists():
        return pairs(folder, embedder)
    cases, by_half = read(folder), {}
    ways = {"differing": detector(embedder), "alone": alone(embedder), "nearest_number": baseline(embedder)}
    for half in ("tuned", "held"):
        of = [case for case in cases if case["half"] == half]
        found = {name: [(case["differs"], way(case)) for case in of] for name, way in ways.items()}
        wrong = [case["id"] for case, (is_, said) in zip(of, found["differing"], strict=True) if is_ != said]
        say(f"{half}: wrong at {', '.join(wrong) or 'none'}")
        by_half[half] = {name: measured(told) for name, told in found.items()} | {"brief": of_brief(of)}
    held = by_half["held"]
    return {
        **held["differing"],
        "n": len(cases),
        "embedder": embedder.name,
        "by_half": by_half,
        "brief_tensions": held["brief"],
        "baseline": held["nearest_number"],
    }


if __name__ == "__main__":
    command(__doc__, run)
