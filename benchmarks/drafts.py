"""Whole drafts of works whose standing on each criterion is known: what is claimed, and is it so?

    python -m benchmarks.drafts DIR... [--judged] [--embedder minilm|hashing]

Drafts every work that is not `judged_first`. With `--judged` those few are judged work. One JSON line a folder, and a
last one over all of them. The baseline, in the same run: a next step for each of the first three criteria, and the
commonest verdict for every criterion.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.setting import embedder, last_line, say, told
from pipelines.evaluation import drafts
from pipelines.evaluation.drafts import KnownWorksDrafter
from pipelines.ports import Embedder

Tallies = tuple[Counter[str], Counter[str]]
"""What was counted of the drafts, and of the baseline."""


def counted(folder: Path, using: Embedder, *, judged: bool) -> Tallies:
    """Draft one folder's works and count."""
    known = drafts.read(folder)
    drafter = KnownWorksDrafter.over(known, using, judged=judged)
    made = [drafts.said(work, draft) for work, draft in zip(known.drafted, drafter.all(told), strict=True)]
    return drafts.counted(known, made), drafts.counted(known, drafts.always_open(known))


def figures(tallies: Tallies) -> dict[str, Any]:
    """Of the drafts, with the baseline's beside them."""
    own, plain = tallies
    return drafts.figures(own) | {"baseline": drafts.figures(plain)}


def run(folders: Sequence[Path], using: Embedder, *, judged: bool = False) -> dict[str, Any]:
    """All figures over these folders; prints a line for each."""
    own: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    for folder in folders:
        say(f"{folder}:")
        found = counted(folder, using, judged=judged)
        last_line({"folder": folder.name, **figures(found)})
        own.update(found[0])
        plain.update(found[1])
    return figures((own, plain)) | {"embedder": using.name, "judged": judged}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read folders and setting from the command line, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--judged", action="store_true", help="the few works judged first are judged work")
    parser.add_argument("--embedder", default="minilm", choices=["minilm", "hashing"])
    asked = parser.parse_args(arguments)
    last_line(run(asked.folders, embedder(asked.embedder), judged=asked.judged))


if __name__ == "__main__":
    main()
