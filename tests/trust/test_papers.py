"""The papers for whoever must sign: every id of the standard once, counts that are right, tests and files that exist.

Whether a test shows what a paper says that it shows is for people to read; that it is there is for this.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAPERS = ROOT / "docs" / "trust"
ALL = sorted(PAPERS.glob("*.md"))
STATES = ("met", "not applicable", "open")
LEVELS = """
1 1:22 2:111112222 3:11222222222 4:222 5:12
2 1:122 2:112 3:1222 4:2
3 2:11 3:1222 4:112222 5:11122 7:22
4 1:122 2:2 3:22 4:1222
5 1:2 2:112 3:11 4:222
6 1:122 2:111111112222 3:1122 4:1122 5:22222 6:222 8:2222
7 1:222 2:1111 3:22 4:11222 5:22 6:22
8 1:12 2:112 3:1 4:2
9 1:111 2:1222
10 1:22 2:22 3:2222 4:11111222222 5:22222 6:22 7:222
11 1:22 2:222 3:112 4:1222 5:2 6:2
12 1:122 2:11 3:2222
13 1:2 2:22222 3:22 4:12222
14 1:22 2:1222 3:122
15 1:122 2:122 3:1222222
16 1:2 2:22222 3:2222 4:222 5:222
17 1:2 2:2222 3:22
"""
"""ASVS 5.0, a chapter a line: each section with the level (1 or 2) of its first requirement, its second, and so on."""
IDS = {
    f"V{chapter}.{section.partition(':')[0]}.{number}": int(level)
    for chapter, *sections in map(str.split, LEVELS.strip().splitlines())
    for section in sections
    for number, level in enumerate(section.partition(":")[2], 1)
}
"""Each id of levels 1 and 2, in order, with its level."""

_ROW = re.compile(r"\| (V[\d.]+) \| ([12]) \| ([a-z ]+) \| (.+?) \| (.+) \|")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
_PATH = re.compile(r"`((?:service|pipelines|prompts|tests|docs|examples|benchmarks)/[\w./-]+|constraints\.txt)`")


def rows(text: str) -> list[tuple[str, str, str, str, str]]:
    return [found.groups() for found in map(_ROW.fullmatch, text.splitlines()) if found]  # type: ignore[misc]


def faults(text: str) -> list[str]:
    """What is wrong with the page on the standard."""
    there = rows(text)
    ids = [one[0] for one in there]
    found = [] if ids == list(IDS) else [f"Not each id once, in order: {_first_difference(ids, list(IDS))}."]
    for id_, level, state, _, why in there:
        if level != str(IDS.get(id_)):
            found.append(f"{id_} is not of level {level}.")
        if state not in STATES:
            found.append(f"{id_}: there is no state {state!r}.")
        elif (state == "met") is not bool(_TEST.search(why)):
            found.append(f"{id_} is {state}, and names {'no' if state == 'met' else 'a'} test.")
    for name, levels in (("level 1", "1"), ("levels 1 and 2", "12")):
        counts = Counter(one[2] for one in there if one[1] in levels)
        line = f"| {name} | {' | '.join(str(counts[state]) for state in STATES)} | {counts.total()} |"
        if line not in text:
            found.append(f"The counts say otherwise than: {line}")
    return found


def _first_difference(ids: list[str], wanted: list[str]) -> str:
    pairs = zip([*ids, "the end"], [*wanted, "the end"], strict=False)
    return next((f"{one} where {other} should be" for one, other in pairs if one != other), "")


@cache
def _functions(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def missing(text: str) -> Iterable[str]:
    """Tests and files that the text names, and that are not there."""
    for path, name in _TEST.findall(text):
        if not (ROOT / path).is_file() or name not in _functions(ROOT / path):
            yield f"{path}::{name}"
    yield from (path for path in _PATH.findall(text) if not (ROOT / path).exists())


def test_each_requirement_stands_there_once_with_a_state_and_the_counts_are_right() -> None:
    assert len(IDS) == 253
    assert faults((PAPERS / "asvs.md").read_text("utf-8")) == []


@pytest.mark.parametrize("paper", ALL, ids=lambda paper: paper.name)
def test_every_test_and_file_that_a_paper_names_is_there(paper: Path) -> None:
    assert list(missing(paper.read_text("utf-8"))) == []


def test_each_table_is_in_the_paper_on_data() -> None:
    from service.store.tables import Base

    told = (PAPERS / "data.md").read_text("utf-8")
    assert [name for name in sorted(Base.metadata.tables) if f"`{name}`" not in told] == []


def test_the_first_paper_leads_to_all_others() -> None:
    told = (PAPERS / "README.md").read_text("utf-8")
    assert [one.name for one in ALL if one.name != "README.md" and f"({one.name})" not in told] == []


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("| V2.2.1 | 1 | met |", "| V2.2.1 | 1 | fine |"),
        ("| V2.2.1 | 1 | met |", "| V2.2.1 | 1 | open |"),
        ("| V2.2.1 | 1 | met |", "| V2.2.1 | 2 | met |"),
        ("| V1.1.1 | 2 | open |", "| V1.1.1 | 2 | met |"),
        ("| V2.2.1 | ", "| V2.2.0 | "),
        ("| V8.4.1 | ", "V8.4.1 "),
        ("\n| levels 1 and 2 | ", "\n| levels 1 and 2 | 9"),
    ],
)
def test_a_page_that_was_made_worse_is_found_out(was: str, becomes: str) -> None:
    text = (PAPERS / "asvs.md").read_text("utf-8")
    assert was in text
    assert faults(text.replace(was, becomes, 1))


def test_a_test_or_file_that_is_not_there_is_found_out() -> None:
    here = "tests/trust/test_papers.py"
    assert list(missing(f"`{here}::test_the_first_paper_leads_to_all_others` `{here}`")) == []
    assert list(missing(f"`{here}::test_of_nothing`")) == [f"{here}::test_of_nothing"]
    assert list(missing("`service/no_such_file.py`")) == ["service/no_such_file.py"]
