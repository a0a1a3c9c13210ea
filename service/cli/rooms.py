"""The house as the import contracts draw it, for ARCHITECTURE.md: `python -m service.cli.rooms`, or `make docs`.

Only what stands between the marks is made here, from `pyproject.toml` and from which files there are; a test makes it
again and compares. What is written around it is written by hand.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

FLOORS: Final[Mapping[str, str]] = {
    "rules": "service/domain/{}",
    "tables": "service/store/tables/{}",
    "actions": "service/actions/{}",
    "jobs": "service/jobs/{}",
    "API": "service/web/api/{}",
    "schemas": "service/web/schemas/{}",
    "pages": "service/web/pages/{}",
    "templates": "service/web/templates/{}",
}
"""Where a topic has its room on each floor, by the topic's name."""
DRAWN: Final = re.compile(r"(<!-- drawn: (\w+) -->\n).*?(<!-- /drawn -->)", re.DOTALL)


def redrawn(root: Path, text: str) -> str:
    """The text with everything between its marks drawn anew."""
    contracts = _contracts(root)
    pictures = {"floors": _floors(contracts), "rooms": _rooms(contracts), "topics": _topics(root, contracts)}
    return DRAWN.sub(lambda found: f"{found[1]}{chr(10).join(pictures[found[2]])}\n{found[3]}", text)


def _contracts(root: Path) -> dict[str, list[list[str]]]:
    """The layers of each contract that has some, from the top down, by the contract's name."""
    read = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    return {
        one["name"]: [[room.strip() for room in layer.split("|")] for layer in one["layers"]]
        for one in read
        if one["type"] == "layers"
    }


def _floors(contracts: Mapping[str, Sequence[Sequence[str]]]) -> list[str]:
    """Each package a box, in it its layers from the top down, each of which may import what is below."""
    inside = {"service": "Inside service", "pipelines": "Inside pipelines"}
    (packages,) = [layers for name, layers in contracts.items() if name.startswith("Three floors")]
    names = [package for layer in packages for package in layer]
    lines = ["```mermaid", "flowchart LR"]
    for name in names:
        lines += _box(name, contracts[inside[name]] if name in inside else [[name]])
    lines += [f"  {above} --> {below}" for above, below in pairwise(names)]
    return [*lines, "```"]


def _rooms(contracts: Mapping[str, Sequence[Sequence[str]]]) -> list[str]:
    """The rooms of the actions and of the pages."""
    lines = ["```mermaid", "flowchart LR"]
    for name, contract in (("actions", "Rooms of the actions"), ("pages", "Rooms of the pages")):
        lines += _box(name, contracts[contract])
    return [*lines, "  pages --> actions", "```"]


def _box(name: str, layers: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"  subgraph {name}"
    yield "    direction TB"
    yield "    " + " --> ".join(f'{name}{number}["{" · ".join(layer)}"]' for number, layer in enumerate(layers))
    yield "  end"


def _topics(root: Path, contracts: Mapping[str, Sequence[Sequence[str]]]) -> Iterator[str]:
    """A row for each topic, with a mark on every floor where it has a file or a folder of its name."""
    yield f"| topic | {' | '.join(FLOORS)} |"
    yield "|---" * (len(FLOORS) + 1) + "|"
    for topic in sorted(room for layer in contracts["Rooms of the actions"] for room in layer):
        yield f"| {topic} | {' | '.join(_mark(root / place.format(topic)) for place in FLOORS.values())} |"


def _mark(place: Path) -> str:
    return "■" if place.is_dir() or place.with_suffix(".py").is_file() else ""


def main() -> None:
    """Draw the file given anew, in the folder that holds the contracts."""
    file = Path(sys.argv[1])
    file.write_text(redrawn(file.resolve().parent, file.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
